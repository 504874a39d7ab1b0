"""The messages of a reply: posted, put in place of what stood there, removed.

A block of each is marked with the question's ts. Whoever works on a letter again,
after a restart, a lost connection or an edit, looks for the marks first, so that a reply
which Slack took without our hearing of it is not posted twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation.model import IncomingMessage
from bot.errors import BotError, SlackRefused
from bot.slack.calling.web import Voice, to_its_end, told
from bot.slack.events.parsing import Identity
from bot.slack.writing.message import Message
from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

Posted = Mapping[str, str]
"""The ts of the messages that stand in a thread already, by mark."""


def mark(ts: str, number: int) -> str:
    """Of the nth message (from 0) of the reply to the question at ``ts``."""
    return f"{_marks(ts)}{number}"


class NotOurs(BotError):
    """Another process answers it, or nobody shall as it was."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Of one bot in its workspace. All raise SlackUnavailable and SlackRefused."""

    me: Identity
    inbox: Inbox
    voice: Voice

    async def hold(self, letter: IncomingMessage) -> None:
        """
        Raises:
            NotOurs
        """
        if not await asyncio.to_thread(self.inbox.holds, letter):
            raise NotOurs

    async def is_gone(self, letter: IncomingMessage) -> bool:
        """Whether its message was deleted, as far as Slack has said."""
        kept = await asyncio.to_thread(self.inbox.received, letter.team, letter.channel, letter.ts)
        return kept is not None and kept.deleted

    async def posted(self, letter: IncomingMessage) -> Posted:
        """What stands in the thread already. Nothing, if it cannot be read."""
        try:
            found = await told(
                self.voice.client.conversations_replies(
                    channel=letter.channel, ts=letter.thread, oldest=letter.ts, limit=200
                )
            )
        except SlackRefused as error:
            logger.info("The thread of %s cannot be read: %s", letter.ts, error.code)
            return {}
        return {
            block["block_id"]: message["ts"]
            for message in found.get("messages", ())
            if message.get("bot_id") == self.me.bot
            for block in message.get("blocks") or ()
            if str(block.get("block_id", "")).startswith(_marks(letter.ts))
        }

    async def put(
        self,
        letter: IncomingMessage,
        messages: Sequence[Message],
        posted: Posted,
        *,
        holding: bool = True,
    ) -> str:
        """Make these the whole reply: what stands is edited, what is missing posted, what
        is too much removed. The last one's ts.

        Raises:
            NotOurs: it is not ours to answer any more; unless nobody works on it (``holding``
                is false).
        """
        ts, left = "", dict(posted)
        for number, message in enumerate(messages):
            if holding:
                await self.hold(letter)
            name = mark(letter.ts, number)
            marked = message.marked(name)
            if name in left:
                ts = left.pop(name)
                await to_its_end(self.voice.edit(letter.channel, ts, marked))
            else:
                ts = await to_its_end(self.voice.post(letter.channel, marked, letter.thread))
        await self.remove(letter, left)
        return ts

    async def whisper(self, letter: IncomingMessage, messages: Sequence[Message]) -> None:
        """Make these the reply, for the asker alone to see. Slack tells nobody afterwards
        whether they did, so it is noted before: see `whispered`.

        Raises:
            NotOurs: it is not ours to answer any more.
        """
        await asyncio.to_thread(self.inbox.whisper, letter)
        await self.hold(letter)
        for message in messages:
            await self.voice.whisper(letter.channel, letter.person, message, letter.thread)

    async def whispered(self, letter: IncomingMessage) -> bool:
        """Whether the asker may have seen their reply, as far as anybody can tell."""
        return await asyncio.to_thread(self.inbox.whispered, letter)

    async def remove(self, letter: IncomingMessage, posted: Posted) -> None:
        for ts in posted.values():
            await self.voice.remove(letter.channel, ts)


def _marks(ts: str) -> str:
    return f"reply-to-{ts}-"
