"""The protocol between a command and the running process, over a real socket."""

from __future__ import annotations

import logging
import os
import resource
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.running.address import connect, is_of_owner, listen, socket_in
from footnote_bot.bot.running.client import ProcessEnded, ask_running
from footnote_bot.bot.running.connection import LONGEST, PIECE, CommandConnection
from footnote_bot.bot.running.server import AT_ONCE, CommandSession, RunningServer

PATIENCE = 60.0
Work = Callable[[dict[str, Any], CommandSession], int | dict[str, Any]]


@contextmanager
def running(folder: Path, work: Work) -> Iterator[RunningServer]:
    server = RunningServer.at(folder, work)
    assert server
    try:
        yield server
    finally:
        server.close()


def connected(folder: Path) -> CommandConnection:
    connection = connect(socket_in(folder))
    assert connection
    return CommandConnection(connection)


def ask(
    folder: Path, signals: list[str] | None = None, *, patient: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Send a command; return the last message, and the ones before it."""
    messages: list[dict[str, Any]] = []
    with closing(connected(folder)) as connection:
        last = ask_running(
            connection, {"command": "ask"}, messages.append, signals or [], patient=patient
        )
    return last, messages


def framed(content: bytes) -> bytes:
    return struct.pack("!i", len(content)) + content


def test_output_comes_whole_and_in_order_before_the_exit_code(tmp_path: Path) -> None:
    text = "ä🙂\udcff\n" * PIECE

    def work(request: dict[str, Any], session: CommandSession) -> int:
        session.write("out", text)
        session.write("err", str(request["command"]))
        return 3

    with running(tmp_path, work):
        last, messages = ask(tmp_path)

    assert last == {"exit": 3}
    assert "".join(message["out"] for message in messages[:-1]) == text
    assert messages[-1] == {"err": "ask"}


def test_it_works_for_so_many_at_once_and_refuses_more(tmp_path: Path) -> None:
    begun, over = threading.Semaphore(0), threading.Event()

    def work(_: dict[str, Any], __: CommandSession) -> int:
        begun.release()
        over.wait(PATIENCE)
        return 0

    with running(tmp_path, work):
        connections = [connected(tmp_path) for _ in range(AT_ONCE)]
        for connection in connections:
            connection.send({"command": "ask"})
            assert begun.acquire(timeout=PATIENCE)
        last, _ = ask(tmp_path)
        over.set()
        answers = [connection.receive() for connection in connections]
        for connection in connections:
            connection.close()

        assert last == {"refused": f"it already works for {AT_ONCE} commands"}
        assert answers == [{"exit": 0}] * AT_ONCE


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\n",
        framed(b""),
        framed(b"[]"),
        framed(b'"ask"'),
        framed(b"{"),
        framed(b"\xff"),
        framed(b"[" * 100_000),
        framed(b"x" * 2 * LONGEST),
    ],
    ids=["nothing", "half", "empty", "list", "text", "no JSON", "bytes", "deep", "long"],
)
def test_what_is_no_request_is_dropped(sent: bytes, tmp_path: Path) -> None:
    with running(tmp_path, lambda _, __: 0):
        raw = connect(socket_in(tmp_path))
        assert raw
        with raw:
            try:
                raw.sendall(sent)
                raw.shutdown(socket.SHUT_WR)
                assert raw.recv(100) == b""
            except ConnectionError:
                pass  # it hung up before it received all
        last, _ = ask(tmp_path)

    assert last == {"exit": 0}


def test_a_process_with_a_thousand_files_open_hears_a_command() -> None:
    ours, its = socket.socketpair()
    with closing(its), many_files():
        os.dup2(ours.fileno(), 1500)
        ours.close()
        with closing(CommandConnection(socket.socket(fileno=1500))) as connection:
            assert not connection.is_ready(0)
            its.sendall(framed(b"{}"))

            assert connection.is_ready(PATIENCE)
            assert connection.receive() == {}


@contextmanager
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_failure_is_logged_and_the_next_command_is_worked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    works: list[Callable[[], int]] = [lambda: int("?"), lambda: 0]
    with running(tmp_path, lambda _, __: works.pop(0)()), caplog.at_level(logging.ERROR):
        first, _ = ask(tmp_path)
        second, _ = ask(tmp_path)

    assert first == {"refused": "it failed, and its log says why"}
    assert second == {"exit": 0}
    assert "ValueError" in caplog.text


def checking(session: CommandSession) -> int:
    """Work that never ends by itself."""
    while True:
        session.check()
        threading.Event().wait(0.01)


def test_the_end_of_the_process_is_told_and_ends_the_work(tmp_path: Path) -> None:
    begun = threading.Event()

    def work(_: dict[str, Any], session: CommandSession) -> int:
        begun.set()
        return checking(session)

    with running(tmp_path, work) as server:
        closer = threading.Thread(target=lambda: (begun.wait(PATIENCE), server.close()))
        closer.start()
        with pytest.raises(ProcessEnded):
            ask(tmp_path)
        closer.join()

        assert not socket_in(tmp_path).exists()
        assert connect(socket_in(tmp_path)) is None


def test_the_first_signal_stops_at_a_safe_point_and_the_second_at_once(tmp_path: Path) -> None:
    stopped, hung_up = threading.Event(), threading.Event()

    def work(_: dict[str, Any], session: CommandSession) -> int:
        with session.calling_at_first_stop(
            lambda name: stopped.set() if name == "SIGINT" else None
        ):
            session.write("out", "at work")
            assert stopped.wait(PATIENCE)
            session.check()  # the page in progress is finished
            session.write("out", "kept")
            try:
                return checking(session)
            finally:
                hung_up.set()

    signals: list[str] = []

    def show(message: dict[str, Any]) -> None:
        signals.append("SIGINT")

    with running(tmp_path, work), closing(connected(tmp_path)) as connection:
        with pytest.raises(KeyboardInterrupt):
            ask_running(
                connection,
                {"command": "sync"},
                show,
                signals,
                patient=True,
            )
        connection.close()
        assert hung_up.wait(PATIENCE)


def test_work_that_does_not_stop_is_not_waited_for(tmp_path: Path) -> None:
    over = threading.Event()
    moments = iter(range(0, 1000, 10))
    with running(tmp_path, lambda _, __: int(not over.wait(PATIENCE))):
        with closing(connected(tmp_path)) as connection, pytest.raises(KeyboardInterrupt):
            ask_running(
                connection,
                {"command": "sync"},
                lambda _: None,
                ["SIGINT"],
                patient=False,
                clock=lambda: float(next(moments)),
            )
        over.set()


def test_a_second_process_leaves_the_socket_of_a_living_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path, lambda _, __: 7):
        assert RunningServer.at(tmp_path, lambda _, __: 8) is None
        assert ask(tmp_path)[0] == {"exit": 7}

    assert "Other commands ask another process" in caplog.text


def test_a_place_that_allows_no_socket_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "process").write_text("a file")

    assert RunningServer.at(tmp_path, lambda _, __: 0) is None
    assert "Other commands cannot ask this process" in caplog.text


def test_a_folder_that_leads_elsewhere_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "process").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PermissionError):
        listen(tmp_path)


def test_another_users_socket_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path, lambda _, __: 0):
        user = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: user + 1)
        assert connect(socket_in(tmp_path)) is None
        monkeypatch.undo()
        assert ask(tmp_path)[0] == {"exit": 0}


class Peer(socket.socket):
    """A socket whose other end belongs to another user."""

    user = 0

    def getsockopt(self, *_: object) -> Any:
        return struct.pack("3i", 1, self.user, 1)


@pytest.mark.parametrize(("other", "trusted"), [(0, True), (1, False)])
def test_another_user_is_not_worked_for(
    other: int, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 500)
    with Peer(socket.AF_UNIX) as peer:
        peer.user = 500 + other

        assert is_of_owner(peer) is trusted


def test_a_command_that_gets_no_thread_is_hung_up_on_and_the_next_one_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, failures = threading.Thread.start, iter([True])

    def failing(thread: threading.Thread) -> None:
        if thread.name == "command" and next(failures, False):
            raise RuntimeError("can't start new thread")
        start(thread)

    with running(tmp_path, lambda _, __: 3):
        monkeypatch.setattr(threading.Thread, "start", failing)
        with pytest.raises(ProcessEnded):
            ask(tmp_path)
        last, _ = ask(tmp_path)

    assert last == {"exit": 3}
