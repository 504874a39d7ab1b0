"""Log lines: one when the database goes away, one when it is back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

_CALM = 5.0
"""Seconds without a failure after which the database counts as back. A process writes its lease
more often, so a read-only disk does not count as back in between."""


class Outages:
    """The log of outages. `bot.state.database.Database` reports every transaction to it, from any
    thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began: float | None = None
        self._last = 0.0

    def failed(self, why: object) -> None:
        with self._lock:
            self._last = self._clock()
            if self._began is not None:
                return
            self._began = self._last
        logger.error("%s The log says when it can be used again, and nothing until then.", why)

    def worked(self) -> None:
        if self._began is None:  # checked without a lock first
            return
        with self._lock:
            if self._began is None or self._clock() - self._last < _CALM:
                return
            seconds, self._began = self._last - self._began, None
        logger.warning("The bot's database can be used again, after about %.0f s", seconds)
