"""A question that was answered, asked again: as it was put, with the rights of now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import Closed, IncomingMessage, MessageKind, RecordedAnswer
from bot.model import Question
from bot.slack.chat.history import Conversation
from bot.slack.rights.channels import Channels
from bot.slack.rights.readers import Readers
from bot.slack.writing.message import Message
from bot.state.channels import DatabaseChannels
from indexers.model import Reader


@dataclass(frozen=True, slots=True)
class AskingAgain:
    readers: Readers
    channels: Channels
    settings: DatabaseChannels
    conversation: Conversation

    async def question(
        self, letter: IncomingMessage, given: RecordedAnswer, reader: Reader
    ) -> Question:
        settings = await asyncio.to_thread(self.settings.of, letter.team, letter.channel)
        return Question(
            given.asked.question,
            reader,
            wikis=settings.wikis or None,
            history=await self.conversation.before(letter),
            person=letter.person,
            channel=letter.channel,
            language=settings.language,
        )

    async def reader(self, person: str, channel: str, *, private: bool) -> Reader | Closed:
        found = await self.channels.channel(channel)
        shared = found is None or found.shared
        return await self.readers.of(person, channel, private=private, shared=shared)


def letter_of(given: RecordedAnswer) -> IncomingMessage:
    """Return the question that it answers, as far as it is still known."""
    place = given.asked.place
    return IncomingMessage(
        event="",
        kind=MessageKind.MENTION,
        team=place.team,
        channel=place.channel,
        ts=place.ts,
        thread=place.thread,
        person=given.asked.asker,
        text="",
    )


async def tell(
    respond: AsyncRespond, messages: Sequence[Message], *, replacing: bool = True
) -> None:
    """Tell the person who pressed a button, and nobody else; if ``replacing``, in place of what
    was pressed, where only that person sees it."""
    for number, message in enumerate(messages):
        await respond(
            text=message.text,
            blocks=message.blocks,
            response_type="ephemeral",
            replace_original=replacing and not number,
        )
