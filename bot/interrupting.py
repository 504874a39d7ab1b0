"""Ctrl-C in commands that take minutes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from footnote_bot.bot import screen, terminal


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Yield an event that the first SIGINT or SIGTERM sets, to stop at the next safe point. A
    second one stops at once (which loses nothing either, see `indexers.syncing.sync`)."""
    if remote_screen := screen.remote():
        with remote_screen.interruptible() as stopped_there:
            yield stopped_there
        return
    stopped = threading.Event()

    def stop(number: int, _: object) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        words = finishing(signal.Signals(number).name)
        # In a thread: the signal may have interrupted a write to the same stream.
        threading.Thread(target=terminal.complain, args=(words,)).start()

    old_handlers = {
        number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stopped
    finally:
        for number, handler in old_handlers.items():
            signal.signal(number, handler)


def finishing(name: str) -> str:
    """Return the message after the first signal of this ``name``."""
    return f"{name}: finishing the page at hand (again to stop at once)"
