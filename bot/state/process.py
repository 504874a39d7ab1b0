"""The processes that share the database, so that a live one takes over a dead one's work."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

import sqlalchemy as sa

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import processes

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
"""Time for which a process counts as alive after its last beat. If clocks differ by a good part of
it, two processes may take each other for dead."""


class Process:
    """The current process, among those that share ``database``.

    The claims of a process carry its ``name``; once it is dead, any other may take them over. A
    name is never reused, so claims from before a restart are another process's.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        lease: timedelta = LEASE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"{socket.gethostname()[:80]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._database = database
        self._clock = clock
        self._lease = lease
        self._monotonic = monotonic
        self._future_leases: dict[tuple[str, datetime], float] = {}
        """Leases that end later than a live process would write, by the process's name and the end,
        and since when they are known."""
        self._last_beat: float | None = None
        self._lapses = 0
        self._leaving = threading.Event()
        self._beat_thread: threading.Thread | None = None

    def start(self) -> None:
        """Start to beat in a thread, until `leave`. A busy event loop would look dead.

        Raises:
            StateUnavailable
        """
        if self._beat_thread is None:
            self.beat()
            self._beat_thread = threading.Thread(target=self._beat_on, name="beating", daemon=True)
            self._beat_thread.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """End this process's lease: its claims may be taken over at once."""
        self._leaving.set()
        if self._beat_thread is not None:
            self._beat_thread.join()
        try:
            self._database.run(sa.delete(processes).where(processes.c.name == self.name))
        except StateUnavailable as error:
            logger.warning("Unfinished work waits %.0f s: %s", self._lease.total_seconds(), error)

    def beat(self) -> None:
        """Extend this process's lease, and delete the processes that are dead.

        Raises:
            StateUnavailable
        """
        now, began = self._clock(), self._monotonic()
        until = {"until": now + self._lease}
        beat = self._database.upsert(processes, {"name": self.name}, until)
        with self._database.begin() as connection:
            connection.execute(beat)
            connection.execute(sa.delete(processes).where(processes.c.until < now - self._lease))
            self._delete_dead_ahead(connection, now)
        # First count a lease that expired before this beat.
        self._lapses, self._last_beat = self.lapses, began

    @property
    def is_damaged(self) -> bool:
        """Return whether the database is known to be damaged."""
        return self._database.is_damaged

    @property
    def lapses(self) -> int:
        """Return how often the lease has expired, because this process stood still or could not
        reach the database: others may have taken over its claims each time."""
        if self._last_beat is None:
            return 0
        return self._lapses + (self._monotonic() - self._last_beat > self._lease.total_seconds())

    def _delete_dead_ahead(self, connection: sa.Connection, now: datetime) -> None:
        """Delete processes that died while the clock was ahead: they would count as alive until
        that time. A live process writes another lease within its length, whatever the clock says.
        """
        ahead = sa.select(processes.c.name, processes.c.until).where(
            processes.c.until > now + 2 * self._lease, processes.c.name != self.name
        )
        seconds = self._monotonic()
        leases = [(name, until) for name, until in connection.execute(ahead)]
        self._future_leases = {lease: self._future_leases.get(lease, seconds) for lease in leases}
        longest = self._lease.total_seconds()
        dead = [
            name for (name, _), since in self._future_leases.items() if seconds - since > longest
        ]
        if dead:
            connection.execute(sa.delete(processes).where(processes.c.name.in_(dead)))

    def is_dead(self, holder: sa.Column[str]) -> sa.ColumnElement[bool]:
        """Return the condition that the process named by ``holder`` is dead."""
        alive = sa.select(processes.c.name).where(processes.c.until > self._clock())
        return holder.not_in(alive)

    def may_take(self, holder: sa.Column[str]) -> sa.ColumnElement[bool]:
        """Return the condition that ``holder`` names this process, which may have failed to
        release its own, or a dead one."""
        return self.is_dead(holder) | (holder == self.name)

    def _beat_on(self) -> None:
        """Beat four times a lease, until `leave`."""
        while not self._leaving.wait(self._lease.total_seconds() / 4):
            try:
                self.beat()
                self._database.empty_log()
            except StateUnavailable as error:
                logger.debug("Other processes may consider this one dead: %s", error)
            except Exception:
                # The edge of this thread: without beats others would take over live work.
                logger.exception("Other processes may consider this one dead")
