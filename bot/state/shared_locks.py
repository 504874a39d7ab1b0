"""Named locks for work that no two processes may do at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from weakref import WeakValueDictionary

from bot.errors import LockTaken, SyncRunning
from bot.operations.syncing import SyncLocks

_ELSEWHERE = 0.25
"""Seconds between two checks whether another process has released it."""
_LOOKS = 480


class SharedLocks:
    """The port `bot.conversation.ports.Locks`. Names are no wikis' names and have at most 64
    characters. ``team`` is the workspace whose work they are for; empty: the first one. Two of one
    name that a process holds for two workspaces would be one."""

    def __init__(self, locks: SyncLocks, team: str = "") -> None:
        self._locks = locks
        self._team = team
        self._here = WeakValueDictionary[str, asyncio.Lock]()  # those that somebody waits for

    @asynccontextmanager
    async def hold(self, name: str, *, waiting: bool = True) -> AsyncIterator[None]:
        """Hold the named lock.

        Raises:
            LockTaken: another process is at it, and still is after two minutes; or is at all,
                if nobody is ``waiting``.
            StateUnavailable
        """
        async with self._here.setdefault(name, asyncio.Lock()):
            held = await self._held(name, _LOOKS if waiting else 0)
            try:
                yield
            finally:
                await asyncio.to_thread(held.__exit__, None, None, None)

    async def _held(self, name: str, looks: int) -> AbstractContextManager[None]:
        while True:
            held = self._locks.hold([f"{self._team}{name}"])
            try:
                await _enter(held)
            except SyncRunning:
                if not looks:
                    raise LockTaken(f"Another process holds {name}.") from None
            else:
                return held
            looks -= 1
            await asyncio.sleep(_ELSEWHERE)


async def _enter(held: AbstractContextManager[None]) -> None:
    """Take a lock in a thread. If the task is cancelled meanwhile, the lock is released when it was
    taken."""
    entering = asyncio.ensure_future(asyncio.to_thread(held.__enter__))
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait([entering])
        if entering.exception() is None:
            await asyncio.to_thread(held.__exit__, None, None, None)
        raise
