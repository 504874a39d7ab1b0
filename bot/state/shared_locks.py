"""Named locks for work that no two processes may do at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from weakref import WeakValueDictionary

from footnote_bot.bot.errors import LockTaken, SyncRunning
from footnote_bot.bot.operations.syncing import SyncLocks

_ELSEWHERE = 0.25
"""Seconds between two tries while another process holds the lock."""
_LOOKS = 480


class SharedLocks:
    """The port `bot.conversation.ports.Locks`. A name must not be a wiki's, and has at most 64
    characters. ``team`` is the workspace that the locks are for; empty: the first one. Without it,
    two workspaces of a process would share a lock of the same name."""

    def __init__(self, locks: SyncLocks, team: str = "") -> None:
        self._locks = locks
        self._team = team
        self._here = WeakValueDictionary[str, asyncio.Lock]()  # of this process, while in use

    @asynccontextmanager
    async def hold(self, name: str, *, waiting: bool = True) -> AsyncIterator[None]:
        """Hold the named lock.

        Raises:
            LockTaken: another process still holds it after two minutes, or holds it now if not
                ``waiting``.
            StateUnavailable
        """
        async with self._here.setdefault(name, asyncio.Lock()):
            lock = await self._acquire(name, _LOOKS if waiting else 0)
            try:
                yield
            finally:
                await _exit(lock)

    async def _acquire(self, name: str, tries: int) -> AbstractContextManager[object]:
        while True:
            lock = self._locks.hold([f"{self._team}{name}"])
            try:
                await _enter(lock)
            except SyncRunning:
                if not tries:
                    raise LockTaken(f"Another process holds {name}.") from None
            else:
                return lock
            tries -= 1
            await asyncio.sleep(_ELSEWHERE)


async def _enter(lock: AbstractContextManager[object]) -> None:
    """Take a lock in a thread. If the task is cancelled meanwhile, wait for the lock and release
    it."""
    entering = asyncio.ensure_future(asyncio.to_thread(lock.__enter__))
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait([entering])
        if entering.exception() is None:
            await _exit(lock)
        raise


async def _exit(lock: AbstractContextManager[object]) -> None:
    """Release a lock in a thread. If the task is cancelled meanwhile, wait for it: a late release
    would be that of the next holder."""
    exiting = asyncio.ensure_future(asyncio.to_thread(lock.__exit__, None, None, None))
    try:
        await asyncio.shield(exiting)
    except asyncio.CancelledError:
        await asyncio.wait([exiting])
        raise
