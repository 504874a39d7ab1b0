"""Several requests at once, their answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
    with ThreadPoolExecutor(workers, "confluence") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
