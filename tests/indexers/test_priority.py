"""Threads that read pages give way to those that answer people."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

import pytest

from indexers.index.embedding import LocalEmbedder
from indexers.priority import has_low_priority, lower_priority

T = TypeVar("T")

# Linux alone gives each thread a niceness of its own (setpriority(2)). Elsewhere `lower_priority`
# does nothing on purpose: it would slow the whole process, and the answers with it.
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only on Linux has a thread a priority of its own"
)


def in_thread(work: Callable[[], T]) -> T:
    found: list[T] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def test_a_lowered_thread_is_low_and_no_other() -> None:
    def lowered() -> tuple[bool, bool]:
        lower_priority()
        return has_low_priority(), in_thread(has_low_priority)

    # Its own threads are, too.
    assert in_thread(lowered) == (True, True)
    assert not has_low_priority()
    assert not in_thread(has_low_priority)


def test_it_is_lowered_once() -> None:
    def niceness() -> int:
        lower_priority()
        lower_priority()
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert in_thread(niceness) == max(10, os.getpriority(os.PRIO_PROCESS, os.getpid()))


def test_a_model_of_its_own_reads_pages_and_finds_the_same() -> None:
    embedder = LocalEmbedder(threads=2)

    def read() -> object:
        lower_priority()
        return embedder.embed_passages(["Leave\nLeave is thirty days long."]), embedder._model

    asked = embedder.embed_passages(["Leave\nLeave is thirty days long."]), embedder._model
    found = in_thread(read)

    assert isinstance(found, tuple)
    assert found[0] == asked[0]
    assert found[1] is not asked[1]
    assert embedder._model is asked[1]
