"""The running bot's handling of signals."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

logger = logging.getLogger(__name__)

_NO_SIGNALS = (ValueError, RuntimeError)
"""Errors of a loop off the main thread, which gets no signals: there the caller sets ``stop``."""


@contextmanager
def signals(stop: asyncio.Event, reload: Callable[[], None] | None = None) -> Iterator[None]:
    """Let SIGTERM and SIGINT set ``stop``, and SIGHUP if the terminal is gone.

    Without a terminal, as in a service, SIGHUP comes from a log rotation or an operator who wants
    settings reloaded: it calls ``reload``. If SIGHUP is ignored, as under ``nohup``, it stays so.
    """
    handlers: dict[int, Callable[[], None]] = {signal.SIGTERM: stop.set, signal.SIGINT: stop.set}
    hang_up_before = signal.getsignal(signal.SIGHUP)
    if hang_up_before is not signal.SIG_IGN:
        handlers[signal.SIGHUP] = _hang_up(stop, reload, had_terminal=has_terminal())
    loop = asyncio.get_running_loop()
    caught = []
    for number, handler in handlers.items():
        with suppress(*_NO_SIGNALS):
            loop.add_signal_handler(number, handler)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
        # SIGTERM and SIGINT end the process again. Their handlers before may be those of another
        # loop, which is gone.
        if signal.SIGHUP in caught:
            signal.signal(signal.SIGHUP, hang_up_before)


def ignore_hang_ups() -> None:
    """Ignore SIGHUP while a process that handles it starts, which takes seconds, and while it ends,
    unless the terminal is gone."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_DFL:
        return
    had_terminal = has_terminal()

    def hang_up(number: int, _frame: object) -> None:
        if had_terminal and not has_terminal():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    signal.signal(signal.SIGHUP, hang_up)


def _hang_up(
    stop: asyncio.Event, reload: Callable[[], None] | None, *, had_terminal: bool
) -> Callable[[], None]:
    """Return the handler of SIGHUP: stop if the terminal is gone, else reload the settings."""

    def hang_up() -> None:
        if had_terminal and not has_terminal():
            logger.info("SIGHUP: the terminal is gone, so the bot stops")
            stop.set()
        elif reload:
            reload()
        else:
            logger.info("SIGHUP: ignored")

    return hang_up


def has_terminal() -> bool:
    """Return whether this process has a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
