"""With `log_format = "json"`, each line of a service on standard error is an object of JSON."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot import serving
from footnote_bot.bot.interrupting import interruptible
from footnote_bot.bot.version import own_commit, own_version
from footnote_bot.config import logs
from footnote_bot.indexers.errors import IndexUnavailable
from tests.bot.shell import Ran, Shell
from tests.kept_logging import kept_logging

SETTINGS = 'log_format = "json"\n'


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    with kept_logging():
        yield


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    shell = Shell(tmp_path, monkeypatch, capsys)
    shell.write("footnote.toml", SETTINGS)
    return shell


def lines_of(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.err.splitlines()]


def served(shell: Shell, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> Ran:
    """Run `serve`, which does ``work`` in place of a bot's."""
    monkeypatch.setattr(serving, "serve", lambda *_: work())
    return shell.footnote("serve")


def test_its_first_line_says_what_starts(shell: Shell) -> None:
    first = lines_of(shell.footnote("serve"))[0]

    assert first["level"] == "INFO"
    assert f"Footnote {own_version()} (commit {own_commit()})" in first["message"]
    assert "index in the data folder, database in the data folder" in first["message"]


def test_a_database_of_a_service_is_named_without_its_address(shell: Shell) -> None:
    url = "postgresql+psycopg://footnote:sesame@db.example.com/footnote"
    shell.write("footnote.toml", f'{SETTINGS}[state]\nurl = "{url}"\n')
    first = lines_of(shell.footnote("serve"))[0]

    assert first["message"].endswith("database postgresql+psycopg")


def test_missing_tokens_are_one_line(shell: Shell) -> None:
    ran = shell.footnote("serve")
    last = lines_of(ran)[-1]

    assert ran.code == 2
    assert last["level"] == "ERROR"
    assert "Slack is not connected" in last["message"]


@pytest.mark.parametrize(
    ("error", "code"), [(IndexUnavailable("no disk"), 1), (ValueError("a page's words"), 1)]
)
def test_a_fatal_error_is_one_line(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def fail() -> None:
        raise error

    ran = served(shell, monkeypatch, fail)

    assert ran.code == code
    assert lines_of(ran)[-1]["level"] == "ERROR"
    assert "a page's words" not in ran.err


def test_a_signal_a_warning_and_what_a_library_prints_are_lines(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        with interruptible(), warnings.catch_warnings():
            warnings.simplefilter("always")
            # pytest records warnings; a process shows them.
            warnings.showwarning = logging._showwarning  # type: ignore[attr-defined]
            others = set(threading.enumerate())  # those that earlier tests left behind never end
            os.kill(os.getpid(), signal.SIGTERM)
            for thread in set(threading.enumerate()) - others:
                thread.join(60)
            warnings.warn("this is old", DeprecationWarning, stacklevel=1)
            sys.stderr.write("downloading\n\nhalf")
            sys.stderr.write(" of it\n")

    messages = [line["message"] for line in lines_of(served(shell, monkeypatch, work))]

    assert "SIGTERM: finishing the page at hand (again to stop at once)" in messages
    assert any("DeprecationWarning: this is old" in message for message in messages)
    assert messages[-2:] == ["downloading", "half of it"]


def test_a_thread_that_fails_is_a_line_without_the_words_of_its_error(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "a page's words"

    def fail() -> None:
        raise ValueError(words)

    def work() -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    ran = served(shell, monkeypatch, work)

    assert "ValueError" in lines_of(ran)[-1]["error"]
    assert words not in ran.err


def test_after_a_change_of_the_level_lines_go_to_the_same_place(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        logs.configure("DEBUG", "json")
        logging.getLogger("footnote_bot.bot").debug("detail")

    assert lines_of(served(shell, monkeypatch, work))[-1]["message"] == "detail"


def test_a_line_that_cannot_be_written_is_no_endless_loop(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def work() -> None:
        handler = logging.getLogger().handlers[-1]
        assert isinstance(handler, logging.StreamHandler)
        with (tmp_path / "closed").open("w") as closed:
            handler.setStream(closed)
        sys.stderr.write("nowhere\n")

    assert served(shell, monkeypatch, work).code == 0


def test_standard_error_is_as_before_when_a_service_has_ended(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sys.stderr, threading.excepthook, warnings.showwarning
    served(shell, monkeypatch, lambda: None)

    assert (sys.stderr, threading.excepthook, warnings.showwarning) == before


def test_a_command_for_people_prints_as_ever(shell: Shell) -> None:
    ran = shell.footnote("ask", "Who?", "--data-dir", "nowhere")

    assert ran.code == 2
    assert not ran.err.startswith("{")
