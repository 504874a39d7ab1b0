"""Named locks that one process holds at a time: one for each wiki's syncs (the port
`bot.operations.syncing.SyncLocks`), the timer's turn, and those of a conversation."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import partial
from weakref import WeakValueDictionary

import sqlalchemy as sa

from footnote_bot.bot.errors import LockTaken, StateUnavailable, SyncRunning
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import LEASE, Process
from footnote_bot.bot.state.schema import locks

logger = logging.getLogger(__name__)

_TIMER = "(timer)"
"""A name that no wiki has."""
_RETRY_SYNC_AFTER = 0.5
"""Seconds between two tries of a sync while another process holds the lock."""
_RETRY_AFTER = 0.25
"""Seconds between two tries of a conversation while another process holds the lock."""
_MOST_TRIES = 480
"""The most tries: two minutes."""


class DatabaseLocks:
    """Locks in the database, held by ``process``; a dead process holds none."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    @contextmanager
    def hold(self, names: Sequence[str]) -> Iterator[Callable[[], bool]]:
        """Hold the locks of these names. Yield a function that returns whether they may have been
        lost: the process's lease has expired since.

        Raises:
            See `take`.
        """
        lapses = self._process.lapses
        self.take(names)
        try:
            yield lambda: self._process.lapses != lapses
        finally:
            self.give_back(names)

    def take(self, names: Sequence[str]) -> None:
        """Take the locks of these names, until `give_back` or the end of the process. The process
        may hold them already.

        Raises:
            SyncRunning: another process holds one of them.
            StateUnavailable
        """
        mine = {"holder": self._process.name}
        with self._database.begin() as connection:
            # The order is the same everywhere, so that no two processes deadlock.
            for name in sorted(names):
                free = self._process.may_take(locks.c.holder)
                take = self._database.upsert(locks, {"wiki": name}, mine, free)
                if connection.scalar(take.returning(locks.c.wiki)) is None:
                    raise SyncRunning(
                        f"Another process is syncing {name}. Please try again in a while."
                    )

    def give_back(self, names: Sequence[str]) -> None:
        """Release the locks that this process holds. If the database is away, they are free once
        the process is dead."""
        mine = locks.c.wiki.in_(names) & (locks.c.holder == self._process.name)
        try:
            self._database.run(sa.delete(locks).where(mine))
        except StateUnavailable as error:
            logger.debug(
                "Other processes cannot sync until this one can use the database again: %s", error
            )


class TimerTurn:
    """The right to sync on a timer (the port `bot.operations.scheduler.SyncTurn`): the turn of
    ``process`` among those that share the database. A process has the turn until it
    gives it back or dies."""

    def __init__(self, database: Database, process: Process) -> None:
        self._locks = DatabaseLocks(database, process)

    def take(self) -> bool:
        """Take the turn, or keep it; return whether this process has it.

        Raises:
            StateUnavailable: the database cannot be used.
        """
        try:
            self._locks.take([_TIMER])
        except SyncRunning:
            return False
        return True

    def give_back(self) -> None:
        """Leave the turn to another process."""
        self._locks.give_back([_TIMER])


@dataclass(frozen=True, slots=True)
class PatientLocks:
    """A `DatabaseLocks` that waits until a killed holder's lease has ended. ``pause`` waits some
    seconds; ``stopped`` ends the wait early. ``exclusive``: no other process can write the index,
    even if it takes a lock."""

    database: Database
    process: Process
    _: KW_ONLY
    pause: Callable[[float], object] = time.sleep
    stopped: Callable[[], bool] = lambda: False
    exclusive: bool = False

    @contextmanager
    def hold(self, wikis: Sequence[str]) -> Iterator[Callable[[], bool]]:
        """Hold the locks of these wikis, see `bot.operations.syncing.SyncLocks`.

        Raises:
            SyncRunning: a live process is syncing one of them.
            StateUnavailable
        """
        with ExitStack() as stack:
            lost = self._take(wikis, stack)
            yield lambda: not self.exclusive and lost()

    def _take(self, wikis: Sequence[str], stack: ExitStack) -> Callable[[], bool]:
        """Take the locks, waiting about a lease for a killed holder; return what `hold` yields."""
        database_locks = DatabaseLocks(self.database, self.process)
        seconds_left = longest = LEASE.total_seconds() + 2
        while True:
            try:
                return stack.enter_context(database_locks.hold(wikis))
            except SyncRunning:
                if seconds_left <= 0 or self.stopped():
                    raise
                if seconds_left == longest:
                    logger.warning(
                        "Another process syncs %s, or was killed while it did: waiting up to"
                        " %.0f s for it",
                        " and ".join(wikis),
                        longest,
                    )
                self.pause(_RETRY_SYNC_AFTER)
                seconds_left -= _RETRY_SYNC_AFTER


class SharedLocks:
    """The port `bot.conversation.ports.Locks`. A name must not be a wiki's, and has at most 64
    characters. ``team`` is the workspace that the locks are for; empty: the first one. Without it,
    two workspaces of a process would share a lock of the same name."""

    def __init__(self, locks: DatabaseLocks, team: str = "") -> None:
        self._locks = locks
        self._team = team
        # Between the tasks of this process; each goes when it is no longer in use.
        self._local_locks = WeakValueDictionary[str, asyncio.Lock]()

    @asynccontextmanager
    async def hold(self, name: str, *, waiting: bool = True) -> AsyncIterator[None]:
        """Hold the named lock.

        Raises:
            LockTaken: another process still holds it after two minutes, or holds it now if not
                ``waiting``.
            StateUnavailable
        """
        names = [f"{self._team}{name}"]
        async with self._local_locks.setdefault(name, asyncio.Lock()):
            await self._take(names, _MOST_TRIES if waiting else 0)
            try:
                yield
            finally:
                await self._give_back(names)

    async def _take(self, names: Sequence[str], tries: int) -> None:
        """Take the locks; while another process holds one, try again up to ``tries`` times."""
        while True:
            try:
                await _to_its_end(partial(self._locks.take, names))
            except SyncRunning:
                if not tries:
                    raise LockTaken(f"Another process holds {names[0]}.") from None
            except asyncio.CancelledError:
                await self._give_back(names)
                raise
            else:
                return
            tries -= 1
            await asyncio.sleep(_RETRY_AFTER)

    async def _give_back(self, names: Sequence[str]) -> None:
        # Wait for it: a later release would free the lock of its next holder.
        await _to_its_end(partial(self._locks.give_back, names))


async def _to_its_end(work: Callable[[], None]) -> None:
    """Do the work in a thread. If the task is cancelled meanwhile, wait for the work."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        working.exception()  # retrieved, so that it causes no log line
        raise
