"""An answered question is asked again in the same words, with the rights that count now."""

from __future__ import annotations

from dataclasses import dataclass

from footnote_bot.bot.conversation.model import Closed, IncomingMessage, MessageKind, RecordedAnswer
from footnote_bot.bot.conversation.ports import ChannelSettingsStore, Chat, Directory
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import Reader


@dataclass(frozen=True, slots=True)
class AskingAgain:
    directory: Directory
    settings: ChannelSettingsStore
    chat: Chat

    async def question(
        self, message: IncomingMessage, recorded: RecordedAnswer, reader: Reader
    ) -> Question:
        settings = await self.settings.of(message.team, message.channel)
        return Question(
            recorded.asked.question,
            reader,
            wikis=settings.wikis or None,
            history=await self.chat.earlier_turns(message),
            person=message.person,
            channel=message.channel,
            language=settings.language,
        )

    async def reader(self, person: str, channel: str, *, private: bool) -> Reader | Closed:
        shared = await self.directory.is_shared(channel)
        return await self.directory.reader_in(person, channel, private=private, shared=shared)


def message_of(recorded: RecordedAnswer) -> IncomingMessage:
    """Return the question that the answer belongs to, as far as it is still known."""
    place = recorded.asked.place
    return IncomingMessage(
        event="",
        kind=MessageKind.MENTION,
        team=place.team,
        channel=place.channel,
        ts=place.ts,
        thread=place.thread,
        person=recorded.asked.asker,
        text="",
    )
