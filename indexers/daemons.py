"""Work in daemon threads: the process can end while they hang, unlike those of an executor."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def in_daemon(work: Callable[[], Result], name: str) -> Future[Result]:
    """Start ``work`` in a daemon thread called ``name``, in the caller's context."""
    future: Future[Result] = Future()
    Thread(target=copy_context().run, args=(fulfil, future, work), name=name, daemon=True).start()
    return future


def in_order(work: Iterable[Callable[[], Result]], *, ahead: int, name: str) -> Iterator[Result]:
    """Yield the results of ``work`` in its order, each as soon as it is there. Up to ``ahead`` jobs
    start before their turn, in daemon threads called ``name``. An error is raised at its turn."""
    futures: deque[Future[Result]] = deque()
    for job in work:
        futures.append(in_daemon(job, name))
        if len(futures) > ahead:
            yield futures.popleft().result()
    while futures:
        yield futures.popleft().result()


def fulfil(future: Future[Result], work: Callable[[], Result]) -> None:
    """Do ``work`` and put its result, or its error, into ``future``."""
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - raised again where the result is waited for
        future.set_exception(error)
    else:
        future.set_result(result)


_NICENESS = 10
"""About a tenth of a processor's time beside work of ordinary priority, and all of it otherwise."""


def lower_priority() -> None:
    """Lower the priority of this thread, and of the threads and processes that it starts. Only on
    Linux: elsewhere a priority belongs to the whole process."""
    if sys.platform == "linux":
        thread_id = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread_id)
        os.setpriority(os.PRIO_PROCESS, thread_id, max(niceness, _NICENESS))
