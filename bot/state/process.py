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
        self._ahead: dict[str, tuple[datetime, float]] = {}
        """Processes whose lease ends later than a live process would write, and since when."""
        self._beaten: float | None = None
        self._lapses = 0
        self._over = threading.Event()
        self._beating: threading.Thread | None = None

    def start(self) -> None:
        """Start to beat in a thread, until `leave`. A busy event loop would look dead.

        Raises:
            StateUnavailable
        """
        if self._beating is None:
            self.beat()
            self._beating = threading.Thread(target=self._beat_on, name="beating", daemon=True)
            self._beating.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """End this process's lease: its claims may be taken over at once."""
        self._over.set()
        if self._beating is not None:
            self._beating.join()
        try:
            self._database.run(sa.delete(processes).where(processes.c.name == self.name))
        except StateUnavailable as error:
            logger.warning("Unfinished work waits %.0f s: %s", self._lease.total_seconds(), error)

    def beat(self) -> None:
        """Record that this process lives, and delete dead ones.

        Raises:
            StateUnavailable
        """
        now, began = self._clock(), self._monotonic()
        until = {"until": now + self._lease}
        beat = self._database.upsert(processes, {"name": self.name}, until)
        with self._database.begin() as connection:
            connection.execute(beat)
            connection.execute(sa.delete(processes).where(processes.c.until < now - self._lease))
            self._clear_ahead(connection, now)
        self._lapses, self._beaten = self.lapses, began

    @property
    def is_damaged(self) -> bool:
        """Return whether the database is known to be damaged."""
        return self._database.is_damaged

    @property
    def lapses(self) -> int:
        """Return how often the lease has expired, because this process stood still or could not
        reach the database: others may have taken over its claims each time."""
        if self._beaten is None:
            return 0
        return self._lapses + (self._monotonic() - self._beaten > self._lease.total_seconds())

    def _clear_ahead(self, connection: sa.Connection, now: datetime) -> None:
        """Delete processes that died while the clock was ahead: they would count as alive until
        that time. A live process writes a new beat within the lease, whatever the clock says.
        """
        beats = sa.select(processes.c.name, processes.c.until).where(
            processes.c.until > now + 2 * self._lease, processes.c.name != self.name
        )
        now_monotonic = self._monotonic()
        ahead = {name: (until, now_monotonic) for name, until in connection.execute(beats)}
        for name, (until, _) in ahead.items():
            before = self._ahead.get(name)
            if before and before[0] == until:
                ahead[name] = before
        self._ahead = ahead
        dead = [
            name
            for name, (_, since) in ahead.items()
            if now_monotonic - since > self._lease.total_seconds()
        ]
        if dead:
            connection.execute(sa.delete(processes).where(processes.c.name.in_(dead)))

    def free(self, holder: sa.Column[str]) -> sa.ColumnElement[bool]:
        """Return the condition that the process named by ``holder`` is dead."""
        alive = sa.select(processes.c.name).where(processes.c.until > self._clock())
        return holder.not_in(alive)

    def may_take(self, holder: sa.Column[str]) -> sa.ColumnElement[bool]:
        """Return the condition that ``holder`` names this process, which may have failed to
        release its own, or a dead one."""
        return self.free(holder) | (holder == self.name)

    def _beat_on(self) -> None:
        while not self._over.wait(self._lease.total_seconds() / 4):
            try:
                self.beat()
                self._database.empty_log()
            except StateUnavailable as error:
                logger.debug("Other processes may consider this one dead: %s", error)
            except Exception:
                # The edge of this thread: without beats others would take over live work.
                logger.exception("Other processes may consider this one dead")
