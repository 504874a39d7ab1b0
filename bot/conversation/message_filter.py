"""Which messages are taken in: all that are addressed to the bot, and of the rest those
that may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.addressing import asks_nothing, looks_like_question, thread_command
from bot.conversation.model import IncomingMessage, MessageKind, Thread
from bot.conversation.ports import ChannelSettingsStore, Inbox, MessageText, Threads

_LATE = 3600.0
"""Seconds: Slack delivers again for some minutes."""


_CHOICE = 8
"""Words that may choose what the bot asked back: their number, or a title."""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    text: MessageText
    inbox: Inbox
    threads: Threads
    settings: ChannelSettingsStore

    def may_concern_us(self, message: IncomingMessage) -> bool:
        """Told by the words alone, so that the talk of a workspace costs no more."""
        if message.changed or message.kind in (MessageKind.MENTION, MessageKind.DIRECT):
            return True
        words = self.text.plain(message.text)
        if asks_nothing(words) or any(self.text.people_named(message.text)):
            return False
        if message.kind is MessageKind.FOLLOW_UP and (
            thread_command(words) or len(words.split()) <= _CHOICE
        ):
            return True
        return looks_like_question(words)

    async def take_all(self, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Those that are to be worked on, kept; the others are known, or not for the bot.

        Raises:
            StateUnavailable: none is kept.
        """
        admitted = [one for one in messages if not _is_late(one) and await self._admits(one)]
        changed = [one for one in messages if one.changed and one not in admitted]
        kept = await self.inbox.receive_all(admitted) if admitted else []
        return kept + [known for one in changed if (known := await self.inbox.update(one))]

    async def _admits(self, message: IncomingMessage) -> bool:
        if message.kind is MessageKind.FOLLOW_UP:
            return bool(await self.threads.askers(Thread.of(message)))
        if message.kind is MessageKind.UNASKED:
            settings = await self.settings.of(message.team, message.channel)
            return settings.unasked is not None
        return True


def _is_late(message: IncomingMessage) -> bool:
    """An edit may come before the message that was edited, or instead of it; but not of
    a message from long ago, which was answered and has been forgotten."""
    return bool(message.edited) and float(message.edited) - float(message.ts) > _LATE
