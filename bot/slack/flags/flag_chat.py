"""The port `bot.flags.ports.FlagChat`, in Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from footnote_bot.bot.conversation.model import AnswerContent, Notice, RecordedAnswer
from footnote_bot.bot.flags.content import (
    FlagCard,
    FlagContent,
    OwnerNote,
    PublishedAnswer,
    Reminder,
)
from footnote_bot.bot.slack.api.marks import carries, marked_messages, reply_mark, reply_messages
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.flags import cards
from footnote_bot.bot.slack.flags.cards import announcement
from footnote_bot.bot.slack.rendering.blocks import Renderer
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.message import Message


@dataclass(frozen=True, slots=True)
class SlackFlagChat:
    """The chat about flags. ``answers`` renders answers; ``allowed``: allowed origins of links."""

    api: SlackApi
    answers: Renderer
    allowed: cards.Allowed

    @classmethod
    def of(cls, slack: SlackWorkspace, edited: Iterable[str]) -> Self:
        """Return the chat about flags in a workspace. ``edited`` are addresses where pages are
        edited; cards may link to them, too."""
        allowed = cards.Allowed(slack.links, slack.links | origins(edited))
        return cls(slack.api, slack.chat.renderer, allowed)

    async def post(self, channel: str, content: FlagContent) -> str:
        """Post content in a channel, or directly to a person, and return the message's ts."""
        return await self.api.post(channel, await self._rendered(content))

    async def edit(self, channel: str, id_: str, content: FlagContent) -> None:
        await self.api.edit(channel, id_, await self._rendered(content))

    async def find(self, channel: str, name: str, *, since: datetime) -> str:
        """Return the ts of the card or announcement called ``name``; empty if there is none."""
        return (await marked_messages(self.api, channel, since=since)).get(name, "")

    async def post_privately(
        self, channel: str, person: str, content: FlagContent, thread: str | None = None
    ) -> None:
        """Show content to the person alone, in the channel or its thread."""
        await self.api.post_ephemeral(channel, person, await self._rendered(content), thread)

    async def direct(self, person: str) -> str:
        return await self.api.direct(person)

    async def post_reply(
        self, channel: str, ts: str, content: AnswerContent, *, since: datetime
    ) -> str:
        """Post an answer as the reply to the message at ``ts``, except for parts that were posted
        after ``since``. Return the ts of the last part."""
        posted = await marked_messages(self.api, channel, since=since)
        last = ""
        messages = await asyncio.to_thread(self.answers.messages, content)
        for number, message in enumerate(messages):
            mark = reply_mark(ts, number)
            last = posted.get(mark) or await self.api.post(channel, message.marked(mark))
        return last

    async def reply_parts(self, recorded: RecordedAnswer) -> frozenset[str]:
        parts = await reply_messages(self.api, recorded.asked.place)
        return frozenset(ts for _, ts in parts)

    async def replace_reply(
        self, recorded: RecordedAnswer, parts: frozenset[str], content: FlagContent
    ) -> None:
        """Put ``content`` into the reply's recorded message, and delete the other ``parts``."""
        place, message = recorded.asked.place, await self._rendered(content)
        marked = message.marked(reply_mark(place.ts, 0))
        await self.api.edit(place.channel, recorded.message, marked)
        for ts in sorted(parts - {recorded.message}):
            await self.api.remove(place.channel, ts)

    async def _rendered(self, content: FlagContent) -> Message:
        # Content may have words of pages: rendering them must not block the event loop.
        return await asyncio.to_thread(self._message, content)

    def _message(self, content: FlagContent) -> Message:
        today = self.answers.clock().date()
        match content:
            case FlagCard():
                return cards.card(content, self.allowed, today=today)
            case OwnerNote():
                return cards.word_to_owner(content, self.allowed, today=today)
            case Reminder():
                return cards.reminder(content)
            case PublishedAnswer(announced, by, in_full):
                return announcement(announced, by, self.allowed.links, today, in_full=in_full)
            case Notice() | AnswerContent():
                return self.answers.messages(content)[-1]

    async def carries(self, channel: str, id_: str, recorded: RecordedAnswer) -> bool:
        return await carries(self.api, channel, id_, recorded)

    async def address(self, channel: str, id_: str) -> str:
        return await self.api.address(channel, id_)
