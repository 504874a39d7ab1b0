"""Values that are remembered for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_MANY = 1000
"""The number of values from which on expired ones are removed, so that memory stays bounded."""


class ExpiringCache(Generic[Key, Value]):
    """A cache in which each value expires at its own time. ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[Key, tuple[float, Value]] = {}
        self._sweep_at = _MANY

    def get(self, key: Key) -> Value | None:
        """Return the value; None if there is none, or it has expired."""
        entry = self._entries.get(key)
        return entry[1] if entry and self._clock() < entry[0] else None

    def put(self, key: Key, value: Value, seconds: float) -> None:
        """Remember a value for some seconds."""
        now = self._clock()
        if len(self._entries) >= self._sweep_at:
            self._entries = {key: entry for key, entry in self._entries.items() if now < entry[0]}
            self._sweep_at = max(_MANY, 2 * len(self._entries))
        self._entries[key] = (now + seconds, value)

    def forget(self, key: Key) -> None:
        self._entries.pop(key, None)
