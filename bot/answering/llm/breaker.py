"""A circuit breaker, so that nobody waits for a model that has just failed several times.

Not pybreaker, circuitbreaker, purgatory or aiobreaker: they find out whether a service works again
by the next call, for which somebody would wait.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread

from footnote_bot.bot.answering.llm.causes import Cause

log = logging.getLogger(__name__)

_FAILURES = 3
_PAUSE = 30.0


class Breaker:
    """Opens after three failures in a row. Then a thread calls ``probe`` every 30 seconds, for
    which ``pause`` waits, until it returns no cause. ``observe`` takes note of each change."""

    def __init__(
        self,
        probe: Callable[[], Cause | None],
        observe: Callable[[Cause | None], None],
        pause: Callable[[float], object],
    ) -> None:
        self._probe, self._observe, self._pause = probe, observe, pause
        self._lock = Lock()
        self._failures = 0
        self.cause: Cause | None = None

    def note(self, cause: Cause | None) -> None:
        """Take note of why a request failed; None: the model answered."""
        with self._lock:
            self._failures = self._failures + 1 if cause else 0
            if cause and self._failures >= _FAILURES and not self.cause:
                with suppress(RuntimeError):  # the system has no thread left to close it again
                    Thread(target=self._recover, name="probing", daemon=True).start()
                    self._set_cause(cause)

    def _recover(self) -> None:
        """Probe the model until it works again, and close the breaker."""
        cause: Cause | None = Cause.TIMEOUT  # any, to begin with
        while cause:
            self._pause(_PAUSE)
            cause = self._probe()
            with self._lock:
                self._set_cause(cause)
                # One failure opens it again, until a question is answered.
                self._failures = _FAILURES - 1

    def _set_cause(self, cause: Cause | None) -> None:
        """Open the breaker for ``cause``; None closes it."""
        self.cause = cause
        self._observe(cause)
        if cause:
            log.warning("The language model is not asked until it works again: %s", cause.words)
        else:
            log.warning("The language model works again")
