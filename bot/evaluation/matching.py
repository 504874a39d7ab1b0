"""Match regular expressions that others wrote, in bounded time.

Python's `re` takes exponential time for some expressions, and meanwhile no other thread of the
process runs. `serve`, which evaluates for the command line, would stop. So a process of its own
matches them, and ends when an expression has used up its time.
"""

from __future__ import annotations

import re
import subprocess
import sys
import weakref
from collections.abc import Iterable
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from footnote_bot.bot.errors import BotError

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
        # The timer's signal ends the process: no Python handler would run during a long match.
        signal.setitimer(signal.ITIMER_VIRTUAL, float(sys.argv[2]))
        found = pattern.search(text) is not None
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        calls.send(found)
"""


class MatchingFailed(BotError):
    """A text cannot be searched for an expression; the message says which one and why."""


class Matcher:
    """A process that searches texts. It starts when it is needed, and ends with this object."""

    def __init__(self) -> None:
        self._calls: Connection | None = None
        self._cache: dict[tuple[tuple[re.Pattern[str], ...], str], frozenset[re.Pattern[str]]] = {}

    def matching(
        self, patterns: Iterable[re.Pattern[str]], text: str
    ) -> frozenset[re.Pattern[str]]:
        """Return the patterns that match somewhere in the text. Results are cached.

        Raises:
            MatchingFailed: a pattern takes too long, or no process can be started.
        """
        key = tuple(patterns), text
        if key not in self._cache:
            self._cache[key] = self._search(*key)
        return self._cache[key]

    def _search(
        self, patterns: tuple[re.Pattern[str], ...], text: str
    ) -> frozenset[re.Pattern[str]]:
        """Return the patterns that match, by asking the process; see `matching`."""
        calls = self._calls = self._calls or _start()
        matches: list[bool] = []
        try:
            calls.send((patterns, text))
            while len(matches) < len(patterns):
                matches.append(calls.recv())
        except (EOFError, ConnectionError):
            self._calls = None
            slow = patterns[len(matches)].pattern
            why = f"the regular expression {slow!r} takes more than {SECONDS:g} s on an answer"
            raise MatchingFailed(why) from None
        return frozenset(pattern for pattern, match in zip(patterns, matches, strict=True) if match)


def _start() -> Connection:
    """Start the process, and return our end of the pipe to it."""
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
