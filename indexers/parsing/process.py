"""Processes that parse: started, watched and ended.

`concurrent.futures` cannot end a running task, and `multiprocessing` imports the main program
again; so this is just a pipe to a `subprocess`.
"""

from __future__ import annotations

import logging
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from hashlib import blake2b
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from footnote_bot.indexers.parsing.limits import (
    PAGE,
    Limits,
    P,
    ParserBroken,
    ParsingFailed,
    ParsingStopped,
    T,
    TooCostly,
    TooLong,
)
from footnote_bot.indexers.parsing.worker import OUT_OF_MEMORY

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[3]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from footnote_bot.indexers.parsing.worker import main;"
    "main(int(sys.argv[2]), int(sys.argv[3]))"
)
_CHECK_EVERY = 0.1
"""Seconds between two checks whether the sync was stopped."""
_ENDING = 60.0
"""Seconds that a process may take to end once it has closed the pipe: it may have half a gigabyte
to free, at a low priority."""
_MOST_ANSWERED = 256 * 2**20
"""Bytes of one result."""
_REMEMBERED = 1000
"""Calls that took too long; they are not repeated."""
_FULL = 0.5
"""The share of the allowed memory after which a process is replaced by a new one."""

_stopped: ContextVar[Callable[[], bool]] = ContextVar("stopped", default=lambda: False)


@contextmanager
def stoppable(stopped: Callable[[], bool]) -> Iterator[None]:
    """End parsing within early, with ParsingStopped, once ``stopped`` returns true."""
    token = _stopped.set(stopped)
    try:
        yield
    finally:
        _stopped.reset(token)


class Parsers:
    """Processes that parse, one for each concurrent call; a `limits.Parse`. They start on demand;
    ``rest`` ends idle ones."""

    def __init__(self, megabytes: int = PAGE.megabytes) -> None:
        self._megabytes = megabytes
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._too_long: dict[bytes, str] = {}

    def __call__(
        self, limits: Limits, parser: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Call a parser, see `indexers.parsing.limits.Parse`."""
        if _stopped.get()():
            raise ParsingStopped("the sync was stopped")
        call = pickle.dumps((limits, parser, arguments, named), pickle.HIGHEST_PROTOCOL)
        name = blake2b(call, digest_size=16).digest()
        if why := self._too_long.get(name):
            raise TooLong(why)
        process = self._idle_or_new()
        try:
            result, error, memory_used = process.call(limits, call)
        except BaseException as raised:
            process.end()
            if isinstance(raised, TooLong):
                self._remember(name, raised)
            raise
        if memory_used > _FULL * self._megabytes * 2**20:
            process.end()
        else:
            with self._lock:
                self._idle.append(process)
        if isinstance(error, ParserBroken):
            log.error("%s raised:\n%s", getattr(parser, "__qualname__", parser), error.trace)
        if error is not None:
            raise error
        return cast("T", result)

    @contextmanager
    def working(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """Let parsing end early as `stoppable` does, and end idle processes afterwards."""
        try:
            with stoppable(stopped):
                yield
        finally:
            self.rest()

    def rest(self) -> None:
        """End the idle processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def _remember(self, name: bytes, error: TooLong) -> None:
        """Remember a call that took too long, so that no later sync spends that time again."""
        with self._lock:
            self._too_long[name] = str(error)
            for old in list(self._too_long)[:-_REMEMBERED]:
                del self._too_long[old]

    def _idle_or_new(self) -> _Process:
        """Return an idle process that lives, or start one."""
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            if process is None:
                return _Process(self._megabytes)
            if process.lives:
                return process
            process.end()


class _Process:
    """A process that runs `parsing.worker`, and the pipe to it."""

    def __init__(self, megabytes: int) -> None:
        """Start the process.

        Raises:
            ParsingFailed: it cannot be started.
        """
        self._megabytes = megabytes
        try:
            self._calls, theirs = Pipe()
            with theirs:
                self._process = self._start(theirs.fileno())
        except OSError as error:
            why = error.strerror or str(error)
            raise ParsingFailed(f"no process could be started to read it: {why}") from error
        self.end = weakref.finalize(self, _end, self._calls, self._process)

    def _start(self, theirs: int) -> subprocess.Popen[bytes]:
        """Start the process; ``theirs`` is the descriptor of its end of the pipe."""
        # Without -P it would import modules from the current folder, which may be a wiki.
        command = [sys.executable, "-P", "-c", _START, str(_ROOT), str(theirs)]
        # No other open file, such as the lock on the index, is inherited.
        return subprocess.Popen(
            [*command, str(self._megabytes)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs,),
            process_group=0,  # Ctrl-C in the terminal reaches only the main process
        )

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def call(self, limits: Limits, call: bytes) -> tuple[object, Exception | None, int]:
        """Run the pickled ``call`` and return its result or error, and the memory used.

        Raises:
            ParsingFailed
        """
        deadline = time.monotonic() + limits.wall_seconds
        try:
            self._calls.send_bytes(call)
            while not self._calls.poll(_CHECK_EVERY):
                if _stopped.get()():
                    raise ParsingStopped("the sync was stopped")
                if time.monotonic() > deadline:
                    # The machine may just be busy, so the page may be tried again.
                    raise ParsingFailed(f"takes more than {limits.wall_seconds:g} s to be read")
            answer = self._calls.recv_bytes(_MOST_ANSWERED)
        except (EOFError, ConnectionError) as error:
            raise self._ended(limits) from error
        except OSError as error:
            raise TooCostly("too large once it is read") from error
        outcome: tuple[object, Exception | None, int] = pickle.loads(answer)  # noqa: S301 - ours
        return outcome

    def _ended(self, limits: Limits) -> ParsingFailed:
        """Wait for a process that closed the pipe, and return the error that ended it."""
        try:
            code = self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            return ParsingFailed(f"ended the process that read it (not gone after {_ENDING:g} s)")
        if code == -signal.SIGXCPU:
            return TooLong(f"takes more than {limits.seconds} s of a processor to be read")
        if code == OUT_OF_MEMORY:
            return TooCostly(f"needs more than {limits.megabytes} MB of memory to be read")
        status = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return ParsingFailed(f"ended the process that read it ({status})")


def _end(calls: Connection, process: subprocess.Popen[bytes]) -> None:
    """Kill the process and wait for it, so that none is left behind."""
    with suppress(OSError):
        calls.close()
    process.kill()
    process.wait()
