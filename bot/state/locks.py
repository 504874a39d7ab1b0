"""Named locks that one process holds at a time: one for each wiki's syncs (the port
`bot.operations.syncing.SyncLocks`), and those of `bot.state.shared_locks`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from footnote_bot.bot.errors import StateUnavailable, SyncRunning
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.schema import locks

logger = logging.getLogger(__name__)


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
