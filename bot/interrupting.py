"""Ctrl-C, as a command that takes minutes heeds it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot import terminal


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """The first SIGINT or SIGTERM asks to stop at the next safe point, a second one
    stops at once (which loses nothing either, see `indexers.syncing.sync`)."""
    stopped = threading.Event()

    def stop(number: int, _: object) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        name = signal.Signals(number).name
        words = f"{name}: finishing the page at hand (again to stop at once)"
        # In a thread: whoever the signal interrupted may be writing to the same stream.
        threading.Thread(target=terminal.complain, args=(words,)).start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
