"""What holds for every test."""

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

# The same examples every time, however busy the machine is.
settings.register_profile("footnote", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("short", settings.get_profile("footnote"), max_examples=10)
settings.load_profile("footnote")


_JOURNEYS = "tests/journeys/"
_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes folders of its own in it
_ROOM = 4 << 30
"""Bytes that must be free there: an index takes some 60 MB, and two processes hold a few each."""

_NEW_OBJECTS = 10_000
"""After so many the youngest are looked through for garbage, in place of Python's 700."""


def pytest_configure() -> None:
    """Where a script runs the tests in its background, Ctrl-C is ignored, and in every program
    that they start. Tests write to memory where there is room: to flush an empty index to a disk
    takes ten times as long as all else about it."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM and _runs(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: to look through it for garbage, over and
    over, takes a quarter of the time of collecting, and two seconds whenever a test asks for it.
    Tests make little that stays, and look for it seldom: that saves a twentieth of their time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS, 10, 10)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Four processes on two cores, because tests also wait: for other processes, clocks and
    locks."""
    del config
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 2 * (cores or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each process of tests begins with its share of the journeys, which take longest: none is left
    to the end, when the others have nothing to do. A process is first given as many tests, in this
    order, as each other one."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    journeys = [item for item in items if item.nodeid.startswith(_JOURNEYS)]
    others = (item for item in items if not item.nodeid.startswith(_JOURNEYS))
    each = max(len(items) // processes, -(-len(journeys) // processes))
    shares = [journeys[number::processes] for number in range(processes)]
    for share in shares:
        share.extend(islice(others, each - len(share)))
    items[:] = [*chain(*shares), *others]


def _runs(folder: Path) -> bool:
    """Whether programs in it run: else a hook that must not be run would not be, whatever we do."""
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test logs may hold a lone surrogate, which no process can send to another."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report
