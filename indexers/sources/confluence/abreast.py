"""Several requests at once, their answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def abreast(work: Callable[[Item], Made], items: Iterable[Item], workers: int) -> Iterator[Made]:
    """What ``work`` makes of each item. While one is used, the next are under way, but
    never more than a few for each worker: memory stays flat.

    Raises:
        Whatever ``work`` raises, at its item; the others are given up.
    """
    waiting: deque[Future[Made]] = deque()
    for item in items:
        waiting.append(begun(work, item))
        if len(waiting) >= 2 * workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def begun(work: Callable[[Item], Made], item: Item) -> Future[Made]:
    """``work`` on ``item``, in a thread that keeps nobody from going: an executor's threads
    are waited for when the process ends, and a request may hang for a long time."""
    made: Future[Made] = Future()
    context = copy_context()

    def run() -> None:
        try:
            made.set_result(work(item))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever wants the result
            made.set_exception(error)

    Thread(target=context.run, args=(run,), name="confluence", daemon=True).start()
    return made
