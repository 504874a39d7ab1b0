"""A bounded number of letters at work at once, in order for each channel."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable

from bot.state.inbox import Letter

logger = logging.getLogger(__name__)

_ELSEWHERE = 0.25
"""Seconds between two looks at whether another process is done with what comes first."""


async def at_once(_: Letter) -> bool:
    return True


class Workers:
    """``work`` handles one letter, with its failures; only a stop may end it early.
    ``is_next`` says whether no other process has an earlier one of the same channel."""

    def __init__(
        self,
        work: Callable[[Letter], Awaitable[None]],
        *,
        limit: int,
        is_next: Callable[[Letter], Awaitable[bool]] = at_once,
    ) -> None:
        self._work = work
        self._is_next = is_next
        self._free = asyncio.Semaphore(limit)
        self._waiting: dict[str, list[tuple[float, int, Letter]]] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._known: set[int] = set()
        self._stopping = False

    def submit(self, letter: Letter) -> None:
        """Do it when its turn comes; once, however often it is submitted before it is done.
        After a stop it stays in the inbox."""
        if self._stopping or letter.id in self._known:
            return
        self._known.add(letter.id)
        waiting = self._waiting.setdefault(letter.channel, [])
        heapq.heappush(waiting, (_when(letter), letter.id, letter))
        if letter.channel not in self._lanes:
            self._lanes[letter.channel] = asyncio.create_task(self._run(letter.channel))

    def waiting(self) -> list[Letter]:
        """Those that are not begun, in about the order in which they will be."""
        return [one[2] for one in sorted(one for lane in self._waiting.values() for one in lane)]

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
                # Before a place is taken: whoever waits for another process must not keep it
                # from those that the other one waits for.
                first = waiting[0][2]
                if not await self._is_next(first):
                    await asyncio.sleep(_ELSEWHERE)
                    continue
                async with self._free:
                    if not self._stopping and waiting[0][2] is first:
                        heapq.heappop(waiting)
                        try:
                            await self._work(first)
                        finally:
                            self._known.discard(first.id)
        finally:
            self._known.difference_update(id_ for _, id_, _ in waiting)
            del self._lanes[channel], self._waiting[channel]


def _when(letter: Letter) -> float:
    """Slack's ts are seconds; two events may be received in the wrong order."""
    try:
        return float(letter.ts)
    except ValueError:
        return 0.0
