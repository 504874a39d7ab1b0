"""A number is compared by its value, however it is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.words.quantities import quantities


def test_a_name_with_digits_is_no_number() -> None:
    assert quantities("18F runs S3 on a h264 box") == ()


@given(st.text(alphabet="0123456789.,:' aphkM%$-\u00a0\u202fdzthalfnu", max_size=200))
def test_any_text_can_be_read_for_quantities(text: str) -> None:
    assert all(amount.values for amount in quantities(text))


def test_a_row_of_numbers_is_no_number_however_long_it_is() -> None:
    longest = max(value for amount in quantities("100 " * 2_000) for value in amount.values)

    assert longest < 10**13
