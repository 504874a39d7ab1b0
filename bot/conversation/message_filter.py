"""The choice of messages that enter the inbox: all that are addressed to the bot, and some
others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from footnote_bot.bot.conversation.addressing import (
    asks_nothing,
    looks_like_question,
    thread_command,
)
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, Thread
from footnote_bot.bot.conversation.ports import ChannelSettingsStore, Inbox, MessageText, Threads

_LATE = 3600.0
"""Seconds: a chat may deliver a message again for some minutes."""


_CHOICE = 8
"""Words that may choose a reading: its number, or a title."""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    text: MessageText
    inbox: Inbox
    threads: Threads
    settings: ChannelSettingsStore

    def may_concern_us(self, message: IncomingMessage) -> bool:
        """Return whether the message may concern the bot. This reads its words alone: most messages
        of a workspace cost no more than this check."""
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
        """Put messages into the inbox, and return those to work on; the others are known, or not
        for the bot.

        Raises:
            StateUnavailable: none is kept.
        """
        new_threads = {
            Thread.of(message) for message in messages if message.kind is MessageKind.MENTION
        }
        admitted = [
            message
            for message in messages
            if not _is_late(message) and await self._admits(message, new_threads)
        ]
        changed = [message for message in messages if message.changed and message not in admitted]
        stored = await self.inbox.receive_all(admitted) if admitted else []
        return stored + [
            updated for message in changed if (updated := await self.inbox.update(message))
        ]

    async def _admits(self, message: IncomingMessage, new_threads: Collection[Thread]) -> bool:
        """Return whether the inbox takes the message. ``new_threads`` are threads in which somebody
        asks the bot at this moment, which the inbox does not know yet."""
        if message.kind is MessageKind.FOLLOW_UP:
            thread = Thread.of(message)
            return thread in new_threads or bool(await self.threads.askers(thread))
        if message.kind is MessageKind.UNASKED:
            settings = await self.settings.of(message.team, message.channel)
            return settings.unasked is not None
        return True


def _is_late(message: IncomingMessage) -> bool:
    """Return whether the edited message is old. An edit may come before the message itself, or
    instead of it; but an old message was answered and has been forgotten."""
    return bool(message.edited) and float(message.edited) - float(message.ts) > _LATE
