"""A sentence may not say about all what its passage says about some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.checking.checking import CheckOutcome
from bot.answering.checking.narrowing import leaves_out_what_narrows
from bot.answering.words.roles import read
from tests.bot.answering.checking.test_relations import decision_on, goes_out, passage


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        (
            "For contractors, the limit is 30 days.",
            "The limit is 30 days for contractors.",
            "The limit is 30 days.",
        ),
        (
            "During the first month, notice is two weeks.",
            "During the first month, notice is two weeks.",
            "Notice is two weeks.",
        ),
        (
            "Employees who work nights get a bonus of 200 euros.",
            "Employees who work nights get a bonus of 200 euros.",
            "Employees get a bonus of 200 euros.",
        ),
        (
            "Entry is free for everybody on the first Sunday.",
            "Entry is free for everybody on the first Sunday.",
            "Entry is free for everybody on Sunday.",
        ),
        (
            "Staff in the Lyon office may use the gym.",
            "Staff in the Lyon office can use the gym.",
            "Staff may use the gym.",
        ),
        (
            "Invoices over 500 euros need two signatures.",
            "Invoices of more than 500 euros need two signatures.",
            "Invoices need two signatures.",
        ),
        (
            "A second pilot is needed on flights longer than ten hours.",
            "A second pilot is needed on flights longer than 10 hours.",
            "A second pilot is needed on flights.",
        ),
        (
            "All night nurses get a taxi home.",
            "Every night nurse gets a taxi home.",
            "All nurses get a taxi home.",
        ),
        (
            "Reports filed during the audit are read within 10 days after the audit.",
            "Reports filed during the audit are read within 10 days after the audit.",
            "Reports filed after the audit are read within 10 days after the audit.",
        ),
        (
            "One signature is enough for everyday orders.",
            "For everyday orders one signature is enough.",
            "One signature is enough.",
        ),
        (
            "You may use machines which have been inspected.",
            "You may use machines which have been inspected.",
            "You may use machines.",
        ),
        (
            "Costs are repaid after approval.",
            "After approval, costs are repaid.",
            "Costs are repaid.",
        ),
        (
            "Depending on the site, badges are red or blue.",
            "Badges are red or blue depending on the site.",
            "Badges are red or blue.",
        ),
        (
            "For site plans Quality also audits, which adds two weeks.",
            "For site plans Quality also audits, which adds two weeks.",
            "Quality also audits, which adds two weeks.",
        ),
        (
            "At night the guard has the key.",
            "The guard has the key at night.",
            "The guard has the key.",
        ),
        (
            "Only the guard may open the gate.",
            "Only the guard can open the gate.",
            "The guard may only open the gate.",
        ),
        (
            "The badge works in your own hall only.",
            "The badge works only in your own hall.",
            "Only the badge works in your own hall.",
        ),
        (
            "The fee is waived on the first visit.",
            "On the first visit the fee is waived.",
            "The fee is waived.",
        ),
        ("Most staff work from home.", "Most staff work from home.", "Staff work from home."),
        ("Leave is usually approved.", "Usually leave is approved.", "Leave is approved."),
    ],
)
def test_what_narrows_is_not_left_out(text: str, true: str, false: str) -> None:
    assert goes_out(true, passage(text))
    assert decision_on(false, passage(text)) is CheckOutcome.UNCLEAR


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("In general, badges are blue.", "Badges are blue."),
        ("Lock the door, and take the key of the shed.", "Lock the door."),
        ("The desk opens at nine and closes for lunch at noon.", "The desk opens at nine."),
        ("Badges are paid by the desk within 30 days.", "Badges are paid by the desk."),
        ("Tests run before each merge, and after each deploy.", "Tests run after each deploy."),
    ],
)
def test_what_narrows_nothing_may_be_left_out(text: str, sentence: str) -> None:
    assert goes_out(sentence, passage(text))


def test_what_the_question_asks_about_need_not_be_said_again() -> None:
    page = passage("Staff in the Lyon office may use the gym.")

    assert goes_out("Staff may use the gym.", page, question="Is there a gym at the Lyon office?")


@given(st.text("for all after over 5 who, .\nabc", max_size=60))
def test_no_text_leaves_out_anything_of_itself(text: str) -> None:
    assert not leaves_out_what_narrows(read(text), read(text), frozenset())
