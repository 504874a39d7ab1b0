"""Named locks that one process holds at a time: of syncs, one for each wiki (the port
`bot.operations.syncing.SyncLocks`), and of `bot.state.shared_locks`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from bot.errors import StateUnavailable, SyncRunning
from bot.state.database import Database
from bot.state.process import Process
from bot.state.schema import locks

logger = logging.getLogger(__name__)


class DatabaseLocks:
    """Locks in the database, held by ``process``; a dead process holds none."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    @contextmanager
    def hold(self, names: Sequence[str]) -> Iterator[None]:
        """Hold the locks of these names.

        Raises:
            SyncRunning: another process holds one of them.
            StateUnavailable
        """
        mine = {"holder": self._process.name}
        with self._database.begin() as connection:
            # In the same order everywhere, so that no two processes deadlock.
            for name in sorted(names):
                take = (
                    self._database.insert(locks)
                    .values(wiki=name, **mine)
                    .on_conflict_do_update(
                        index_elements=["wiki"],
                        set_=mine,
                        # It may have failed to release its own.
                        where=self._process.free(locks.c.holder)
                        | (locks.c.holder == self._process.name),
                    )
                    .returning(locks.c.wiki)
                )
                if connection.scalar(take) is None:
                    raise SyncRunning(
                        f"Another process is syncing {name}. Please try again in a while."
                    )
        try:
            yield
        finally:
            self._give_back(names)

    def _give_back(self, names: Sequence[str]) -> None:
        mine = locks.c.wiki.in_(names) & (locks.c.holder == self._process.name)
        try:
            with self._database.begin() as connection:
                connection.execute(sa.delete(locks).where(mine))
        except StateUnavailable as error:
            logger.debug(
                "Other processes cannot sync until this one can use the database again: %s", error
            )
