"""Times that are judged: those of a processor, not of the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

_LOOKS = 5


def seconds_of(run: Callable[[], object], at_most: float) -> float:
    """Return the seconds of a processor that ``run`` takes in this thread: the fewest of some
    looks, none of which follows one of ``at_most``. What else the machine does, and garbage of
    other tests, make one look longer, but not all of them."""
    least = float("inf")
    for _ in range(_LOOKS):
        began = time.thread_time()
        run()
        least = min(least, time.thread_time() - began)
        if least <= at_most:
            break
    return least
