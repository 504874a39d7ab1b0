"""The waiting room for messages while the database is away: files on disk, until the inbox can take
them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import partial

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.message_filter import MessageFilter
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, Notice
from footnote_bot.bot.conversation.ports import Chat, WaitingMessages
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, StateRefused, StateUnavailable

logger = logging.getLogger(__name__)

_AT_ONCE = 100
"""Messages in one batch."""
_REMEMBERED = 1000
"""Messages remembered whose author was notified."""

Key = tuple[str, str, str]


@dataclass(slots=True)
class WaitingRoom:
    """The waiting room, open while the database is away. ``spool`` stores the messages; without one
    none waits.

    Only people who addressed the bot directly are notified: at once if their question is not kept,
    or after ``long`` seconds that it waits. ``every``: seconds between two tries to move messages
    to the inbox.
    """

    spool: WaitingMessages | None
    filter_: MessageFilter
    workers: Workers
    chat: Chat
    _: KW_ONLY
    every: float
    long: float
    _emptying: asyncio.Task[None] | None = field(init=False, default=None)
    _may_have_more: bool = field(init=False, default=False)
    """Messages may have arrived since the files were last listed."""
    _notifying: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _notified: dict[Key, None] = field(init=False, default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Return whether messages wait, so that later ones must not overtake them."""
        return self._emptying is not None and not self._emptying.done()

    async def take(self, messages: Sequence[IncomingMessage]) -> None:
        """Store messages until the database is back.

        Raises:
            StateUnavailable: they cannot wait here either.
        """
        try:
            await self._keep(messages)
        except StateUnavailable:
            for message in messages:
                self._notify_later(message, NOT_KEPT, 0.0)
            raise
        for message in messages:
            self._notify_later(message, WAITS, self.long)
        self.look()

    def look(self) -> None:
        """Begin to move waiting messages to the inbox, including those from before a restart and of
        dead processes."""
        self._may_have_more = True
        if not self.is_open and self.spool:
            self._emptying = asyncio.create_task(self._empty(self.spool))

    async def _keep(self, messages: Sequence[IncomingMessage]) -> None:
        if self.spool is None:
            raise StateUnavailable("There is no folder for questions to wait in.")
        await in_own_thread(partial(self.spool.add, messages), "waiting")

    async def stop(self) -> None:
        """End all tasks. Messages that wait stay in their files."""
        tasks = [*self._notifying, *([self._emptying] if self._emptying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _empty(self, spool: WaitingMessages) -> None:
        while True:
            self._may_have_more = False
            messages = await in_own_thread(partial(spool.messages, _AT_ONCE), "waiting")
            if not messages:
                if not self._may_have_more:
                    return
                continue  # messages that arrived meanwhile may not be listed
            try:
                await self._take_in(messages)
            except StateRefused:
                await self._take_in_singly(messages)
            except StateUnavailable:
                await asyncio.sleep(self.every)
                continue
            await in_own_thread(partial(spool.remove, messages), "waiting")
            for message in messages:
                self._remember(message)  # its author need not be notified any more

    async def _take_in(self, messages: Sequence[IncomingMessage]) -> None:
        for message in await self.filter_.take_all(messages):
            self.workers.submit(message, anew=message.changed)

    async def _take_in_singly(self, messages: Sequence[IncomingMessage]) -> None:
        """Move them one by one: a message that the database never accepts must not block the
        others."""
        for message in messages:
            try:
                await self._take_in([message])
            except StateRefused:
                logger.exception("Message %s in %s is lost", message.ts, message.channel)

    def _notify_later(self, message: IncomingMessage, notice: Notice, after: float) -> None:
        spoke_to_us = (
            message.kind in (MessageKind.MENTION, MessageKind.DIRECT) and not message.changed
        )
        if spoke_to_us and _key(message) not in self._notified:
            notifying = asyncio.create_task(self._notify(message, notice, after))
            self._notifying.add(notifying)
            notifying.add_done_callback(self._notifying.discard)

    async def _notify(self, message: IncomingMessage, notice: Notice, after: float) -> None:
        await asyncio.sleep(after)
        if _key(message) in self._notified:
            return
        self._remember(message)
        channel, person = message.channel, message.person
        try:
            await self.chat.post_privately(channel, person, notice, message.within)
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning(
                "The author of %s could not be told that it waits: %s", message.ts, error
            )

    def _remember(self, message: IncomingMessage) -> None:
        self._notified[_key(message)] = None
        for old in list(self._notified)[:-_REMEMBERED]:
            del self._notified[old]


WAITS = Notice(texts.WAITS)
NOT_KEPT = Notice(texts.NOT_KEPT)


def _key(message: IncomingMessage) -> Key:
    return message.team, message.channel, message.ts
