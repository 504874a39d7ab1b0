"""The parsing process: what it returns and what ends it."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.parsing.limits import (
    FILE,
    PAGE,
    Limits,
    ParserBroken,
    ParsingFailed,
    ParsingStopped,
    TooCostly,
)
from footnote_bot.indexers.parsing.process import Parsers, stoppable
from footnote_bot.indexers.sources.attachments.content import Unreadable

from . import jobs

BRIEF = Limits(seconds=1, wall_seconds=600)


@pytest.fixture
def parsers() -> Iterator[Parsers]:
    parsers = Parsers()
    yield parsers
    parsers.rest()


def test_a_parser_is_called_in_another_process(parsers: Parsers) -> None:
    assert parsers(PAGE, jobs.add, 1, right=2) == 3
    assert parsers(PAGE, jobs.whoami) != os.getpid()


def test_ctrl_c_in_the_terminal_does_not_reach_it_not_even_as_it_starts(parsers: Parsers) -> None:
    """The terminal sends the signal to the whole process group."""
    assert os.getpgid(parsers(PAGE, jobs.whoami)) != os.getpgrp()


def test_one_process_answers_one_call_after_another(parsers: Parsers) -> None:
    assert parsers(PAGE, jobs.whoami) == parsers(FILE, jobs.whoami)


def test_calls_at_once_have_a_process_each(parsers: Parsers, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        met = list(pool.map(lambda _: parsers(FILE, jobs.meet, str(tmp_path)), range(2)))

    assert met == [2, 2]


@pytest.mark.parametrize(
    ("limits", "job", "arguments", "why"),
    [
        (BRIEF, jobs.spin, (), "takes more than 1 s of a processor"),
        (PAGE, jobs.fill, (2000,), "needs more than 512 MB of memory"),
        (PAGE, jobs.dig, (0,), "nested too deeply"),
        (PAGE, jobs.deep, (), "nested too deeply"),
    ],
)
def test_an_expensive_call_is_ended_and_the_next_call_is_answered(
    parsers: Parsers, limits: Limits, job: object, arguments: tuple[object, ...], why: str
) -> None:
    with pytest.raises(TooCostly, match=why):
        parsers(limits, job, *arguments)  # type: ignore[arg-type, call-arg]

    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_a_call_that_only_waited_too_long_may_be_tried_again(parsers: Parsers) -> None:
    """Files that cost too much are remembered, but here only the machine may have been busy."""
    with pytest.raises(ParsingFailed, match=r"takes more than 0\.3 s") as raised:
        parsers(Limits(60, 0.3), jobs.sleep, 60)

    assert not isinstance(raised.value, TooCostly)
    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_time_is_counted_for_each_call_alone(parsers: Parsers) -> None:
    """A process that has done much work may do as much again."""
    for text in ("one", "two", "three"):
        with pytest.raises(TooCostly):
            parsers(BRIEF, jobs.spin, text)
    for _ in range(50):
        parsers(BRIEF, jobs.add, 1, 2)


def test_the_time_that_one_call_took_does_not_end_the_next_before_it_begins(
    parsers: Parsers,
) -> None:
    """Otherwise the call would be remembered as one that takes too long."""
    process = parsers(BRIEF, jobs.whoami)

    assert resource.prlimit(process, resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY


def test_a_call_that_took_too_long_is_not_tried_again(parsers: Parsers, tmp_path: Path) -> None:
    """A page that takes ten seconds must not take them at every sync."""
    for _ in range(3):
        with pytest.raises(TooCostly, match="takes more than 1 s of a processor"):
            parsers(BRIEF, jobs.note_and_spin, str(tmp_path / "tries"))

    assert (tmp_path / "tries").read_text() == "x"
    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_a_process_that_cannot_be_started_is_a_failure_of_one_page(parsers: Parsers) -> None:
    """The process can open no file, and so no pipe either."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(ParsingFailed, match="Too many open files"):
            parsers(PAGE, jobs.add, 1, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_a_crash_is_a_failure_of_one_page(parsers: Parsers) -> None:
    with pytest.raises(ParsingFailed, match=r"ended the process that read it \(SIGSEGV"):
        parsers(PAGE, jobs.crash)

    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_our_own_errors_come_back_as_they_are(parsers: Parsers) -> None:
    with pytest.raises(Unreadable, match=r"^encrypted$"):
        parsers(FILE, jobs.refuse)
    with pytest.raises(WikiMisconfigured, match=r"^no such flavour$"):
        parsers(PAGE, jobs.misconfigure)


def test_a_defect_is_named_without_a_word_of_the_page(
    parsers: Parsers, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(ParserBroken) as raised:
        parsers(PAGE, jobs.break_down, "plugh")

    assert str(raised.value) == "cannot be converted (KeyError; see the log)"
    assert "break_down" in caplog.text
    assert "KeyError" in caplog.text
    assert "plugh" not in caplog.text


def test_a_stop_ends_a_long_call(parsers: Parsers) -> None:
    stop = threading.Event()
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    with stoppable(stop.is_set), pytest.raises(ParsingStopped):
        parsers(PAGE, jobs.spin)
    timer.join()

    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_nothing_is_begun_after_a_stop() -> None:
    with stoppable(lambda: True), pytest.raises(ParsingStopped):
        Parsers()(PAGE, jobs.spin)


def test_a_process_that_used_much_memory_makes_room(parsers: Parsers) -> None:
    before = parsers(PAGE, jobs.whoami)
    parsers(FILE, jobs.fill, 300)

    assert parsers(PAGE, jobs.whoami) != before


def test_a_process_that_was_killed_is_replaced(parsers: Parsers) -> None:
    process = parsers(PAGE, jobs.whoami)
    os.kill(process, signal.SIGKILL)
    _wait_until(lambda: not _runs(process))

    assert parsers(PAGE, jobs.whoami) != process


def test_no_process_is_left_behind() -> None:
    parsers = Parsers()
    process = parsers(PAGE, jobs.whoami)
    parsers.rest()

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)  # it is no zombie either


def test_it_holds_nothing_open_that_others_hold(parsers: Parsers, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)

        assert not [name for name in parsers(PAGE, jobs.open_files) if str(tmp_path) in name]


def test_no_module_of_the_folder_it_is_started_in_is_run(
    parsers: Parsers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody who writes in a wiki could put a module there."""
    (tmp_path / "resource.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)

    assert parsers(PAGE, jobs.add, 1, 2) == 3


def test_it_imports_the_parsers_and_nothing_slow(parsers: Parsers) -> None:
    from footnote_bot.indexers.sources.markdown.reading import skim

    parsers(PAGE, skim, b"# Title")
    loaded = parsers(PAGE, jobs.loaded)

    for slow in ("llama_index", "onnxruntime", "qdrant_client", "fastembed", "numpy", "slack_bolt"):
        assert slow not in loaded


_PARENT = """
import os, sys, time
from footnote_bot.indexers.parsing.limits import PAGE
from footnote_bot.indexers.parsing.process import Parsers
from tests.indexers.parsing import jobs
parsers = Parsers()
print(parsers(PAGE, jobs.whoami), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_does_not_outlive_the_process_that_started_it(number: signal.Signals) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(number)
    _wait_until(lambda: not _runs(child))


def _runs(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _wait_until(holds: object, seconds: float = 240) -> None:
    assert callable(holds)
    late = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < late
        time.sleep(0.02)
