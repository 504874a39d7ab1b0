"""Dates as people write them into front matter."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.sources.markdown.dates import date_of
from footnote_bot.indexers.sources.markdown.front_matter import split

DAY = date(2024, 3, 1)


@pytest.mark.parametrize(
    "value",
    [
        {"date": "2024-03-01", "author": "Ann"},
        "2024-03-01",
        "2024/3/1",
        "2024.03.01",
        "2024-03-01T10:00:00Z",
        "2024-03-01 10:00:00 +0200",
        "20240301",
        20240301,
        "20240301T100000Z",
        "1 March 2024",
        "1st of March 2024",
        "01-Mar-2024",
        "March 1, 2024",
        "Mar 1st, 2024",
        "Mar. 1 2024",
        "Friday, March 1, 2024",
        "Fri, 01 Mar 2024 10:00:00 +0000",
        "01.03.2024",
        "1. 3. 2024",
        "Last updated: March 1, 2024",
    ],
)
def test_a_date_is_understood(value: object) -> None:
    assert date_of(value) == DAY


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("13/4/2024", date(2024, 4, 13)),
        ("4/13/2024", date(2024, 4, 13)),
        ("4/4/2024", date(2024, 4, 4)),
    ],
)
def test_day_and_month_are_distinguished_where_possible(value: str, expected: date) -> None:
    assert date_of(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "3/4/2024",  # April or March
        "0001-01-01",
        "0001-01-01T00:00:00Z",
        "2024-13-45",
        "version 1.2.3",
        "soon",
        "",
        None,
        True,
        2024,
        pytest.param(10**6000, id="a very long number"),
        ["2024-03-01"],
        "31 April 2024",
        "Room 12, floor 2024",
        "1 \u017fep 2024",
    ],
)
def test_a_value_that_names_no_day_is_none(value: object) -> None:
    assert date_of(value) is None


@given(st.one_of(st.text(), st.integers(), st.datetimes().map(str), st.dates().map(str)))
def test_any_value_is_a_day_or_none(value: object) -> None:
    day = date_of(value)

    assert day is None or day.year >= 1970


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("March 1, 2024", DAY),
        ("2024-03-01", DAY),
        ("2024-03-01 23:00:00", DAY),
        ("2024-03-02T00:30:00+02:00", DAY),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
@pytest.mark.parametrize("form", ["---\nlast_reviewed: {}\n---\nx", "+++\nlastmod = {}\n+++\nx"])
def test_front_matter_is_read_with_them(form: str, written: str, expected: date | None) -> None:
    matter, _ = split(form.format(f'"{written}"' if written.startswith("M") else written))

    assert matter.updated == expected
