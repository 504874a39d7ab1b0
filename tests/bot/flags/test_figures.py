"""The text of the figures, and which pages are old."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.flags.model import Volume, is_stale
from footnote_bot.bot.model import Source

TODAY = date(2026, 11, 24)
YEAR = timedelta(days=365)


def page(updated: date | None, *, outdated: bool = False) -> Source:
    return Source("Leave", "", "", "", "w", "leave", "r1", updated=updated, outdated=outdated)


FEW = st.integers(0, 9)


@given(FEW, FEW)
def test_a_share_is_one_of_what_is_there_or_none(good: int, bad: int) -> None:
    volume = Volume(good=good, bad=bad)

    assert (volume.bad_share is None) == (volume.verdicts == 0)
    assert 0 <= (volume.bad_share or 0) <= 1
    assert (volume.bad_share == 1) == (bad > 0 and good == 0)


@pytest.mark.parametrize(
    ("source", "stale"),
    [
        (page(TODAY - YEAR), False),
        (page(TODAY - YEAR - timedelta(days=1)), True),
        (page(TODAY, outdated=True), True),
        (page(None), False),
        (page(None, outdated=True), True),
    ],
)
def test_a_page_is_stale_that_is_outdated_or_older(source: Source, stale: bool) -> None:
    assert is_stale(source, TODAY, YEAR) == stale
