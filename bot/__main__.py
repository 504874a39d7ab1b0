"""The command `footnote`, and ``python -m bot``: load the command line and run it.

Loading takes a second on a slow machine. So Ctrl-C is seen to here, before anything large is
imported: it ends the command quietly, with the exit code that README documents.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

_INTERRUPTED = 130


def main() -> None:
    # Where it was ignored, as in the background of a script, it stays so.
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds:
        signal.signal(signal.SIGINT, _end)
    if "serve" in sys.argv:
        from bot.slack.signals import hold_on  # the others need not wait for it

        hold_on()
    from bot.cli import outcome  # slow: see above

    if heeds:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = outcome()
    except KeyboardInterrupt:  # between two lines of its own
        code = _INTERRUPTED
    if heeds:
        # All is written by now; what still runs are threads that wait for a network.
        signal.signal(signal.SIGINT, _end)
    # All is closed by now, and the rest goes with the process. To look through what was imported
    # for garbage once more would take a third of a second.
    gc.freeze()
    sys.exit(code)


def _end(_number: int, _frame: object) -> None:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
