"""Delays before a request to a server is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf, isfinite


def growing_pauses(first: float, longest: float = inf) -> Iterator[float]:
    """Yield pauses in seconds for ever: ``first``, then doubled each time up to ``longest``."""
    pause = min(first, longest)
    while True:
        yield pause
        pause = min(2 * pause, longest)


def seconds_of(retry_after: str | None, now: Callable[[], datetime]) -> float | None:
    """Return the seconds in the header Retry-After, which holds a number or a date; else None."""
    words = (retry_after or "").strip()
    try:
        seconds = float(words)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(words)
        remaining = moment.replace(tzinfo=moment.tzinfo or UTC) - now()
    except (ValueError, OverflowError):
        return None
    return max(0.0, remaining.total_seconds())
