"""The same time each week, whatever the clocks of a place do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.slack.home.weekly import Weekly

ZONES = [UTC, *map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Tehran"))]
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
WEEKLY = st.builds(Weekly, st.integers(0, 6), TIMES, st.sampled_from(ZONES))
MOMENTS = st.integers(946_684_800, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))
"""Moments from 2000 to 2040."""


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        ("2026-11-23T07:59Z", "2026-11-16T08:00Z"),
        ("2026-11-23T08:00Z", "2026-11-23T08:00Z"),
        ("2026-11-29T23:59Z", "2026-11-23T08:00Z"),
        ("2026-10-26T07:59Z", "2026-10-19T07:00Z"),
    ],
)
def test_nine_on_mondays_in_berlin(now: str, latest: str) -> None:
    """The last date is from before the clocks in Berlin went back."""
    weekly = Weekly(0, time(9), ZoneInfo("Europe/Berlin"))

    assert weekly.latest(datetime.fromisoformat(now)) == datetime.fromisoformat(latest)


@given(WEEKLY, MOMENTS)
def test_it_is_past_and_less_than_a_week_ago(weekly: Weekly, now: datetime) -> None:
    """Except in a week in which a place skipped a day or set its clocks back."""
    ago = now - weekly.latest(now)

    assert timedelta() <= ago < timedelta(days=8)


@given(WEEKLY, MOMENTS)
def test_it_is_the_same_until_the_next(weekly: Weekly, now: datetime) -> None:
    latest = weekly.latest(now)

    assert weekly.latest(latest) == latest
    assert weekly.latest(latest + timedelta(days=5)) == latest


@given(WEEKLY, MOMENTS, st.integers(0, 30 * 24))
def test_time_brings_it_on_and_never_back(weekly: Weekly, now: datetime, hours: int) -> None:
    assert weekly.latest(now) <= weekly.latest(now + timedelta(hours=hours))
