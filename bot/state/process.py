"""Which processes share the database, so that one takes up what another left behind."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

import sqlalchemy as sa

from bot.errors import StateUnavailable
from bot.state.database import Database
from bot.state.schema import processes

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
"""So long after its last beat a process counts as alive. Clocks that differ by a good part
of it would let two processes take each other for dead."""


class Process:
    """This one among those that share ``database``.

    What a process has begun carries its ``name``; once it is dead, any other may take that
    over. A name is never used twice, so what was there before a restart is somebody else's.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, lease: timedelta = LEASE
    ) -> None:
        self.name = f"{socket.gethostname()[:80]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._database = database
        self._clock = clock
        self._lease = lease
        self._over = threading.Event()
        self._beating: threading.Thread | None = None

    def start(self) -> None:
        """Live until `leave`. Not on the event loop: what is busy is not dead.

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
        """Die on purpose: what is left may be taken over at once."""
        self._over.set()
        if self._beating is not None:
            self._beating.join()
        try:
            with self._database.begin() as connection:
                connection.execute(sa.delete(processes).where(processes.c.name == self.name))
        except StateUnavailable as error:
            logger.warning("What is left waits %.0f s: %s", self._lease.total_seconds(), error)

    def beat(self) -> None:
        """Say that this process lives, and clear away the dead.

        Raises:
            StateUnavailable
        """
        now = self._clock()
        until = {"until": now + self._lease}
        beat = (
            self._database.insert(processes)
            .values(name=self.name, **until)
            .on_conflict_do_update(index_elements=["name"], set_=until)
        )
        with self._database.begin() as connection:
            connection.execute(beat)
            connection.execute(sa.delete(processes).where(processes.c.until < now - self._lease))

    def free(self, holder: sa.Column[str]) -> sa.ColumnElement[bool]:
        """Whether what ``holder`` names lives no more."""
        alive = sa.select(processes.c.name).where(processes.c.until > self._clock())
        return holder.not_in(alive)

    def _beat_on(self) -> None:
        while not self._over.wait(self._lease.total_seconds() / 4):
            try:
                self.beat()
            except StateUnavailable as error:
                logger.debug("Other processes may take this one for dead: %s", error)
