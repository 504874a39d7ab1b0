"""A command's end: it asks the running process, and shows what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.running.connection import CommandConnection

LAST = frozenset({"exit", "misused", "refused", "ended"})
_LOOK = 0.1
"""Seconds between two looks whether Ctrl-C was pressed."""
_STOPPING = 2.0
"""Seconds that work may take to stop after Ctrl-C, before the command ends without it."""


class ProcessEnded(Exception):
    """The process ended before the work was through."""


def ask_running(  # noqa: PLR0913 - the two ends of a conversation, and how to end it
    connection: CommandConnection,
    asked: Mapping[str, object],
    show: Callable[[dict[str, Any]], None],
    signals: Sequence[str],
    *,
    patient: bool,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Send what is ``asked`` and return the last message; ``show`` all others. The names of
    ``signals`` that came are passed on; the second one ends this at once, and so does the first
    unless the work is ``patient``, and finishes the page at hand.

    Raises:
        ProcessEnded: the process is gone, or ends.
        KeyboardInterrupt: the work is stopped, and need not be waited for.
    """
    passed_on, until = 0, float("inf")
    try:
        connection.send(asked)
        while True:
            while passed_on < len(signals):
                if passed_on:
                    raise KeyboardInterrupt
                connection.send({"stop": signals[passed_on]})
                passed_on += 1
                if not patient:
                    until = clock() + _STOPPING
            if clock() > until:
                raise KeyboardInterrupt
            if not connection.is_ready(_LOOK):
                continue
            message = connection.receive()
            if message is None or "ended" in message:
                raise ProcessEnded
            if LAST & message.keys():
                return message
            show(message)
    except (BlockingIOError, ConnectionError):
        raise ProcessEnded from None
