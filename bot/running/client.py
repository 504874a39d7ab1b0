"""The command's side: it asks the running process, and shows the output that comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from footnote_bot.bot.running.connection import CommandConnection

LAST = frozenset({"exit", "misused", "refused", "ended"})
_LOOK = 0.1
"""Seconds between two checks for Ctrl-C."""
_STOPPING = 2.0
"""Seconds that work may take to stop after Ctrl-C, before the command ends without it."""


class ProcessEnded(Exception):
    """The process ended before the work was done."""


def ask_running(  # noqa: PLR0913 - the two ends of a conversation, and how to end it
    connection: CommandConnection,
    request: Mapping[str, object],
    show: Callable[[dict[str, Any]], None],
    signals: Sequence[str],
    *,
    patient: bool,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Send the ``request`` and return the last message; call ``show`` with all others. The names of
    received ``signals`` are passed on. The second signal ends this at once. So does the first,
    after two seconds, unless the work is ``patient``: then it finishes the current page.

    Raises:
        ProcessEnded: the process is gone, or ends.
        KeyboardInterrupt: the work is stopped, and nobody need wait for it.
    """
    forwarded, deadline = 0, float("inf")
    try:
        connection.send(request)
        while True:
            while forwarded < len(signals):
                if forwarded:
                    raise KeyboardInterrupt
                connection.send({"stop": signals[forwarded]})
                forwarded += 1
                if not patient:
                    deadline = clock() + _STOPPING
            if clock() > deadline:
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
