""" "May", "should" and "must" are not exchanged for each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.checking.checking import CheckOutcome
from bot.answering.checking.duties import exchanges_duty
from bot.answering.words.roles import read
from tests.bot.answering.checking.test_relations import decision_on, goes_out, passage

YARD = "Drivers must wear a badge in the yard. Visitors may park behind the house."
DOOR = "Staff should lock the door at night."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (YARD, "Drivers must wear a badge in the yard."),
        (YARD, "Drivers have to wear a badge in the yard."),
        (YARD, "Visitors can park behind the house."),
        (DOOR, "You should lock the door at night."),
        ("Teams are required to publish minutes.", "Teams must publish minutes."),
        ("You need to sign the form.", "You must sign the form."),
    ],
)
def test_the_same_duty_in_another_word_goes_out(text: str, sentence: str) -> None:
    assert goes_out(sentence, passage(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (YARD, "Drivers may wear a badge in the yard."),
        (YARD, "Drivers should wear a badge in the yard."),
        (YARD, "Visitors should park behind the house."),
        (YARD, "Visitors must park behind the house."),
        (DOOR, "Staff may lock the door at night."),
        (DOOR, "Staff must lock the door at night."),
        ("Teams are required to publish minutes.", "Teams may publish minutes."),
        ("You need to sign the form.", "You may sign the form."),
        ("It is recommended to lock the door.", "It is required to lock the door."),
    ],
)
def test_a_different_duty_does_not_go_out(text: str, sentence: str) -> None:
    assert not goes_out(sentence, passage(text))


@pytest.mark.parametrize(
    ("text", "sentence", "decision"),
    [
        ("Sign the form on paper.", "You must sign the form on paper.", CheckOutcome.UNCLEAR),
        (DOOR, "Staff must lock the door at night.", CheckOutcome.CONTRADICTED),
        ("Please do not feed the cat.", "You must not feed the cat.", CheckOutcome.UNCLEAR),
    ],
)
def test_an_order_told_as_a_duty_is_unclear_and_advice_told_as_one_is_left_out(
    text: str, sentence: str, decision: CheckOutcome
) -> None:
    assert decision_on(sentence, passage(text)) is decision


@given(st.text("maymust should to wear. not\n", max_size=60))
def test_no_text_exchanges_a_duty_of_itself(text: str) -> None:
    assert not exchanges_duty(read(text), read(text), ())
