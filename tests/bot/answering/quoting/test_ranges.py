"""The rows of a table for the range that holds an amount."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting.ranges import rows_of_amount
from bot.answering.words.tables import Table

VALUES = (
    "Value",
    ("up to \u00a3500", "\u00a3500 to \u00a35,000", "\u00a35,000 to \u00a350,000", "above"),
)
PLAIN = ("Amount (EUR)", ("up to 500", "501\u20135,000", "more than 5,000"))
YEARS = ("Service", ("less than 2 years", "2 to 5 years", "over 5 years"))
FALLING = ("Free beds", ("more than 15", "6 to 15", "1 to 5", "0"))


def table(column: tuple[str, tuple[str, ...]]) -> Table:
    name, cells = column
    return Table(("Who", name), tuple((f"row {place}", cell) for place, cell in enumerate(cells)))


@pytest.mark.parametrize(
    ("question", "column", "rows"),
    [
        ("who signs for a 20k purchase?", VALUES, {2}),
        ("who signs for \u00a3300?", VALUES, {0}),
        ("who signs for GBP 60,000?", VALUES, {3}),
        ("who signs for \u00a350,000?", VALUES, {2}),
        ("who signs for \u00a3500?", VALUES, {0, 1}),
        ("who signs for two laptops of 6,000 pounds?", VALUES, {2}),
        ("who signs for 600 euros?", PLAIN, {1}),
        ("who signs for EUR 5,000?", PLAIN, {1}),
        ("leave after 3 years?", YEARS, {1}),
        ("leave after 30 months?", YEARS, {1}),
        ("leave after 2 years?", YEARS, {1}),
        ("leave after 5 years?", YEARS, {1}),
        ("what if 7 are free?", FALLING, {1}),
        ("what if 0 are free?", FALLING, {3}),
    ],
)
def test_an_amount_is_in_the_row_whose_range_holds_it(
    question: str, column: tuple[str, tuple[str, ...]], rows: set[int]
) -> None:
    assert rows_of_amount(question, table(column)) == rows


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("who signs?", VALUES),
        ("who signs for $300?", VALUES),
        ("who signs for two laptops?", VALUES),
        ("who signs for \u00a3300 or \u00a33,000?", VALUES),
        ("leave after 3 days in the 3 years?", ("Service", ("2 years", "3 years"))),
        (
            "may I keep mails for 8 years?",
            ("Kept", ("up to 2 years", "at least 6 years", "1 to 10 years")),
        ),
        ("leave after 3 years?", ("Service", ("less than 2 years", "all others"))),
        ("who is there at 9:30?", ("Time", ("before 9:00", "9:00 to 17:00", "after 17:00"))),
        ("who signs for \u00a3700?", ("Value", ("up to \u00a3500", "above \u00a31,000"))),
        ("who signs for \u00a3700?", ("Value", ())),
    ],
)
def test_no_row_is_chosen_without_one_amount_and_ranges_that_follow_one_another(
    question: str, column: tuple[str, tuple[str, ...]]
) -> None:
    assert not rows_of_amount(question, table(column))


@given(st.text(max_size=40), st.lists(st.text(max_size=30), max_size=4))
def test_whatever_is_asked_and_written_only_rows_of_the_table_are_chosen(
    question: str, cells: list[str]
) -> None:
    assert rows_of_amount(question, table(("Value", tuple(cells)))) <= set(range(len(cells)))
