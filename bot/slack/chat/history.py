"""The turns in a thread before a question: the thread itself is the memory.

Slack is asked each time, so that edits and deletions count.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from footnote_bot.bot.conversation.addressing import asks_nothing
from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.model import Role, Turn
from footnote_bot.bot.slack.api.slack_api import SlackApi, call
from footnote_bot.bot.slack.events.parsing import SlackText
from footnote_bot.bot.slack.rendering.blocks import question_in

logger = logging.getLogger(__name__)

_MESSAGES = 999
"""Messages that Slack returns at most: later ones of a longer thread are ignored."""
_TURNS = 20
"""The number of latest turns that are returned."""
_NOTE = re.compile(r"(?:(?<!\s)\s++)?(?:<[^<>|\s]+\|\[\d{1,2}\]>|\[\d{1,2}\])")
"""A footnote's number, as a link or bare."""


@dataclass(frozen=True, slots=True)
class History:
    """The history of threads, for one bot in its workspace."""

    text: SlackText
    api: SlackApi

    async def before(self, message: IncomingMessage) -> tuple[Turn, ...]:
        """Return the turns in the message's thread before it, oldest first; none if the thread
        cannot be read: the question is then answered by itself."""
        if message.thread == message.ts:
            return ()
        try:
            answer = await call(
                self.api.client.conversations_replies(
                    channel=message.channel, ts=message.thread, latest=message.ts, limit=_MESSAGES
                )
            )
        except (ChatRefused, ChatUnavailable) as error:
            logger.info("The messages before %s cannot be read: %s", message.ts, error)
            return ()
        turns = await asyncio.to_thread(self._turns, answer.get("messages", ()), message.person)
        return tuple(turns[-_TURNS:])

    def _turns(self, messages: Iterable[Mapping[str, Any]], asker: str) -> list[Turn]:
        """Return the messages as turns, but none without words, or of people who ask nothing."""
        turns: list[Turn] = []
        for earlier in messages:
            text = str(earlier.get("text") or "")
            if earlier.get("bot_id") == self.api.bot:
                role, text = self._of_bot(earlier, text)
            else:
                role = Role.ASKER if earlier.get("user") == asker else Role.OTHER
            words = self.text.plain(text)
            if words and (role is Role.BOT or not asks_nothing(words)):
                turns.append(Turn(role, words))
        return turns

    def _of_bot(self, earlier: Mapping[str, Any], text: str) -> tuple[Role, str]:
        """Return whose words a message of the bot has (a role), and the words: an answer without
        its footnotes, or the person's question that the bot repeats (`/wiki`)."""
        shown = _shown(earlier)
        if question := question_in(text, shown):
            return Role.ASKER, question
        return Role.BOT, _NOTE.sub("", shown)


def _shown(message: Mapping[str, Any]) -> str:
    """Return the message's text. An answer's whole text is in its sections; ``text`` is for
    notifications."""
    sections = [
        str((block.get("text") or {}).get("text") or "")
        for block in message.get("blocks") or ()
        if block.get("type") == "section"
    ]
    return "\n\n".join(filter(None, sections)) or str(message.get("text") or "")
