"""Settings and hooks for all tests."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Generator
from itertools import chain, islice
from pathlib import Path

import pytest
from hypothesis import settings

from footnote_bot.config.settings import AnswerSettings
from tests.kept_model import keep_language_model

# The same examples in every run, however busy the machine is.
settings.register_profile("footnote", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("short", settings.get_profile("footnote"), max_examples=10)
settings.load_profile("footnote")


# Answers do not depend on how busy the machine is; `tests.forked` does the same for processes.
AnswerSettings.rerank_seconds = 60.0
keep_language_model()
_JOURNEYS = "tests/journeys/"
_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes folders of its own in it
_ROOM = 4 << 30
"""Bytes that must be free in `_MEMORY`: an index takes some 60 MB, and two processes hold a few
each."""

_NEW_OBJECTS = 10_000
"""The threshold of the youngest garbage generation, in place of Python's 700."""


def pytest_configure() -> None:
    """Restore Ctrl-C, which is ignored in every child process if a script runs the tests in its
    background. Write temporary files to memory if there is room: flushing an empty index to a disk
    takes ten times as long as the rest."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM and _runs(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Freeze imported and collected objects. Searching them for garbage again and again takes a
    quarter of the collection time, and two seconds for each test that calls the collector. Tests
    leave little garbage, so they collect seldom, which saves a twentieth of their time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS, 10, 10)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run four processes on two cores, because tests also wait for other processes, clocks and
    locks."""
    del config
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 2 * (cores or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each process of tests its share of the journeys first. They take longest, and none
    should be left to the end, when the other processes are idle. Each process first receives an
    equal number of tests in this order."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    journeys = [item for item in items if item.nodeid.startswith(_JOURNEYS)]
    others = (item for item in items if not item.nodeid.startswith(_JOURNEYS))
    each = max(len(items) // processes, -(-len(journeys) // processes))
    shares = [journeys[number::processes] for number in range(processes)]
    for share in shares:
        share.extend(islice(others, each - len(share)))
    items[:] = [*chain(*shares), *others]


def _runs(folder: Path) -> bool:
    """Return whether programs in the folder can run. If not, a test that a hook does not run would
    prove nothing."""
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make reports safe to send: a test may log a lone surrogate, which no process can send to
    another."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report
