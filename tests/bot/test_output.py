"""The command in a child process: interrupted, and without output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .shell import Shell

ROOT = Path(__file__).parents[2]


def run_in_child(
    *arguments: str, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "footnote_bot", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_one_sentence(unbuffered: str, tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk."""
    with (tmp_path / "out").open("wb") as out:
        end = subprocess.run(
            [
                "sh",
                "-c",
                'ulimit -f 0; exec "$@"',
                "sh",
                sys.executable,
                "-m",
                "footnote_bot",
                "settings",
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert end.returncode == 1
    assert end.stderr == b"The output cannot be written: File too large.\n"


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "ascii:surrogateescape"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_an_ascii_output_loses_characters_alone(
    environment: dict[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Öffnung\n\nUm 9 Uhr, für alle: 日本語.\n", encoding="utf-8")
    end = run_in_child("convert", str(page), **environment)

    assert (end.returncode, end.stderr) == (0, b"")
    assert b"Um 9 Uhr, f?r alle: ???." in end.stdout


def test_a_closed_output_is_no_failure(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Leave\n\nThirty days.\n")
    end = subprocess.run(
        ["sh", "-c", '"$0" -m footnote_bot convert "$1" --json >&-', sys.executable, str(page)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        check=False,
    )

    assert (end.returncode, end.stderr) == (0, b"")


LOADS_FOR_EVER = """
import builtins, signal, time
import footnote_bot.__main__ as entry
real = builtins.__import__

def slowly(name, *rest):
    if name == "footnote_bot.bot.cli":
        print("loading", flush=True)
        time.sleep(60)
    return real(name, *rest)

builtins.__import__ = slowly
signal.signal(signal.SIGINT, signal.default_int_handler)  # in a script's background it is ignored
entry.main()
"""


def test_interrupted_while_it_loads_the_command_ends_quietly() -> None:
    loading = subprocess.Popen(
        [sys.executable, "-c", LOADS_FOR_EVER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert loading.stdout
    assert loading.stdout.readline() == b"loading\n"
    loading.send_signal(signal.SIGINT)
    _, err = loading.communicate(timeout=240)

    assert (loading.returncode, err) == (130, b"")


def test_sigterm_ends_a_container_s_first_process_while_it_loads() -> None:
    """The kernel does not deliver unhandled signals to process 1. Another process would end by the
    signal, with the code -15 here."""
    first = "import os\nos.getpid = lambda: 1\n"
    loading = subprocess.Popen(
        [sys.executable, "-c", first + LOADS_FOR_EVER], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert loading.stdout
    assert loading.stdout.readline() == b"loading\n"
    loading.send_signal(signal.SIGTERM)
    loading.communicate(timeout=240)

    assert loading.returncode == 143


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, monkeypatch, capsys)
    shell.write("wiki/leave.md", "# Leave\n\nThirty days.\n")
    shell.write("footnote.toml", '[[wiki]]\ntype = "markdown"\nname = "w"\npath = "wiki"\n')
    return shell


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("status", "--json"),
        ("ask", "leave?"),
        ("ask", "--json", "leave?"),
        ("flags",),
        ("doctor",),
        ("access", "ann@example.com", "https://wiki.example.com/leave"),
        ("eval", "--flags"),
        ("eval", "questions.jsonl"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_what_only_reads_makes_no_folder_of_a_mistyped_path(
    shell: Shell, command: tuple[str, ...], before: bool
) -> None:
    shell.write("questions.jsonl", '{"question": "leave?"}\n')
    option = ("--data-dir", "dtaa")
    result = shell.footnote(*((*option, *command) if before else (*command, *option)))

    assert result.code == 2
    assert result.out == ""
    assert "dtaa" in result.err
    assert "mistyped" in result.err
    assert not (shell.folder / "dtaa").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("--data-dir", "", "status"),
        ("sync", "--data-dir", ""),
        ("--config", "", "status"),
        ("settings", "--check", "--config", ""),
        ("backup", ""),
        ("flags", "--as-questions", ""),
    ],
)
def test_an_empty_path_as_of_a_variable_that_is_not_set_is_not_the_working_folder(
    shell: Shell, command: tuple[str, ...]
) -> None:
    before = sorted(shell.folder.iterdir())
    result = shell.footnote(*command)

    assert (result.code, result.out) == (2, "")
    assert "it is empty; is a variable not set?" in result.err
    assert sorted(shell.folder.iterdir()) == before


def test_a_sync_makes_the_folder_that_it_is_told(shell: Shell) -> None:
    assert shell.footnote("sync", "--data-dir", "new").code == 0
    assert shell.footnote("status", "--data-dir", "new").code == 0
