"""The session of a served command: its output, and whether it still waits for the work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from footnote_bot.bot.running.connection import PIECE, CommandConnection


class Left(KeyboardInterrupt):
    """Nobody waits for the work any more."""


class CommandSession:
    """Output goes to the command; its Ctrl-C comes back as `KeyboardInterrupt` at the next output
    or progress. Safe in several threads."""

    def __init__(self, connection: CommandConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._stops = 0
        self._heeding: Callable[[str], None] | None = None
        self._left = False
        self.ended = False
        """True if the process ends, so that the command must do its work alone."""

    def send(self, message: Mapping[str, object]) -> None:
        """Send a message.

        Raises:
            Left: the command is gone, or the process ends.
        """
        if self._left:
            raise Left
        try:
            self._connection.send(message)
        except OSError:
            self.leave()
            raise Left from None

    def write(self, stream: str, text: str) -> None:
        """Write to ``out`` or ``err``. Raises as `send`."""
        for start in range(0, len(text), PIECE):
            self.send({stream: text[start : start + PIECE]})

    def check(self) -> None:
        """Return if the work should go on.

        Raises:
            KeyboardInterrupt: it should stop.
        """
        if self._left:
            raise Left
        if self._stops > (self._heeding is not None):
            raise KeyboardInterrupt

    @contextmanager
    def heeding(self, stopping: Callable[[str], None]) -> Iterator[None]:
        """Call ``stopping`` at the first Ctrl-C, in another thread, with the signal's name, instead
        of raising. An earlier Ctrl-C raises here."""
        with self._lock:
            self.check()
            self._heeding = stopping
        try:
            yield
        finally:
            with self._lock:
                self._heeding = None

    def stop(self, signal: str) -> None:
        """Handle a Ctrl-C."""
        with self._lock:
            self._stops += 1
            stopping = self._heeding if self._stops == 1 else None
        if stopping:
            stopping(signal)

    def leave(self) -> None:
        """Stop the work, because nobody waits any more."""
        self._left = True
        self.stop("")

    def end(self) -> None:
        """Stop the work, because the process ends."""
        self.ended = True
        self.leave()
