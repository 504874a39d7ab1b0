"""The port `bot.flags.ports.FlagChat`, in Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
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
from footnote_bot.bot.slack.flags.announcement import announcement
from footnote_bot.bot.slack.rendering.content import Renderer
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.message import Message


@dataclass(frozen=True, slots=True)
class FlagRenderer:
    """The renderer of flags. ``allowed``: allowed origins of links."""

    answers: Renderer
    allowed: cards.Allowed
    clock: Callable[[], datetime]

    def message(self, content: FlagContent) -> Message:
        today: date = self.clock().date()
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


@dataclass(frozen=True, slots=True)
class SlackFlagChat:
    api: SlackApi
    renderer: FlagRenderer

    @classmethod
    def of(cls, slack: SlackWorkspace, edited: Iterable[str]) -> Self:
        """Return the chat about flags in a workspace. ``edited`` are addresses where pages are
        edited; cards may link to them, too."""
        allowed = cards.Allowed(slack.links, slack.links | origins(edited))
        renderer = FlagRenderer(slack.chat.renderer, allowed, slack.env.clock)
        return cls(slack.api, renderer)

    async def post(self, channel: str, content: FlagContent) -> str:
        return await self.api.post(channel, await self._rendered(content))

    async def edit(self, channel: str, id_: str, content: FlagContent) -> None:
        await self.api.edit(channel, id_, await self._rendered(content))

    async def find(self, channel: str, name: str, *, since: datetime) -> str:
        return (await marked_messages(self.api, channel, since=since)).get(name, "")

    async def post_privately(
        self, channel: str, person: str, content: FlagContent, thread: str | None = None
    ) -> None:
        await self.api.post_ephemeral(channel, person, await self._rendered(content), thread)

    async def direct(self, person: str) -> str:
        return await self.api.direct(person)

    async def post_reply(
        self, channel: str, ts: str, content: AnswerContent, *, since: datetime
    ) -> str:
        posted = await marked_messages(self.api, channel, since=since)
        last = ""
        messages = await asyncio.to_thread(self.renderer.answers.messages, content)
        for number, message in enumerate(messages):
            mark = reply_mark(ts, number)
            last = posted.get(mark) or await self.api.post(channel, message.marked(mark))
        return last

    async def reply_parts(self, recorded: RecordedAnswer) -> frozenset[str]:
        return await reply_messages(self.api, recorded.asked.place)

    async def replace_reply(
        self, recorded: RecordedAnswer, parts: frozenset[str], content: FlagContent
    ) -> None:
        place, message = recorded.asked.place, await self._rendered(content)
        marked = message.marked(reply_mark(place.ts, 0))
        await self.api.edit(place.channel, recorded.message, marked)
        for ts in sorted(parts - {recorded.message}):
            await self.api.remove(place.channel, ts)

    async def _rendered(self, content: FlagContent) -> Message:
        # It may have words of pages: rendering them must not block the event loop.
        return await asyncio.to_thread(self.renderer.message, content)

    async def carries(self, channel: str, id_: str, recorded: RecordedAnswer) -> bool:
        return await carries(self.api, channel, id_, recorded)

    async def address(self, channel: str, id_: str) -> str:
        return await self.api.address(channel, id_)
