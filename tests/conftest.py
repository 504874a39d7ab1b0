"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Generator

import pytest
from hypothesis import settings

# The same examples every time, however busy the machine is.
settings.register_profile("footnote", derandomize=True, deadline=None)
settings.load_profile("footnote")


def pytest_configure() -> None:
    """Where a script runs the tests in its background, Ctrl-C is ignored, and in every program
    that they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test logs may hold a lone surrogate, which no process can send to another."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report
