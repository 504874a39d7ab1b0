"""The Stop button: the work ends, and the thread says so."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import MessageState, Notice
from footnote_bot.bot.conversation.ports import Chat, Inbox, Observer, StatusLine
from footnote_bot.bot.conversation.workers import Workers

logger = logging.getLogger(__name__)

STOPPED = Notice(texts.STOPPED)


@dataclass(frozen=True, slots=True)
class Stopping:
    inbox: Inbox
    workers: Workers
    chat: Chat
    status: StatusLine
    observer: Observer

    async def stop(self, team: str, channel: str, thread: str, person: str) -> None:
        """End this person's questions in the thread, and nobody else's. The inbox comes first, so
        that a restart does not resume them."""
        messages = await self.inbox.stop(team, channel, thread, person)
        for message in messages:
            await self.workers.cancel(message.id)
            self.observer.ended(message, MessageState.STOPPED)
        for message in messages:
            posted = await self.chat.posted(message)
            await self.chat.reply(message, STOPPED, posted)
        if messages:
            await self.status.stopped(channel, thread)
        logger.info("%d questions were stopped in %s", len(messages), channel)
