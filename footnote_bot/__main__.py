"""The command `footnote`, and ``python -m footnote_bot``: load the command line and run it.

Loading takes a second on a slow machine. So Ctrl-C is handled here, before anything large is
imported: it ends the command quietly, with the exit code that README documents. If SIGINT was
ignored, as in the background of a script, it stays ignored.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

_INTERRUPTED = 130
_TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds:
        signal.signal(signal.SIGINT, _end)
    if os.getpid() == 1:  # a container's first process gets no signal that it does not handle
        signal.signal(signal.SIGTERM, _terminate)
    if {"serve", "--watch"}.intersection(sys.argv):
        # Here, because other commands need not wait for this import.
        from footnote_bot.bot.slack.signals import ignore_hang_ups

        ignore_hang_ups()
    from footnote_bot.bot.cli import outcome  # slow: see above

    if heeds:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = outcome()
    except KeyboardInterrupt:  # between two of its own lines
        code = _INTERRUPTED
    if heeds:
        # Everything is written by now; only threads that wait for a network still run.
        signal.signal(signal.SIGINT, _end)
    # Everything is closed by now, and the rest ends with the process. A last garbage collection
    # over all imports would take a third of a second.
    gc.freeze()
    sys.exit(code)


def _end(_number: int, _frame: object) -> None:
    os._exit(_INTERRUPTED)


def _terminate(_number: int, _frame: object) -> None:
    """End the process as SIGTERM ends any other. Commands with work to finish set their own
    handler."""
    os._exit(_TERMINATED)


if __name__ == "__main__":
    main()
