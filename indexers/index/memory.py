"""Return of memory to the system, after a sync."""

from __future__ import annotations

import ctypes

from footnote_bot.indexers.index import languages


def return_memory() -> None:
    """Return to the system the memory that only a sync needs."""
    languages.forget_model()
    # glibc keeps what each thread has freed. Other systems have no such function.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
