"""What holds for every test."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import settings

# The same examples every time, however busy the machine is.
settings.register_profile("footnote", derandomize=True, deadline=None)
settings.load_profile("footnote")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test logs may hold a lone surrogate, which no process can send to another."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report
