"""Sync locks: one sync at a time for each wiki, in whichever process: the port
`bot.operations.syncing.SyncLocks`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from bot.errors import StateUnavailable, SyncRunning
from bot.state.database import Database
from bot.state.process import Process
from bot.state.schema import syncs

logger = logging.getLogger(__name__)


class DatabaseSyncLocks:
    """Sync locks in the database, held by ``process``; a dead process holds none."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    @contextmanager
    def held(self, wikis: Sequence[str]) -> Iterator[None]:
        """Hold the locks of these wikis.

        Raises:
            SyncRunning: one of them is being synced elsewhere.
            StateUnavailable
        """
        mine = {"holder": self._process.name}
        with self._database.begin() as connection:
            # In the same order everywhere, so that no two processes deadlock.
            for wiki in sorted(wikis):
                take = (
                    self._database.insert(syncs)
                    .values(wiki=wiki, **mine)
                    .on_conflict_do_update(
                        index_elements=["wiki"],
                        set_=mine,
                        # It may have failed to release its own.
                        where=self._process.free(syncs.c.holder)
                        | (syncs.c.holder == self._process.name),
                    )
                    .returning(syncs.c.wiki)
                )
                if connection.scalar(take) is None:
                    raise SyncRunning(
                        f"Another process syncs {wiki}; it will be through in a while."
                    )
        try:
            yield
        finally:
            self._give_back(wikis)

    def _give_back(self, wikis: Sequence[str]) -> None:
        mine = syncs.c.wiki.in_(wikis) & (syncs.c.holder == self._process.name)
        try:
            with self._database.begin() as connection:
                connection.execute(sa.delete(syncs).where(mine))
        except StateUnavailable as error:
            logger.debug("Other processes cannot sync until this one has again: %s", error)
