"""Questions that are typed as `/wiki how do I ...`: they are answered in a direct message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.ports import MessageText
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.rendering.message import Message, say
from footnote_bot.bot.slack.rendering.repeating import repeated
from footnote_bot.bot.slack.texts import commands as texts

logger = logging.getLogger(__name__)

ANSWERED_THERE = say(texts.ANSWERED_DIRECTLY)
NOT_THERE = say(texts.NO_DIRECT_MESSAGES, texts.MENTION_ME)


@dataclass(frozen=True, slots=True)
class CommandQuestions:
    """A command has no message that an answer could follow. So the question is written into the
    person's direct messages, and enters the inbox as if they had sent it there: with their own
    rights, limits and history. ``keep`` puts it into the inbox."""

    api: SlackApi
    text: MessageText
    team: str
    keep: Callable[[IncomingMessage], Awaitable[None]]

    def _repeated(self, words: str) -> Message:
        return repeated(self.text.plain(words))

    async def ask(self, person: str, words: str) -> Message:
        """Ask it, and return where it is answered."""
        shown = await asyncio.to_thread(self._repeated, words)
        try:
            channel = await self.api.direct(person)
            ts = await self.api.post(channel, shown)
        except ChatRefused as error:
            logger.info("%s cannot be written to: %s", person, error.code)
            return NOT_THERE
        message = IncomingMessage(
            event=f"command-{channel}-{ts}",
            kind=MessageKind.DIRECT,
            team=self.team,
            channel=channel,
            ts=ts,
            thread=ts,
            person=person,
            text=words,
        )
        await self.keep(message)
        return ANSWERED_THERE
