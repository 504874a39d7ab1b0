"""A limit of what happens within a minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

_MINUTE = 60.0
_MANY = 1000
"""The number of names from which on idle ones are removed, so that memory stays bounded."""


@dataclass(slots=True)
class Rate:
    """A limit of ``most`` calls in a minute for each name, such as a person's; 0: no limit.
    ``seconds`` returns monotonic seconds."""

    most: Callable[[], int]
    seconds: Callable[[], float]
    _times: dict[str, deque[float]] = field(default_factory=dict)

    def allows(self, name: str) -> bool:
        """Return whether one more call under this name is allowed now; if so, count it."""
        now, most = self.seconds(), self.most()
        if len(self._times) > _MANY:
            since = now - _MINUTE
            self._times = {each: times for each, times in self._times.items() if times[-1] > since}
        times = self._times.setdefault(name, deque())
        while times and now - times[0] >= _MINUTE:
            times.popleft()
        if most and len(times) >= most:
            return False
        times.append(now)
        return True
