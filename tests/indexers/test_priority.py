"""Threads that read pages give way to those that answer people."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from footnote_bot.indexers.daemons import lower_priority
from footnote_bot.indexers.index import pooling
from footnote_bot.indexers.index.embedding import LocalEmbedder
from footnote_bot.indexers.ports import Embedding

T = TypeVar("T")


def in_thread(work: Callable[[], T]) -> T:
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def niceness() -> int:
    """Return the niceness of this thread, or of the process if threads have none of their own."""
    return os.getpriority(os.PRIO_PROCESS, 0)


def lowered_from(usual: int) -> int:
    """Return the niceness of a lowered thread. Only Linux gives each thread its own
    (setpriority(2)). Elsewhere nothing is lowered: that would slow the whole process and its
    answers."""
    return max(10, usual) if sys.platform == "linux" else usual


def test_a_lowered_thread_is_low_and_no_other() -> None:
    usual = niceness()

    def lowered() -> tuple[int, int]:
        lower_priority()
        return niceness(), in_thread(niceness)

    # Threads started by it are low, too.
    assert in_thread(lowered) == (lowered_from(usual),) * 2
    assert niceness() == in_thread(niceness) == usual


def test_it_is_lowered_once() -> None:
    usual = niceness()

    def lowered() -> int:
        lower_priority()
        lower_priority()
        return niceness()

    assert in_thread(lowered) == lowered_from(usual)


def test_pages_are_read_at_the_priority_of_who_asks_on_all_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    embedder, real = LocalEmbedder(), pooling.embeddings
    read_at = set[int]()

    def noted(*arguments: Any) -> Iterator[Embedding]:
        read_at.add(niceness())
        return real(*arguments)

    monkeypatch.setattr(pooling, "embeddings", noted)
    texts = [f"Leave\nLeave is {n} days long." for n in range(30)]

    def lowered() -> list[Embedding]:
        lower_priority()
        return embedder.embed_passages(texts)

    low = in_thread(lowered)
    assert read_at == {lowered_from(niceness())}

    read_at.clear()
    assert embedder.embed_passages(texts) == low
    assert read_at == {niceness()}
