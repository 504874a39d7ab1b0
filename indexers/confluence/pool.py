"""A bounded pool of threads that keep nobody from going."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import TypeVar

Made = TypeVar("Made")


class Pool:
    """Runs pieces of work in at most ``workers`` threads, in the order in which they come.

    The threads are daemons, unlike an executor's: a request may hang for a long time, and the
    process must be able to end. Work must not wait for other work of the same pool.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._queue: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = Semaphore(0)
        self._threads = 0
        self._lock = Lock()

    def submit(self, work: Callable[[], Made]) -> Future[Made]:
        made: Future[Made] = Future()
        context = copy_context()

        def run() -> None:
            try:
                made.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again by whoever wants the result
                made.set_exception(error)

        self._queue.put(partial(context.run, run))
        if not self._idle.acquire(blocking=False):
            self._grow()
        return made

    def _grow(self) -> None:
        with self._lock:
            if self._threads == self._workers:
                return
            self._threads += 1
        Thread(target=self._serve, name="confluence-check", daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                work = self._queue.get_nowait()
            except Empty:
                self._idle.release()
                work = self._queue.get()
            work()
