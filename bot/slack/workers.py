"""A bounded number of letters at work at once, in order for each channel."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.state.inbox import Letter

logger = logging.getLogger(__name__)


class Workers:
    """``work`` handles one letter, with its failures; only a stop may end it early.
    ``begin`` is told at once of each that will be worked on, however long it waits."""

    def __init__(
        self,
        work: Callable[[Letter], Coroutine[Any, Any, None]],
        *,
        limit: int,
        begin: Callable[[Letter], None] = lambda _: None,
    ) -> None:
        self._work = work
        self._begin = begin
        self._free = asyncio.Semaphore(limit)
        self._waiting: dict[str, list[tuple[float, int, Letter]]] = {}
        self._count = itertools.count()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._stopping = False

    def submit(self, letter: Letter) -> None:
        """Do it when its turn comes. After a stop it stays in the inbox."""
        if self._stopping:
            return
        self._begin(letter)
        waiting = self._waiting.setdefault(letter.channel, [])
        heapq.heappush(waiting, (_when(letter), next(self._count), letter))
        if letter.channel not in self._lanes:
            self._lanes[letter.channel] = asyncio.create_task(self._run(letter.channel))

    def cancel(self, id_: int) -> None:
        """End the work on a letter where it is. It is the caller's to see that the letter
        is finished: one that still waits comes to its turn."""
        if working := self._at_work.get(id_):
            working.cancel()

    async def stop(self, grace: float) -> None:
        """Begin nothing more; wait ``grace`` seconds for what is at work."""
        self._stopping = True
        lanes = list(self._lanes.values())
        if not lanes:
            return
        _, late = await asyncio.wait(lanes, timeout=grace)
        for lane in late:
            lane.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            logger.warning("%d answers were not finished; they follow after a start", len(late))

    async def _run(self, channel: str) -> None:
        waiting = self._waiting[channel]
        try:
            while waiting and not self._stopping:
                async with self._free:
                    if not self._stopping:
                        await self._one(heapq.heappop(waiting)[2])
        finally:
            del self._lanes[channel], self._waiting[channel]

    async def _one(self, letter: Letter) -> None:
        working = asyncio.create_task(self._work(letter))
        self._at_work[letter.id] = working
        try:
            await asyncio.wait([working])
        finally:
            # Cancelled itself, the lane takes its work along.
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            del self._at_work[letter.id]


def _when(letter: Letter) -> float:
    """Slack's ts are seconds; two events may be received in the wrong order."""
    try:
        return float(letter.ts)
    except ValueError:
        return 0.0
