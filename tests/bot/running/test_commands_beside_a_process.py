"""Commands while another process holds the index: real processes, also killed ones."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.cli import beside
from footnote_bot.bot.running.address import is_alive, socket_in
from tests.bot.kept_folders import copy
from tests.bot.shell import Shell
from tests.forked import Forked

FOOTNOTE = (sys.executable, "-m", "footnote_bot")
ROOT = Path(__file__).parents[3]
SETTINGS = """[answer]
precision = 0.78

[[wiki]]
type = "markdown"
name = "handbook"
path = "pages"
site_url = "https://handbook.example.com"
"""
QUESTION = {"question": "How long is leave?", "answers": ["thirty days"]}


def run(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    ours = ("SLACK_", "CONFLUENCE_", "FOOTNOTE_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return Forked(
        arguments,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def until(true: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synced")
    (folder / "pages").mkdir()
    (folder / "footnote.toml").write_text(SETTINGS)
    (folder / "pages/leave.md").write_text("# Leave\n\nLeave is thirty days long.\n")
    (folder / "pages/travel.md").write_text("# Travel\n\nTravel is booked by train.\n")
    (folder / "q.jsonl").write_text(json.dumps(QUESTION) + "\n")
    (folder / "many.jsonl").write_text("".join(f"{json.dumps(QUESTION)}\n" for _ in range(20_000)))
    process = run(folder, "sync")
    assert process.communicate()[1]
    assert process.returncode == 0
    original = tmp_path_factory.mktemp("kept")
    copy(folder, original)  # without the zeros, so that each copy is quick
    return original


@pytest.fixture
def handbook(shell: Shell, synced: Path) -> Shell:
    copy(synced, shell.folder)
    return shell


@contextmanager
def hold_folder(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the index, as `serve` does: a `chat` without input."""
    socket = socket_in(folder / "data")
    process = run(folder, *arguments, "chat", stdin=subprocess.PIPE)
    try:
        # Not only its file: that exists before anybody listens, and outlives a process.
        until(lambda: is_alive(socket) or process.poll() is not None)
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.communicate()


def worked_for(holder: subprocess.Popen[str], *arguments: str) -> subprocess.Popen[str]:
    """Start a command, and wait until the process works for it, in two more threads. The process
    may start threads of its own meanwhile, so the command must have a connection, too."""
    threads = Path(f"/proc/{holder.pid}/task")
    before = {thread.name for thread in threads.iterdir()}
    folder = Path(f"/proc/{holder.pid}/cwd").readlink()
    command = run(folder, *arguments)
    until(lambda: is_connected(Path(f"/proc/{command.pid}"), folder))
    # Some of the earlier threads may just have ended.
    until(lambda: len({thread.name for thread in threads.iterdir()} - before) >= 2)
    return command


