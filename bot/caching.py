"""Values that are remembered for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_MANY = 1000
"""Values from which those that have expired are looked for, so that memory stays bounded."""


class ExpiringCache(Generic[Key, Value]):
    """A cache in which each value has its time. ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._many = _MANY

    def get(self, key: Key) -> Value | None:
        """Return the value; None if there is none, or its time is over."""
        kept = self._kept.get(key)
        return kept[1] if kept and self._clock() < kept[0] else None

    def put(self, key: Key, value: Value, seconds: float) -> None:
        """Remember a value for some seconds."""
        now = self._clock()
        if len(self._kept) >= self._many:
            self._kept = {key: kept for key, kept in self._kept.items() if now < kept[0]}
            self._many = max(_MANY, 2 * len(self._kept))
        self._kept[key] = (now + seconds, value)

    def forget(self, key: Key) -> None:
        self._kept.pop(key, None)
