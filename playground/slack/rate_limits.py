"""Rate limits of an app: per method and minute, and per channel and second."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, by Slack's tier. Slack lets short bursts through beyond them."""

POSTS_PER_SECOND = 1.0
POST_BURST = 3


class Bucket:
    """A token bucket that is refilled at ``rate`` a second, up to ``burst``."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> float:
        """Return the seconds until the next token; 0 if one was taken."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0


class RateLimits:
    """Rate limits, off by default: most tests are about something else."""

    def __init__(self, clock: Callable[[], float], *, enforced: bool) -> None:
        self.enforced = enforced
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def wait(self, method: str, *, tier: int, channel: str = "") -> int:
        """Return whole seconds for ``Retry-After``; 0 if the call may go ahead."""
        if not self.enforced:
            return 0
        if method == "chat.postMessage":
            return self._take(f"{method} {channel}", POSTS_PER_SECOND, POST_BURST)
        if tier not in TIERS:
            return 0
        return self._take(method, TIERS[tier] / 60, TIERS[tier])

    def _take(self, name: str, rate: float, burst: float) -> int:
        now = self._clock()
        bucket = self._buckets.setdefault(name, Bucket(rate, burst, now))
        return math.ceil(bucket.take(now))
