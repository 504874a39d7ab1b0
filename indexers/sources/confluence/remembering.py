"""A cache for many threads, with one request for each key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from footnote_bot.indexers.daemons import in_daemon
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.sources.confluence.transport import Refused

log = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")

FAILURES_KEPT = 30.0
"""Seconds after which a failed request is repeated."""
_MANY = 4096
"""Entries at which expired ones are removed for the first time."""


class CannotAsk(WikiUnavailable):
    """A request failed, now or at most `FAILURES_KEPT` ago, and the log has it."""


@dataclass(slots=True)
class _Entry(Generic[Value]):
    lock: Lock = field(default_factory=Lock)
    refreshes: int = 0
    until: float = float("-inf")
    outcome: Value | CannotAsk = field(default_factory=CannotAsk)
    last: Value | None = None


class Remembered(Generic[Key, Value]):
    """Values by key. A caller that comes while a request is running waits for its result.

    ``ask`` may raise WikiUnavailable. ``lifetime`` returns the seconds for which a value is valid,
    from its request on: afterwards only `last` returns it. ``failures`` is the same for a failure.
    ``name`` names the values in the log. Keys are not logged: they may be addresses.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[Key], Value],
        lifetime: Callable[[Value], float],
        clock: Callable[[], float],
        *,
        failures: float = FAILURES_KEPT,
    ) -> None:
        self._failures = failures
        self._name = name
        self._ask = ask
        self._lifetime = lifetime
        self._clock = clock
        self._entries: dict[Key, _Entry[Value]] = {}
        self._lock = Lock()
        self._most_entries = _MANY

    def get(self, key: Key) -> Value:
        """Return the value.

        Raises:
            CannotAsk: it could not be had.
        """
        entry = self._entry(key)
        refreshes = entry.refreshes
        with entry.lock:
            # A value that came while this thread waited for the lock is as new as its own would be.
            if entry.refreshes == refreshes and self._clock() >= entry.until:
                self._refresh(key, entry)
            if isinstance(entry.outcome, CannotAsk):
                raise CannotAsk(*entry.outcome.args)
            return entry.outcome

    def last(self, key: Key) -> Value | None:
        """Return the last value at once, however old it is; None if there was none. An expired
        value is requested again in the background."""
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
        """Return the entry of a key. If there are too many, the expired ones are removed first."""
        with self._lock:
            if len(self._entries) >= self._most_entries and key not in self._entries:
                now = self._clock()
                self._entries = {k: e for k, e in self._entries.items() if e.until > now}
                self._most_entries = max(_MANY, 2 * len(self._entries))
            return self._entries.setdefault(key, _Entry())

    def _refresh(self, key: Key, entry: _Entry[Value]) -> None:
        """Request the value, and store it or the failure with the time until which it is used."""
        started = self._clock()
        try:
            value = self._ask(key)
            entry.outcome, entry.until = value, started + self._lifetime(value)
            entry.last = value
        except WikiUnavailable as error:
            entry.outcome, entry.until = CannotAsk(str(error)), self._clock()
            if not isinstance(error, CannotAsk):
                # A server that is slow to fail must not be asked again at once. A failure that is
                # remembered elsewhere must not be remembered here once more, and so twice as long.
                entry.until += self._failures
                log.warning("%s cannot be had now: %s", self._name, _kind(error))
        entry.refreshes += 1


def _kind(error: WikiUnavailable) -> str:
    """Return the error without the requested address, which may name a person."""
    status = f" ({error.status})" if isinstance(error, Refused) else ""
    return f"{type(error).__name__}{status}"
