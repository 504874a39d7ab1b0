"""The reply to a message: posted once.

A worker that takes a message again, after a restart, a lost connection or an edit, first asks the
chat which messages of the reply exist. So a reply that the chat accepted although the call failed
is not posted twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from footnote_bot.bot.conversation.model import Content, IncomingMessage
from footnote_bot.bot.conversation.ports import Chat, Inbox, LiveReply, Posted
from footnote_bot.bot.errors import BotError


class NotOurs(BotError):
    """Another process owns this message, or it was edited, deleted or stopped."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Posting of replies. Methods that call the chat raise ChatUnavailable and ChatRefused, methods
    that call the inbox raise StateUnavailable."""

    inbox: Inbox
    chat: Chat

    async def hold(self, message: IncomingMessage) -> None:
        """Check that the message is still ours to answer.

        Raises:
            NotOurs
        """
        if not await self.inbox.holds(message):
            raise NotOurs

    async def is_deleted(self, message: IncomingMessage) -> bool:
        """Return whether the chat has told us that the message was deleted."""
        received = await self.inbox.received(message.team, message.channel, message.ts)
        return received is not None and received.deleted

    async def put(self, message: IncomingMessage, content: Content, posted: Posted) -> str:
        """Make ``content`` the whole reply, and return the id of its last message.

        Raises:
            NotOurs
        """
        return await self.chat.reply(message, content, posted, self.hold)

    def stream(self, message: IncomingMessage, posted: Posted) -> LiveReply | None:
        return self.chat.stream(message, posted, self.hold)

    async def show_asker(self, message: IncomingMessage, content: Content) -> None:
        """Show the reply to the asker alone. Nobody can look for it later, so the inbox records it
        first: see `may_have_been_seen`.

        Raises:
            NotOurs
            NotInChannel: the asker has left.
        """
        await self.inbox.note_ephemeral(message)
        await self.hold(message)
        await self.chat.post_privately(message.channel, message.person, content, message.within)

    async def may_have_been_seen(self, message: IncomingMessage) -> bool:
        """Return whether the asker may have seen their reply."""
        return await self.inbox.had_ephemeral(message)
