"""The waiting room for messages while the database is away: files on disk, until the inbox can take
them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from bot.background import in_own_thread
from bot.conversation import texts
from bot.conversation.message_filter import MessageFilter
from bot.conversation.model import IncomingMessage, MessageKind, Notice
from bot.conversation.ports import Chat, WaitingMessages
from bot.conversation.workers import Workers
from bot.errors import ChatRefused, ChatUnavailable, StateRefused, StateUnavailable

logger = logging.getLogger(__name__)

_AT_ONCE = 100
"""Messages in one batch."""
_TOLD = 1000
"""Messages whose asker was told something."""

Told = tuple[str, str, str]


class WaitingRoom:
    """The waiting room, open while the database is away. ``spool`` stores the messages; without one
    none waits.

    Only people who addressed the bot directly are told: at once that their question is not kept, or
    after ``long`` seconds that it waits.
    """

    def __init__(  # noqa: PLR0913 - what takes in, and what tells
        self,
        spool: WaitingMessages | None,
        filter_: MessageFilter,
        workers: Workers,
        chat: Chat,
        *,
        every: float,
        long: float,
    ) -> None:
        """Create it. ``every``: seconds between two tries to move messages to the inbox."""
        self._spool = spool
        self._filter = filter_
        self._workers = workers
        self._chat = chat
        self._every = every
        self._long = long
        self._emptying: asyncio.Task[None] | None = None
        self._more = False
        """Messages may have come since the files were last listed."""
        self._telling: set[asyncio.Task[None]] = set()
        self._told: dict[Told, None] = {}

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
                self._tell(message, NOT_KEPT, 0.0)
            raise
        for message in messages:
            self._tell(message, WAITS, self._long)
        self.look()

    def look(self) -> None:
        """Begin to move waiting messages to the inbox, including those from before a restart and of
        dead processes."""
        self._more = True
        if not self.is_open and self._spool:
            self._emptying = asyncio.create_task(self._empty(self._spool))

    async def _keep(self, messages: Sequence[IncomingMessage]) -> None:
        if self._spool is None:
            raise StateUnavailable("There is no folder for questions to wait in.")
        await in_own_thread(partial(self._spool.add, messages), "waiting")

    async def stop(self) -> None:
        """End all tasks. Messages that wait stay in their files."""
        tasks = [*self._telling, *([self._emptying] if self._emptying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _empty(self, spool: WaitingMessages) -> None:
        while True:
            self._more = False
            messages = await in_own_thread(partial(spool.messages, _AT_ONCE), "waiting")
            if not messages:
                if not self._more:
                    return
                continue  # those that came meanwhile may not be listed
            try:
                await self._take_in(messages)
            except StateRefused:
                await self._take_in_singly(messages)
            except StateUnavailable:
                await asyncio.sleep(self._every)
                continue
            await in_own_thread(partial(spool.remove, messages), "waiting")
            for message in messages:
                self._remember(message)  # nobody need be told any more that it waits

    async def _take_in(self, messages: Sequence[IncomingMessage]) -> None:
        for message in await self._filter.take_all(messages):
            self._workers.submit(message, anew=message.changed)

    async def _take_in_singly(self, messages: Sequence[IncomingMessage]) -> None:
        """Move them one by one: a message that the database never accepts must not block the
        others."""
        for message in messages:
            try:
                await self._take_in([message])
            except StateRefused:
                logger.exception("Message %s in %s is lost", message.ts, message.channel)

    def _tell(self, message: IncomingMessage, notice: Notice, after: float) -> None:
        spoke_to_us = (
            message.kind in (MessageKind.MENTION, MessageKind.DIRECT) and not message.changed
        )
        if spoke_to_us and _told(message) not in self._told:
            telling = asyncio.create_task(self._say(message, notice, after))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def _say(self, message: IncomingMessage, notice: Notice, after: float) -> None:
        await asyncio.sleep(after)
        if _told(message) in self._told:
            return
        self._remember(message)
        channel, person = message.channel, message.person
        try:
            await self._chat.post_privately(channel, person, notice, message.within)
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning(
                "The author of %s could not be told that it waits: %s", message.ts, error
            )

    def _remember(self, message: IncomingMessage) -> None:
        self._told[_told(message)] = None
        for old in list(self._told)[:-_TOLD]:
            del self._told[old]


WAITS = Notice(texts.WAITS)
NOT_KEPT = Notice(texts.NOT_KEPT)


def _told(message: IncomingMessage) -> Told:
    return message.team, message.channel, message.ts
