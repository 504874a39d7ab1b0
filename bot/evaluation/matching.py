"""Match regular expressions that others wrote, in bounded time.

Python's `re` takes exponential time for some, and meanwhile no other thread of its process gets on:
of `serve`, which evaluates for the command line, not one. So they are matched in a process of their
own, which ends when one of them has used its time.
"""

from __future__ import annotations

import re
import subprocess
import sys
import weakref
from collections.abc import Iterable
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from bot.errors import BotError

SECONDS = 1.0
"""Seconds of a processor that an expression may take on a text."""
_PROGRAM = """
import signal, sys
from multiprocessing.connection import Connection
calls = Connection(int(sys.argv[1]))
while True:
    try:
        patterns, text = calls.recv()
    except EOFError:
        break
    for pattern in patterns:
        # Its signal ends the process: no handler in Python would run within a long match.
        signal.setitimer(signal.ITIMER_VIRTUAL, float(sys.argv[2]))
        found = pattern.search(text) is not None
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        calls.send(found)
"""


class MatchingFailed(BotError):
    """A text cannot be searched for an expression; the message says for which and why."""


class Matcher:
    """A process that searches texts. It starts when it is needed, and ends with this object."""

    def __init__(self) -> None:
        self._calls: Connection | None = None
        self._known: dict[tuple[tuple[re.Pattern[str], ...], str], frozenset[re.Pattern[str]]] = {}

    def found(self, patterns: Iterable[re.Pattern[str]], text: str) -> frozenset[re.Pattern[str]]:
        """Return the patterns that match somewhere in the text. What is asked again is known.

        Raises:
            MatchingFailed: one takes too long, or no process can be started.
        """
        asked = tuple(patterns), text
        if asked not in self._known:
            self._known[asked] = self._searched(*asked)
        return self._known[asked]

    def _searched(
        self, patterns: tuple[re.Pattern[str], ...], text: str
    ) -> frozenset[re.Pattern[str]]:
        calls = self._calls = self._calls or _started()
        found: list[bool] = []
        try:
            calls.send((patterns, text))
            while len(found) < len(patterns):
                found.append(calls.recv())
        except (EOFError, ConnectionError):
            self._calls = None
            late = patterns[len(found)].pattern
            why = f"the regular expression {late!r} takes more than {SECONDS:g} s on an answer"
            raise MatchingFailed(why) from None
        return frozenset(one for one, is_in in zip(patterns, found, strict=True) if is_in)


def _started() -> Connection:
    ours, theirs = Pipe()
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(theirs.fileno()), str(SECONDS)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            process_group=0,  # Ctrl-C in the terminal is for us
        )
    except OSError as error:
        ours.close()
        why = error.strerror or str(error)
        raise MatchingFailed(f"no process could be started to match: {why}") from None
    finally:
        theirs.close()
    weakref.finalize(ours, _end, process)
    return ours


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and wait for it, so that none is left behind."""
    process.kill()
    process.wait()
