from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.backoff import growing_pauses, seconds_of


def test_retry_after_is_seconds_or_a_date_or_nothing() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    assert seconds_of("2.5", lambda: noon) == 2.5
    assert seconds_of("-3", lambda: noon) == 0
    assert seconds_of("Tue, 24 Nov 2026 12:00:07 GMT", lambda: noon) == 7
    assert seconds_of("Tue, 24 Nov 2026 11:00:00 GMT", lambda: noon) == 0
    assert seconds_of("soon", lambda: noon) is None
    assert seconds_of(None, lambda: noon) is None
    assert seconds_of("Tue, 24 Nov 2026 12:00:07", lambda: noon) == 7


@pytest.mark.parametrize(
    "words",
    ["", " ", "inf", "nan", "9" * 500, "1e400", "Mon, 01 Jan 2020 00:00:00 +999999999999"],
)
def test_a_wait_beyond_any_clock_is_ignored(words: str) -> None:
    assert seconds_of(words, lambda: datetime(2026, 11, 24, tzinfo=UTC)) is None


@given(st.text())
def test_no_header_makes_a_wait_that_cannot_be_waited(words: str) -> None:
    seconds = seconds_of(words, lambda: datetime(2026, 11, 24, tzinfo=UTC))

    assert seconds is None or 0 <= seconds < float("inf")


def test_pauses_double_up_to_the_longest() -> None:
    assert list(islice(growing_pauses(0.5, 3.0), 5)) == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert list(islice(growing_pauses(5.0, 3.0), 2)) == [3.0, 3.0]
    assert list(islice(growing_pauses(0.0), 2)) == [0.0, 0.0]
