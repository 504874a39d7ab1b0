"""Times of a processor, not of the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

_LOOKS = 5
_NO_TIME = 0.1  # seconds


def seconds_of(run: Callable[[], object], at_most: float) -> float:
    """Return the processor seconds that ``run`` takes in this thread: the fewest of several
    measurements, stopping at one below ``at_most``. Other processes and garbage of other tests make
    single measurements longer, but not all of them."""
    least = float("inf")
    for _ in range(_LOOKS):
        began = time.thread_time()
        run()
        least = min(least, time.thread_time() - began)
        if least <= at_most:
            break
    return least


def takes_linear_time(read: Callable[[int], object], size: int) -> bool:
    """Return whether ``read`` takes less than nine times as long for four times ``size``: four
    times is linear, sixteen times quadratic. A busy machine spoils one measurement, but not all."""
    for _ in range(_LOOKS):
        short, long = _seconds_for(read, size), _seconds_for(read, 4 * size)
        if long < _NO_TIME or long < 9 * short:
            return True
    return False


def _seconds_for(read: Callable[[int], object], size: int) -> float:
    began = time.thread_time()
    read(size)
    return time.thread_time() - began
