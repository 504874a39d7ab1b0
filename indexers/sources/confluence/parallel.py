"""Concurrent requests: their answers in order, and a bounded pool of daemon threads."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import TypeAlias, TypeVar

from footnote_bot.indexers.daemons import fulfil, in_daemon, in_order

Item = TypeVar("Item")
Made = TypeVar("Made")

_THREADS = "confluence"
_Queue: TypeAlias = "SimpleQueue[Callable[[], None] | None]"
"""None ends the thread that takes it."""


def parallel_map(
    work: Callable[[Item], Made], items: Iterable[Item], workers: int
) -> Iterator[Made]:
    """Yield the result of ``work`` for each item. While the caller uses one, the next ones run, but
    at most a few for each worker: memory stays flat.

    Raises:
        Whatever ``work`` raises, at its item; the remaining items are dropped.
    """
    return in_order((partial(work, item) for item in items), ahead=2 * workers - 1, name=_THREADS)


def start_in_thread(work: Callable[[Item], Made], item: Item) -> Future[Made]:
    """Start ``work`` on ``item`` in a daemon thread, because a request may hang for a long time."""
    return in_daemon(partial(work, item), _THREADS)


class Pool:
    """A pool that runs work in at most ``workers`` threads, in order.

    The threads are daemons, unlike an executor's: a request may hang for a long time, and the
    process must be able to end. Work must not wait for other work of the same pool. The threads end
    with the pool: none of them holds it.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._queue: _Queue = SimpleQueue()
        self._idle = Semaphore(0)
        self._threads = 0
        self._lock = Lock()
        weakref.finalize(self, _end, self._queue, workers)

    def submit(self, work: Callable[[], Made]) -> Future[Made]:
        """Queue ``work``, and return the future of its result."""
        made: Future[Made] = Future()
        self._queue.put(partial(copy_context().run, fulfil, made, work))
        if not self._idle.acquire(blocking=False):
            self._grow()
        return made

    def _grow(self) -> None:
        """Start a thread, unless there are enough."""
        with self._lock:
            if self._threads == self._workers:
                return
            self._threads += 1
        Thread(
            target=_run_queued, args=(self._queue, self._idle), name="confluence-check", daemon=True
        ).start()


def _run_queued(queue: _Queue, idle: Semaphore) -> None:
    """Run work from the queue until it holds None."""
    while True:
        try:
            work = queue.get_nowait()
        except Empty:
            idle.release()
            work = queue.get()
        if work is None:
            return
        work()
        # Otherwise it, and everything it refers to, would be kept until the next one comes.
        del work


def _end(queue: _Queue, workers: int) -> None:
    """End the threads of a pool, once the queued work is done."""
    for _ in range(workers):
        queue.put(None)
