"""Sync locks that wait while their holder may be dead: after a `kill -9` its lease runs on for some
seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import KW_ONLY, dataclass
from datetime import datetime

import sqlalchemy as sa

from footnote_bot.bot.errors import SyncRunning
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.locks import DatabaseLocks
from footnote_bot.bot.state.process import LEASE, Process
from footnote_bot.bot.state.schema import locks, processes

logger = logging.getLogger(__name__)

_LOOK_AGAIN = 0.5
"""Seconds between two looks. A live process renews its lease after each quarter of it."""


@dataclass(frozen=True, slots=True)
class PatientLocks:
    """A `DatabaseLocks` that tells a dead holder from a live one: only a live one renews its
    lease. ``pause`` waits some seconds; ``stopped`` ends the wait early. ``exclusive``: no other
    process can write the index, even if it takes a lock."""

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
        seen: dict[str, datetime] = {}
        seconds_left = LEASE.total_seconds() + 2
        while True:
            try:
                return stack.enter_context(DatabaseLocks(self.database, self.process).hold(wikis))
            except SyncRunning:
                leases = self._leases(wikis)
                is_renewed = any(seen.get(name, until) != until for name, until in leases.items())
                if is_renewed or seconds_left <= 0 or self.stopped():
                    raise
                if leases and not seen:
                    logger.warning(
                        "Another process syncs %s, or was killed while it did: waiting up to"
                        " %.0f s to see whether it lives",
                        " and ".join(wikis),
                        seconds_left,
                    )
                seen |= leases
                self.pause(_LOOK_AGAIN)
                seconds_left -= _LOOK_AGAIN

    def _leases(self, wikis: Sequence[str]) -> dict[str, datetime]:
        """Return the end of the lease of each holder of ``wikis``, by name."""
        query = (
            sa.select(processes.c.name, processes.c.until)
            .join(locks, locks.c.holder == processes.c.name)
            .where(locks.c.wiki.in_(wikis))
        )
        return {row.name: row.until for row in self.database.all(query)}
