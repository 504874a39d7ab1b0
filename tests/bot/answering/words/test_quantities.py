"""A number is compared by its value, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.checking.facts import is_held
from bot.answering.words.quantities import quantities


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("thirty days", "30 days"),
        ("$75", "75 dollars"),
        ("20 per cent", "20%"),
        ("twenty-five hours", "25 hours"),
        ("three to five weeks", "3-5 weeks"),
        ("12 months", "one year"),
        ("two weeks", "14 days"),
        ("an hour and a half", "90-minute"),
        ("90 minutes", "an hour and a half"),
        ("6 months", "half a year"),
        ("one day", "daily"),
        ("eight million", "8,000,000"),
        ("about $3k", "3,000 dollars"),
        ("4pm", "16:00"),
        ("until 9.30 am", "09:30"),
        ("5pm", "from 9 to 5"),
        ("drei\u00dfig Tage", "30 Tage"),
        ("28 Urlaubstage im Jahr", "28 vacation days a year"),
        ("12 Feiertage im Jahr", "12 holidays a year"),
        ("2.500 Euro", "\u20ac2,500"),
        ("treinta d\u00edas", "30 d\u00edas"),
        ("trente jours", "30 jours"),
        ("a quarter of a million dollars", "$250,000"),
        ("half a million", "500,000"),
        ("one hundred and twenty days", "120 days"),
        ("two weeks", "10 working days"),
        ("10 business days", "two weeks"),
        ("90 days", "three months"),
        ("a month", "30 days"),
        ("every two weeks", "fortnightly"),
        ("the 3rd floor", "the third floor"),
        ("4 o'clock", "4pm"),
        ("5:30", "from 9.30am to 5.30pm"),
        ("at 5:30 pm", "at 5:30"),
        ("30 cents a mile", "$0.30 a mile"),
        ("from 3 to 7 pm", "from 15:00 to 19:00"),
        ("from 10 to noon", "from 10:00 to 12:00"),
        ("9.30", "9:30am"),
        ("every two weeks", "on every second Thursday"),
        ("two weeks", "every other week"),
        ("at 12:00", "at noon"),
        ("by 12 am", "at midnight"),
        ("six months", "half-yearly"),
        ("15 minutes", "a quarter of an hour"),
        ("90 minutes", "1\u00bd hours"),
        ("24/7", "every day"),
        ("50% of the fee", "half of the fee"),
        ("each second", "every second"),
        ("three quarters of an hour", "45 minutes"),
        ("three-quarters of a year", "9 months"),
        ("191 900 $", "$191,900"),
        ("5 000 employ\u00e9s", "5,000 employees"),
        ("\u20ac1,234,567", "1 234 567 \u20ac"),
        ("port 443", "ports 80 443"),
        ("10 working days", "80 hours"),
        ("80 hours", "two weeks"),
    ],
)
def test_the_same_amount_in_other_words_is_held(sentence: str, page: str) -> None:
    on_page = quantities(page)

    assert on_page
    assert all(is_held(amount, on_page) for amount in quantities(sentence))


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("44 days", "44 hours"),
        ("every three weeks", "on every second Thursday"),
        ("at 11:00", "at noon"),
        ("400 messages per minute", "400 messages per second"),
        ("two months", "two weeks"),
        ("3pm", "4pm"),
        ("30 cents", "$30"),
        ("at 7 pm", "at 07:00"),
        ("from 3 to 7 pm", "from 16:00 to 19:00"),
        ("$50", "$75"),
        ("75 euros", "$75"),
        ("90 days", "nine days"),
        ("25%", "50%"),
        ("thirty-one days", "thirty days"),
        ("three quarters of an hour", "30 minutes"),
        ("199 100 $", "$191,900"),
        ("9 working days", "80 hours"),
        ("10 hours", "80 days"),
        ("5 0000 \u20ac", "\u20ac50,000"),
    ],
)
def test_another_amount_or_unit_is_not_held(sentence: str, page: str) -> None:
    on_page = quantities(page)

    assert not all(is_held(amount, on_page) for amount in quantities(sentence))


def test_a_name_with_digits_is_no_number() -> None:
    assert quantities("18F runs S3 on a h264 box") == ()


def test_a_count_of_the_writers_own_needs_no_page() -> None:
    (amount,) = quantities("two people have to sign")

    assert is_held(amount, [])


@given(st.text(alphabet="0123456789.,:' aphkM%$-\u00a0\u202fdzthalfnu", max_size=200))
def test_any_text_can_be_read_for_quantities(text: str) -> None:
    assert all(amount.values for amount in quantities(text))


def test_a_row_of_numbers_is_no_number_however_long_it_is() -> None:
    longest = max(value for amount in quantities("100 " * 2_000) for value in amount.values)

    assert longest < 10**13
