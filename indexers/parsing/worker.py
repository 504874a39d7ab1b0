"""The parsing process: it runs one call after another, until the other end closes the pipe."""

from __future__ import annotations

import os
import pickle
import resource
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from footnote_bot.indexers.daemons import lower_priority
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.parsing.limits import Limits, ParserBroken, ParsingFailed, TooCostly

OUT_OF_MEMORY = 77
"""The exit code if there is no memory even for an answer."""
_STATUS = Path("/proc/self/status")


def main(descriptor: int, megabytes: int) -> None:
    """Answer every call that comes through ``descriptor``."""
    # Answers to people have priority over pages.
    lower_priority()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_DATA, megabytes * 2**20)
    with Connection(descriptor) as calls:
        while True:
            try:
                limits, parser, arguments, named = calls.recv()
                answer = _answer(limits, parser, arguments, named)
                # Otherwise the remaining time could end the next call before it begins.
                _lift(resource.RLIMIT_CPU)
                calls.send_bytes(answer)
            # First and by itself, because even a tuple of classes takes memory.
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            except (EOFError, ConnectionError):
                return


def _answer(
    limits: Limits, parser: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]
) -> bytes:
    """Return the pickled result, error and peak memory in bytes."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # The system kills a process that uses more: no handler would run within a long call.
    _lower(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + 1 + limits.seconds)
    result: object = None
    error: Exception | None = None
    try:
        result = parser(*arguments, **named)
        return pickle.dumps((result, None, _peak()), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        error = TooCostly(f"needs more than {limits.megabytes} MB of memory to be read")
    except RecursionError:
        error = TooCostly("nested too deeply")
    except Exception as raised:  # noqa: BLE001 - returned to the caller
        error = raised if isinstance(raised, ParsingFailed | IndexersError) else _broken(raised)
    del result
    return pickle.dumps((None, error, _peak()), pickle.HIGHEST_PROTOCOL)


def _broken(error: Exception) -> ParserBroken:
    """Return an error that survives pickling: with its place, and no words of the page."""
    kind = type(error).__name__
    return ParserBroken(kind, f"{''.join(traceback.format_tb(error.__traceback__))}{kind}")


def _lower(limit: int, value: int) -> None:
    """Set the soft limit, which applies, to at most the hard one."""
    _, hard = resource.getrlimit(limit)
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (soft, hard))


def _lift(limit: int) -> None:
    """Raise the soft limit to the hard one."""
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (hard, hard))


def _peak() -> int:
    """Return the peak memory of this process; `resource` may report that of its parent."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:  # no Linux
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)
