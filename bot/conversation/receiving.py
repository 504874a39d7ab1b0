"""Incoming messages are stored in the inbox, in batches: the chat waits until each is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.message_filter import MessageFilter
from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.waiting_room import WaitingRoom
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.errors import StateRefused, StateUnavailable

_REMEMBERED = 1000
"""Messages remembered. A mention comes as two events, and any of them up to four times."""
_PATIENCE = 1.5
"""Seconds. A chat waits about three, and a call to a database that is away may hang."""

_Read = Callable[[], IncomingMessage | None]


class Receiving:
    """The receiver of messages, in their order. Those that ``filter_`` takes go to the ``workers``;
    while the database is away all go to the ``waiting_room``."""

    def __init__(self, filter_: MessageFilter, workers: Workers, waiting_room: WaitingRoom) -> None:
        self._filter = filter_
        self._workers = workers
        self._waiting_room = waiting_room
        # One thread: messages are read in the order in which they come.
        self._reading = ThreadPoolExecutor(1, "reading messages")
        self._batch: list[IncomingMessage] = []
        self._stored: dict[IncomingMessage, asyncio.Future[None]] = {}
        self._storing: asyncio.Task[None] | None = None
        self._late: set[asyncio.Task[list[IncomingMessage]]] = set()

    async def receive(self, read: _Read) -> bool:
        """Keep the message that ``read`` returns, see `keep`; ``read`` is called beside the event
        loop. Return False if it returns none.

        Raises:
            StateUnavailable: it is not kept.
        """
        message, concerns_us = await beside(self._reading, self._read, read)
        if message is not None and concerns_us:
            await self._store_once(message)
        return message is not None

    async def keep(self, message: IncomingMessage) -> None:
        """Return once the message is kept, is there already, or is not for the bot.

        Raises:
            StateUnavailable: it is not kept.
        """
        await self.receive(lambda: message)

    def _read(self, read: _Read) -> tuple[IncomingMessage | None, bool]:
        message = read()
        return message, message is not None and self._filter.may_concern_us(message)

    async def _store_once(self, message: IncomingMessage) -> None:
        alone = _without_event(message)
        stored = self._stored.get(alone)
        if stored is None:
            stored = self._stored[alone] = asyncio.get_running_loop().create_future()
            self._batch.append(message)
            if self._storing is None or self._storing.done():
                self._storing = asyncio.create_task(self._store_batches())
        await asyncio.shield(stored)

    async def _store_batches(self) -> None:
        while self._batch:
            batch, self._batch = self._batch, []
            try:
                new = await self._store(batch)
            except asyncio.CancelledError:
                # The process ends: nothing is acknowledged, so the chat delivers it again.
                for message in batch:
                    self._stored.pop(_without_event(message)).cancel()
                raise
            except Exception as error:  # noqa: BLE001 - handed on to the waiting tasks
                for message in batch:
                    stored = self._stored.pop(_without_event(message))
                    stored.set_exception(error)
                    stored.exception()  # retrieved, so that a gone waiter causes no log line
                continue
            for message in new:
                self._workers.submit(message, anew=message.changed)
            for message in batch:
                self._stored[_without_event(message)].set_result(None)
            self._forget()

    async def _store(self, batch: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        """Store a batch, and return the messages to work on now."""
        if not self._waiting_room.is_open:
            taking = asyncio.create_task(self._filter.take_all(batch))
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await asyncio.shield(taking)
            except StateRefused:
                raise
            except (StateUnavailable, TimeoutError):
                # If it is only slow it may still succeed: the inbox takes nothing twice.
                self._late.add(taking)
                taking.add_done_callback(self._submit_late)
        await self._waiting_room.take(batch)
        return []

    def _submit_late(self, taking: asyncio.Task[list[IncomingMessage]]) -> None:
        """Submit the messages that the inbox took late: the waiting room would find them there and
        submit none, and later messages must not overtake them."""
        self._late.discard(taking)
        if not taking.cancelled() and taking.exception() is None:
            for message in taking.result():
                self._workers.submit(message, anew=message.changed)

    def _forget(self) -> None:
        """Forget the earliest messages; the inbox knows them for longer."""
        for message in list(self._stored)[:-_REMEMBERED]:
            if self._stored[message].done():
                del self._stored[message]


def _without_event(message: IncomingMessage) -> IncomingMessage:
    return replace(message, event="")
