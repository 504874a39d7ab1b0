"""What holds for every test."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, however busy the machine is.
settings.register_profile("footnote", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("short", settings.get_profile("footnote"), max_examples=20)
settings.load_profile("footnote")


_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes folders of its own in it
_ROOM = 4 << 30
"""Bytes that must be free there: an index takes some 60 MB, and two processes hold a few each."""


def pytest_configure() -> None:
    """Where a script runs the tests in its background, Ctrl-C is ignored, and in every program
    that they start. Tests write to memory where there is room: to flush an empty index to a disk
    takes ten times as long as all else about it."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM and _runs(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


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
