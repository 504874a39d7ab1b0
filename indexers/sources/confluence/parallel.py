"""Concurrent requests, in daemon threads: a request may hang for a long time, and the process must
be able to end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from footnote_bot.indexers.daemons import in_daemon, in_order

Item = TypeVar("Item")
Made = TypeVar("Made")

_THREADS = "confluence"


def parallel_map(
    work: Callable[[Item], Made], items: Iterable[Item], workers: int
) -> Iterator[Made]:
    """Yield the result of ``work`` for each item. While the caller uses one, the next ones run, but
    at most a few for each worker: memory stays flat.

    Raises:
        Whatever ``work`` raises, at its item; the remaining items are dropped.
    """
    return in_order((partial(work, item) for item in items), ahead=2 * workers - 1, name=_THREADS)


def start_in_thread(work: Callable[[], Made]) -> Future[Made]:
    return in_daemon(work, _THREADS)
