"""A system that cannot start another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest


@contextmanager
def no_thread_left() -> Iterator[None]:
    """Let no thread start, as in a container whose processes are limited."""

    def start(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Thread, "start", start)
        yield