def is_connected(command: Path, folder: Path) -> bool:
    """Return whether the command is connected. Before it changes to its folder, it has inherited
    files."""
    if (command / "cwd").readlink() == folder:
        for file in (command / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                if str(file.readlink()).startswith("socket:"):
                    return True
    return False


@pytest.fixture
def holder(handbook: Shell) -> Iterator[subprocess.Popen[str]]:
    with hold_folder(handbook.folder) as process:
        yield process


def comparable(text: str) -> object:
    """Return the output without times, which differ from run to run."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            timed = {name for name in value if name.endswith("_ms") or name == "seconds"}
            return {name: cut(inner) for name, inner in value.items() if name not in timed}
        return [cut(inner) for inner in value] if isinstance(value, list) else value

    return cut(json.loads(text)) if text.startswith(("{", "[")) else text


def test_commands_print_and_return_what_they_do_alone(handbook: Shell) -> None:
    commands = [
        ("sync", "--dry-run", "--json"),
        ("ask", "How long is leave?"),
        ("ask", "How long is leave?", "--json", "--why"),
        ("ask", "How long is leave?", "--quotes"),
        ("ask", "How long is leave?", "--wiki", "nowhere"),
        ("eval", "q.jsonl", "--json"),
        ("eval",),
        ("sync", "--full", "--recent"),
        ("access", "ann@example.com", "https://handbook.example.com/leave/"),
        ("status", "--json"),
        ("status",),
        ("flags", "--json"),
        ("doctor", "--json"),
    ]
    handbook.footnote("sync")
    alone = [handbook.footnote(*command) for command in commands]
    with hold_folder(handbook.folder) as process:
        through = [handbook.footnote(*command) for command in commands]
        assert process.poll() is None

    for command, direct, other in zip(commands, alone, through, strict=True):
        assert other.code == direct.code, command
        assert comparable(other.out) == comparable(direct.out), command
    errors = [other.err for other in through]
    assert [error for error in errors if "Another Footnote" in error] == []
    assert errors[4] == "No wiki is called 'nowhere'; there are: handbook.\n"
    assert errors[7].startswith("Usage: footnote sync [OPTIONS]")
    assert "0 added, 0 changed" in errors[0]


def test_a_full_sync_and_a_changed_page_reach_the_process(
    handbook: Shell, holder: subprocess.Popen[str]
) -> None:
    handbook.write("pages/leave.md", "# Leave\n\nLeave is forty days long.\n")
    assert handbook.footnote("sync", "--json").json["changed"] == 1
    assert handbook.footnote("sync", "--full", "--json").json["added"] == 2

    output, _ = holder.communicate("How long is leave?\n")
    assert "forty days" in output


def test_the_socket_is_its_owners_alone(handbook: Shell, holder: subprocess.Popen[str]) -> None:
    socket = socket_in(handbook.folder / "data")

    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    holder.communicate("/quit\n")
    assert not socket.exists()


def test_the_socket_of_a_killed_process_is_replaced(
    handbook: Shell, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait()
    assert socket_in(handbook.folder / "data").exists()
    assert handbook.footnote("ask", "How long is leave?").code == 0

    with hold_folder(handbook.folder):
        assert handbook.footnote("ask", "How long is leave?").code == 0


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGINT], ids=lambda signal_number: signal_number.name
)
def test_a_command_does_its_work_alone_if_its_process_ends(
    number: signal.Signals, handbook: Shell, holder: subprocess.Popen[str]
) -> None:
    questions = handbook.write("some.jsonl", f"{json.dumps(QUESTION)}\n" * 20)
    asking = worked_for(holder, "eval", str(questions), "--json")
    holder.send_signal(number)
    out, _ = asking.communicate()

    assert (asking.returncode, json.loads(out)["questions"]) == (0, 20)


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGINT], ids=lambda signal_number: signal_number.name
)
def test_work_ends_with_the_command_that_asked_for_it(
    number: signal.Signals, handbook: Shell, holder: subprocess.Popen[str]
) -> None:
    """Evaluations wait for each other, so a second one can only end if the first one did. All
    questions together would take more than ten minutes."""
    asking = worked_for(holder, "eval", "many.jsonl")
    asking.send_signal(number)
    out, _ = asking.communicate()

    # A shell shows both as 130: the second is Python's own end, while it begins or ends.
    ended = (130, -number) if number is signal.SIGINT else (-number,)
    assert out == ""
    assert asking.returncode in ended
    assert handbook.footnote("eval", "q.jsonl", "--json").json["questions"] == 1
    assert holder.poll() is None


def test_pipes_are_refused(handbook: Shell, holder: subprocess.Popen[str]) -> None:
    os.mkfifo(handbook.folder / "pipe")
    for options in (("pipe",), ("q.jsonl", "--out", "pipe")):
        result = handbook.footnote("eval", *options)

        assert (result.code, result.out) == (2, "")
        assert "is no file, and a running Footnote does the work" in result.err


def test_other_settings_are_refused(handbook: Shell, holder: subprocess.Popen[str]) -> None:
    handbook.write("footnote.toml", SETTINGS.replace("0.78", "0.5"))
    result = handbook.footnote("ask", "How long is leave?")

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "The running Footnote cannot do this: it was started with other settings (answer) than"
        " this command has: restart it, or give this command its --config and variables.\n"
    )


def test_another_version_is_refused(
    handbook: Shell, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "own_version", lambda: "9.9")
    result = handbook.footnote("status")

    assert (result.code, result.out) == (2, "")
    assert "and this is 9.9: restart it" in result.err


def test_a_data_folder_may_have_a_long_name(handbook: Shell) -> None:
    place = handbook.folder / ("long" * 40) / "data"
    place.parent.mkdir()
    (handbook.folder / "data").rename(place)
    handbook.write("footnote.toml", f'data_dir = "{place}"\n{SETTINGS}')
    process = run(handbook.folder, "chat", stdin=subprocess.PIPE)
    until(lambda: is_alive(socket_in(place)) or process.poll() is not None)
    result = handbook.footnote("status", "--json")
    process.communicate("/quit\n")

    assert (result.code, result.err) == (0, "")
    assert result.json["wikis"]["handbook"]["pages"] == 2
    assert process.returncode == 0


def test_unencodable_bytes_arrive(handbook: Shell, holder: subprocess.Popen[str]) -> None:
    """A byte that is not text in a question, on a terminal that only shows ASCII."""
    alike = b"How long is leave \xff?"
    asking = subprocess.run(
        [os.fsencode(word) for word in FOOTNOTE] + [b"ask", alike, b"--json"],
        cwd=handbook.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )

    assert "thirty days" in json.loads(asking.stdout.decode("ascii"))["text"]
