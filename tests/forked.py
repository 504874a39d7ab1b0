"""`footnote` as a separate process, without the two seconds of its imports.

A waiting process has all imports done, one for each process of tests. It forks a child for each
request: a real process with its own arguments, folder, environment, pipes and signals. Tests of the
command itself cover how it starts and what it imports.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, AnyStr, NoReturn

ROOT = Path(__file__).parents[1]
_IMPORTED = (
    "footnote_bot.__main__",
    "footnote_bot.bot.serving",
    "footnote_bot.bot.app",
    "footnote_bot.bot.cli.served",
    "footnote_bot.bot.cli.through",
    "footnote_bot.bot.evaluation.run",
    "footnote_bot.bot.operations.admin_queries",
    "footnote_bot.bot.operations.single_sync",
    "footnote_bot.bot.running.server",
    "footnote_bot.bot.slack.signals",
    "footnote_bot.bot.state.migrating",
    "footnote_bot.bot.terminal_chat.session",
    "footnote_bot.config.loading",
    "footnote_bot.indexers.index.edge",
    "footnote_bot.indexers.index.embedding",
    "footnote_bot.indexers.index.reranking",
    "footnote_bot.indexers.parsing.process",
    "footnote_bot.indexers.sources.markdown.source",
    "footnote_bot.playground.page.server",
    "fastembed",
    "onnxruntime",
    "py3langid",
    "tokenizers",
)
"""Modules to import, with their own imports. Each process imports any other module itself."""
_LONGEST = 2**17
"""The most bytes of a request."""


class Forked(subprocess.Popen[AnyStr]):
    """`footnote` with ``arguments``. It takes the options of `subprocess.Popen` for the folder, the
    environment and the pipes."""

    def __init__(self, arguments: tuple[str, ...], **options: Any) -> None:
        self._status: socket.socket | None = None
        super().__init__(["footnote", *map(str, arguments)], **options)

    def _execute_child(  # noqa: PLR0917 - as the standard library calls it
        self,
        args: list[str],
        executable: object,
        preexec_fn: object,
        close_fds: object,
        pass_fds: object,
        cwd: Path | None,
        env: dict[str, str] | None,
        startupinfo: object,
        creationflags: object,
        shell: object,
        p2cread: int,
        p2cwrite: int,
        c2pread: int,
        c2pwrite: int,
        errread: int,
        errwrite: int,
        restore_signals: object,
        gid: object,
        gids: object,
        uid: object,
        umask: object,
        start_new_session: bool,
        *_: object,
    ) -> None:
        """Send the request to the waiting process."""
        request = {
            "argv": args,
            "folder": os.fspath(cwd or Path.cwd()),
            "environment": dict(os.environ if env is None else env),
            "session": start_new_session,
        }
        # The pid and the status are two messages, however soon the process ends.
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        files = [
            inherited if file < 0 else file
            for inherited, file in enumerate((p2cread, c2pwrite, errwrite))
        ]
        with its:
            payload = json.dumps(request).encode("ascii")
            socket.send_fds(_waiting(), [payload], [*files, its.fileno()])
        self._status = ours
        self.pid = int(ours.recv(20))
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        """Ask for the status, which the parent sends when the process has ended."""
        status = self._status
        if status is None:
            return self.pid, 0
        if wait_flags & os.WNOHANG and not select.select([status], [], [], 0)[0]:
            return 0, 0
        ended = status.recv(20)
        status.close()
        self._status = None
        assert ended, "the waiting process is gone"
        return self.pid, int(ended)

    def _internal_poll(self, *_: object, **__: object) -> int | None:
        if self.returncode is None:
            pid, ended = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(ended)
        return self.returncode


class Process:
    """A forked process for asynchronous tests: the part of `asyncio.subprocess.Process` that they
    use."""

    def __init__(self, forked: Forked[bytes]) -> None:
        self._forked = forked
        self.pid = forked.pid

    @property
    def returncode(self) -> int | None:
        return self._forked.poll()

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        self._forked.send_signal(number)

    def terminate(self) -> None:
        self._forked.terminate()

    def kill(self) -> None:
        self._forked.kill()


def finished(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `footnote` to its end, like `subprocess.run`."""
    process: Forked[str] = Forked(
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@cache
def _waiting() -> socket.socket:
    """Return a connection to the waiting process, which ends with the connection."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        its.set_inheritable(True)
        os.posix_spawn(
            sys.executable,
            [sys.executable, __file__, str(its.fileno())],
            {**os.environ, "PYTHONPATH": str(ROOT)},
        )
    atexit.register(ours.close)
    return ours


class _Parent:
    """The waiting process."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._children: dict[int, socket.socket] = {}
        self._woken, self._wake = socket.socketpair()
        for end in (self._woken, self._wake):
            end.setblocking(False)

    def next_child(self) -> dict[str, Any] | None:
        """Wait, and fork for each request. Return the request in a child, and None at the end."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # only the children handle it
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno())
        while True:
            ready, _, _ = select.select([self._requests, self._woken], [], [])
            if self._woken in ready:
                self._woken.recv(1000)
                self._bury()
            if self._requests in ready:
                payload, files, _, _ = socket.recv_fds(self._requests, _LONGEST, 4)
                if not payload:
                    return None
                # Otherwise a child that has no handler yet would lose it.
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
                pid = os.fork()
                if pid == 0:
                    self._become_child(files)
                    request: dict[str, Any] = json.loads(payload)
                    return request
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                status = socket.socket(fileno=files[3])
                status.sendall(str(pid).encode())
                self._children[pid] = status
                for file in files[:3]:
                    os.close(file)

    def _bury(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with self._children.pop(ended[0]) as status, suppress(OSError):
                    status.sendall(str(ended[1]).encode())

    def _become_child(self, files: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, file in enumerate(files[:3]):
            os.dup2(file, number)
        for end in (self._requests, self._woken, self._wake, *self._children.values()):
            end.detach()
        os.closerange(3, 4096)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _main(connection: int) -> NoReturn:
    gc.disable()
    for name in _IMPORTED:
        importlib.import_module(name)
    importlib.import_module("footnote_bot.config.settings").AnswerSettings.rerank_seconds = 60.0
    importlib.import_module("tests.kept_model").keep_language_model()
    languages = importlib.import_module("footnote_bot.indexers.index.languages")
    languages._model()  # the forks share it
    languages.return_memory()
    gc.freeze()
    gc.enable()
    request = _Parent(socket.socket(fileno=connection)).next_child()
    if request is None:
        os._exit(0)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    if request["session"]:
        os.setsid()
        if os.isatty(0):
            os.open(os.ttyname(0), os.O_RDWR)  # it becomes the terminal of this session
    sys.argv = request["argv"]
    sys.path[:] = [place for place in sys.path if place != str(Path(__file__).parent)]
    sys.stdin, sys.stdout, sys.stderr = _opened(0), _opened(1), _opened(2)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    from footnote_bot.__main__ import main

    main()
    raise AssertionError("it always exits")


def _opened(number: int) -> IO[str]:
    """Open a standard stream as Python does."""
    as_is: Any = (sys.stdin, sys.stdout, sys.stderr)[number]
    return open(
        number,
        "w" if number else "r",
        encoding=as_is.encoding,
        errors=as_is.errors,
        buffering=1 if number == 2 or os.isatty(number) else -1,
        closefd=False,
    )


if __name__ == "__main__":
    _main(int(sys.argv[1]))
