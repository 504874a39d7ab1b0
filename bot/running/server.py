"""The running process's side: every connection is one command, and the process does its work.

A command sends its request and a description of its screen:

    {"hello": {...}, "command": "ask", "options": {...}, "screen": {...}}

While it works, the process sends ``{"out": ...}``, ``{"err": ...}``, ``{"progress": [...]}`` and
``{"busy": ...}``, and finally one of

    {"exit": 0}          the exit code
    {"misused": ...}     the command is wrong, and why
    {"refused": ...}     it cannot be done through this process, and why
    {"ended": true}      this process ends: the command can do its work alone

On Ctrl-C the command sends ``{"stop": "SIGINT"}``; on the second it closes the connection.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from footnote_bot.bot.running.address import is_of_owner, listen, socket_in
from footnote_bot.bot.running.connection import PIECE, CommandConnection
from footnote_bot.indexers.daemons import in_daemon

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Most commands served at the same time."""
_INTERRUPTED = 130
"""The exit code."""
_ASK = 10.0
"""Seconds that a command may take to send its request."""
_LEAVE = 8.0
"""Seconds that commands have to stop when the process ends."""


class Left(KeyboardInterrupt):
    """Nobody waits for the work any more."""


class CommandSession:
    """Output goes to the command; its Ctrl-C comes back as `KeyboardInterrupt` at the next output
    or progress. Safe in several threads."""

    def __init__(self, connection: CommandConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._stops = 0
        self._at_first_stop: Callable[[str], None] | None = None
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
        """Return if the work should go on. The first Ctrl-C does not count if
        `calling_at_first_stop` handles it.

        Raises:
            KeyboardInterrupt: it should stop.
            Left: the command is gone.
        """
        if self._left:
            raise Left
        stops_heeded = 1 if self._at_first_stop else 0
        if self._stops > stops_heeded:
            raise KeyboardInterrupt

    @contextmanager
    def calling_at_first_stop(self, stop: Callable[[str], None]) -> Iterator[None]:
        """At the first Ctrl-C call ``stop``, in another thread, with the signal's name, instead of
        raising. An earlier Ctrl-C raises here."""
        with self._lock:
            self.check()
            self._at_first_stop = stop
        try:
            yield
        finally:
            with self._lock:
                self._at_first_stop = None

    def stop(self, signal: str) -> None:
        """Count a Ctrl-C; at the first one, call what `calling_at_first_stop` was given."""
        with self._lock:
            self._stops += 1
            stop = self._at_first_stop if self._stops == 1 else None
        if stop:
            stop(signal)

    def leave(self) -> None:
        """Stop the work, because nobody waits any more."""
        self._left = True
        self.stop("")

    def end(self) -> None:
        """Stop the work, because the process ends."""
        self.ended = True
        self.leave()


Work = Callable[[dict[str, Any], CommandSession], int | dict[str, Any]]
"""Does the work of a request, which is not checked yet, and returns the exit code, or a last
message."""


class RunningServer:
    """Serves commands, each in a thread of its own, until it is closed."""

    def __init__(self, listener: socket.socket, file: Path, work: Work) -> None:
        self._listener = listener
        self._file = file
        self._work = work
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._sessions: dict[threading.Thread, CommandSession | None] = {}
        self._lock = threading.Lock()
        self._ended = False
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="commands", daemon=True)
        self._thread.start()

    @classmethod
    def at(cls, data_dir: Path, work: Work) -> RunningServer | None:
        """Listen in this data folder. If that is impossible, log a warning and return None:
        commands then say that the index is held."""
        try:
            listener = listen(data_dir)
        except OSError as error:
            log.warning("Other commands cannot ask this process: %s", error)
            return None
        if listener is None:
            log.warning("Other commands ask another process that uses %s", data_dir)
            return None
        return cls(listener, socket_in(data_dir), work)

    def close(self) -> None:
        """Accept no more commands, and stop the current ones."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            sessions = dict(self._sessions)
        self._wake.send(b".")
        self._thread.join()
        self._file.unlink(missing_ok=True)
        for session in sessions.values():
            if session:
                session.end()
        until = time.monotonic() + _LEAVE
        for thread in sessions:
            thread.join(max(0.0, until - time.monotonic()))
        for end in (self._listener, self._wake, self._woken):
            end.close()

    def _accept(self) -> None:
        """Accept connections until `close`, and begin to serve each."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._woken in ready:
                    return
                try:
                    connected, _ = self._listener.accept()
                    self._begin(connected)
                except (OSError, RuntimeError) as error:  # for example too many files or threads
                    log.warning("A command could not be heard: %s", error)
                    time.sleep(0.1)

    def _begin(self, connected: socket.socket) -> None:
        """Serve a command in a thread.

        Raises:
            OSError, RuntimeError: the system has no room for it; the connection is closed.
        """
        if not is_of_owner(connected):
            connected.close()
            return
        connection = CommandConnection(connected)
        thread = threading.Thread(
            target=self._handle, args=(connection,), name="command", daemon=True
        )
        with self._lock:
            self._sessions[thread] = None
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                del self._sessions[thread]
            connection.close()
            raise

    def _handle(self, connection: CommandConnection) -> None:
        """Read the request and serve it, or refuse it if too many are served already."""
        has_place = self._places.acquire(blocking=False)
        try:
            with closing(connection):
                # Read first: if the connection closes while a command sends, it misses the refusal.
                request = connection.receive() if connection.is_ready(_ASK) else None
                if request and has_place:
                    self._serve(request, connection)
                elif request:
                    _send_last(connection, {"refused": f"it already works for {AT_ONCE} commands"})
        finally:
            if has_place:
                self._places.release()
            with self._lock:
                del self._sessions[threading.current_thread()]

    def _serve(self, request: dict[str, Any], connection: CommandConnection) -> None:
        """Do the work in another thread, and listen to the command until it hangs up."""
        session = CommandSession(connection)
        with self._lock:
            self._sessions[threading.current_thread()] = session
            ended = self._ended
        if ended:
            session.end()

        def send_result(work: Future[int | dict[str, Any]]) -> None:
            _send_last(connection, {"ended": True} if session.ended else _last_message(work))

        work = in_daemon(lambda: self._work(request, session), "asked")
        work.add_done_callback(send_result)
        while message := connection.receive():
            if isinstance(name := message.get("stop"), str):
                session.stop(name)
        session.leave()
        wait([work])


def _last_message(work: Future[int | dict[str, Any]]) -> dict[str, Any]:
    """Return the message to send last about ended ``work``: its result, or why it failed."""
    error = work.exception()
    if isinstance(error, KeyboardInterrupt):
        return {"exit": _INTERRUPTED}
    if error:  # unexpected, so it goes to this process's log
        log.error("A command could not be worked for", exc_info=error)
        return {"refused": "it failed, and its log says why"}
    result = work.result()
    return {"exit": result} if isinstance(result, int) else result


def _send_last(connection: CommandConnection, message: Mapping[str, object]) -> None:
    with suppress(OSError):  # the command is gone
        connection.send(message)
