"""A bounded number of concurrent messages, in order for each channel."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.ports import Inbox
from footnote_bot.bot.errors import StateUnavailable

logger = logging.getLogger(__name__)

_ELSEWHERE = 0.25
"""Seconds between two checks whether another process has finished the earlier message."""


async def next_in(inbox: Inbox, message: IncomingMessage) -> bool:
    """Return whether no other process has an earlier message of the same channel."""
    try:
        return await inbox.is_next(message)
    except StateUnavailable:
        return True  # The claim will log it and try again.


async def at_once(_: IncomingMessage) -> bool:
    return True


class Workers:
    """The workers. ``work`` handles one message, including its failures; only a stop cancels it.
    ``is_next`` returns whether no other process has an earlier message of the same channel;
    ``begin`` is called at once for each that will be worked on, however long it waits."""

    def __init__(
        self,
        work: Callable[[IncomingMessage], Coroutine[Any, Any, None]],
        *,
        limit: int,
        is_next: Callable[[IncomingMessage], Awaitable[bool]] = at_once,
        begin: Callable[[IncomingMessage], None] = lambda _: None,
    ) -> None:
        self._work = work
        self._begin = begin
        self._is_next = is_next
        self._free = asyncio.Semaphore(limit)
        self._waiting: dict[str, list[tuple[float, int, int, IncomingMessage]]] = {}
        self._count = itertools.count()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._known: set[int] = set()
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._stopping = False

    def submit(self, message: IncomingMessage, *, anew: bool = False) -> None:
        """Queue the message, once however often it is submitted, unless a worker has an older state
        of it (``anew``). After a stop it stays in the inbox."""
        again = anew and message.id in self._at_work
        if self._stopping or (message.id in self._known and not again):
            return
        self._known.add(message.id)
        self._begin(message)
        waiting = self._waiting.setdefault(message.channel, [])
        heapq.heappush(waiting, (_when(message), message.id, next(self._count), message))
        if message.channel not in self._lanes:
            self._lanes[message.channel] = asyncio.create_task(self._run(message.channel))

    def waiting(self) -> list[IncomingMessage]:
        """Return the messages that are not begun, in about their order."""
        return [
            entry[-1]
            for entry in sorted(entry for lane in self._waiting.values() for entry in lane)
        ]

    async def cancel(self, id_: int) -> None:
        """Cancel the work on a message, and return when it has ended. The caller must finish the
        message: if it still waits, its turn will come."""
        if working := self._at_work.get(id_):
            working.cancel()
            await asyncio.wait([working])

    async def stop(self, grace: float) -> None:
        """Begin nothing more; wait ``grace`` seconds for running work."""
        self._stopping = True
        lanes = list(self._lanes.values())
        if not lanes:
            return
        _, late = await asyncio.wait(lanes, timeout=grace)
        for lane in late:
            lane.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            logger.warning(
                "%d answers were not finished; they will be after the next start", len(late)
            )

    async def _run(self, channel: str) -> None:
        waiting = self._waiting[channel]
        try:
            while waiting and not self._stopping:
                # Before taking a slot: a message that waits for another process must not block
                # those that the other one waits for.
                first = waiting[0][-1]
                if not await self._is_next(first):
                    await asyncio.sleep(_ELSEWHERE)
                    continue
                async with self._free:
                    if not self._stopping and waiting[0][-1] is first:
                        heapq.heappop(waiting)
                        try:
                            await self._work_on(first)
                        finally:
                            self._known.discard(first.id)
        finally:
            self._known.difference_update(id_ for _, id_, *_ in waiting)
            del self._lanes[channel], self._waiting[channel]

    async def _work_on(self, message: IncomingMessage) -> None:
        working = asyncio.create_task(self._work(message))
        self._at_work[message.id] = working
        try:
            await asyncio.wait([working])
        finally:
            # If the lane is cancelled, it cancels its work, too.
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            del self._at_work[message.id]
        if not working.cancelled():
            working.result()


def _when(message: IncomingMessage) -> float:
    """Return the time of a message, if its ts is one in seconds: two messages may be received in
    the wrong order."""
    try:
        return float(message.ts)
    except ValueError:
        return 0.0
