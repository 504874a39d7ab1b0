"""A cache for many threads, with one request for each key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from indexers.daemons import in_daemon
from indexers.errors import WikiUnavailable
from indexers.sources.confluence.transport import Refused

log = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")

FAILURES_KEPT = 30.0
"""Seconds after which a failed request is repeated."""
_MANY = 4096
"""Entries at which expired ones are first removed."""


class CannotAsk(WikiUnavailable):
    """A request failed, now or at most `FAILURES_KEPT` ago, and that is in the log."""


@dataclass(slots=True)
class _Entry(Generic[Value]):
    lock: Lock = field(default_factory=Lock)
    turn: int = 0
    until: float = float("-inf")
    outcome: Value | CannotAsk = field(default_factory=CannotAsk)
    last: Value | None = None


class Remembered(Generic[Key, Value]):
    """Values by key. A caller that comes while a request is running waits for its result.

    ``ask`` may raise WikiUnavailable. ``kept`` is how many seconds a value is valid from its
    request on: afterwards nobody gets it, whatever happens, except from `last`; ``failures`` the
    same for a failure. ``called`` names the values in the log, which names no key: it may be an
    address.
    """

    def __init__(
        self,
        called: str,
        ask: Callable[[Key], Value],
        kept: Callable[[Value], float],
        clock: Callable[[], float],
        *,
        failures: float = FAILURES_KEPT,
    ) -> None:
        self._failures = failures
        self._called = called
        self._ask = ask
        self._kept = kept
        self._clock = clock
        self._entries: dict[Key, _Entry[Value]] = {}
        self._lock = Lock()
        self._many = _MANY

    def get(self, key: Key) -> Value:
        """Return the value.

        Raises:
            CannotAsk: it could not be had.
        """
        entry = self._entry(key)
        turn = entry.turn
        with entry.lock:
            # A value that came while we waited for the lock is as new as ours would be.
            if entry.turn == turn and self._clock() >= entry.until:
                self._renew(key, entry)
            if isinstance(entry.outcome, CannotAsk):
                raise CannotAsk(*entry.outcome.args)
            return entry.outcome

    def last(self, key: Key) -> Value | None:
        """Return the last value that there was, at once and however old it is; None if there was
        none. One that is over is requested again meanwhile."""
        entry = self._entry(key)
        if entry.last is not None and self._clock() >= entry.until and not entry.lock.locked():
            in_daemon(partial(self.get, key), "asking again")
        return entry.last

    def forget(self, key: Key, when: Callable[[Value], bool]) -> None:
        """Request ``key`` again the next time, if its cached value meets the condition."""
        with self._lock:
            entry = self._entries.get(key)
            if entry and (isinstance(entry.outcome, CannotAsk) or when(entry.outcome)):
                del self._entries[key]

    def _entry(self, key: Key) -> _Entry[Value]:
        with self._lock:
            if len(self._entries) >= self._many and key not in self._entries:
                now = self._clock()
                self._entries = {k: e for k, e in self._entries.items() if e.until > now}
                self._many = max(_MANY, 2 * len(self._entries))
            return self._entries.setdefault(key, _Entry())

    def _renew(self, key: Key, entry: _Entry[Value]) -> None:
        asked = self._clock()
        try:
            found = self._ask(key)
            entry.outcome, entry.until = found, asked + self._kept(found)
            entry.last = found
        except WikiUnavailable as error:
            # A server that is slow to fail must not be asked again at once.
            entry.outcome, entry.until = CannotAsk(str(error)), self._clock() + self._failures
            if not isinstance(error, CannotAsk):
                log.warning("%s cannot be had now: %s", self._called, _kind(error))
        entry.turn += 1


def _kind(error: WikiUnavailable) -> str:
    """Return the error without the requested address, which may name a person."""
    status = f" ({error.status})" if isinstance(error, Refused) else ""
    return f"{type(error).__name__}{status}"
