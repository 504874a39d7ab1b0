"""The same limit in other words is no contradiction; a different limit is never verified."""

from __future__ import annotations

import pytest

from bot.answering.checking.checking import CheckOutcome
from tests.bot.answering.checking.test_relations import decision_on, goes_out, passage

ROLES = "Two roles: **cook** (plans, tastes no salt), **waiter** (brings the bill)."
HATS = "Three hats: **cook** (plans), **waiter** (brings the bill every hour), **guest** (does)."
RULES = """\
Two kinds of change need more:

- anything touching payments: one reviewer must be the security buddy
- scripts that can delete something: one reviewer from the platform guild"""
TRAINS = """\
- up to 3 hours: second class, all grades
- over 3 hours: first class from M1, second class for all others"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Exceptions last no longer than 14 days.", "Exceptions last for 14 days at most."),
        ("Not more than 5 people may enter.", "At most 5 people may enter."),
        ("When you leave only the box is wiped.", "If you leave, just the box is wiped."),
        ("At most 5 hours a week, 3 weeks a quarter.", "5 hours a week, only 3 weeks a quarter."),
        ("Do not deploy without approval.", "You can deploy with approval."),
        ("The gate does not open until 9.", "The gate opens at 9."),
        ("Nobody may take leave before June.", "You may take leave from June."),
        ("We no longer accept cash.", "Cash isn't accepted any more."),
        ("A key isn't needed if you have a badge.", "With a badge you don't need a key."),
        ("Costs are not covered above 50 euros.", "Costs are covered up to 50 euros."),
        ("Do not wait longer than 10 minutes.", "Wait 10 minutes at most."),
        ("No dogs unless they are guide dogs.", "Guide dogs are allowed."),
        ("You need no receipt for $75 or less.", "You do not need a receipt under $75."),
        ("Files up to 5 MB are kept.", "Files smaller than 5 MB are kept."),
        ("Trips of 3 hours or more are first class.", "Trips over 3 hours are first class."),
        ("You can swap with a cook of your grade.", "The cook must be of your grade."),
        ("Two checks, one by a cook.", "At least one check by a cook."),
    ],
)
def test_the_same_limit_in_other_words_is_no_contradiction(text: str, sentence: str) -> None:
    assert decision_on(sentence, passage(text)) is not CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Do not deploy without approval.", "You can deploy."),
        ("At most 5 hours a week.", "At least 5 hours a week."),
        ("Sign the form.", "Only sign the form."),
        ("When you leave only the box is wiped.", "If you leave, the box is wiped."),
    ],
)
def test_a_limit_that_is_lost_or_added_does_not_go_out(text: str, sentence: str) -> None:
    assert not goes_out(sentence, passage(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Weigh at least 5 parcels.", "Weigh at most 5 parcels."),
        ("Wash it before lunch.", "Wash it after lunch."),
        ("Sign the first page.", "Sign the last page."),
        ("Staff should lock the door.", "Staff must lock the door."),
        ("Trips of 3 hours or more are first class.", "Trips under 3 hours are first class."),
    ],
)
def test_a_limit_that_is_exchanged_for_its_opposite_is_a_contradiction(
    text: str, sentence: str
) -> None:
    assert decision_on(sentence, passage(text)) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        (ROLES, "The cook plans and tastes no salt.", "The cook plans and tastes salt."),
        (HATS, "The waiter brings the bill every hour.", "The guest brings the bill every hour."),
        (
            RULES,
            "For anything touching payments, one reviewer must be the security buddy.",
            "For scripts that can delete something, one reviewer must be the security buddy.",
        ),
        (
            RULES,
            "Anything touching payments: one reviewer must be the security buddy.",
            "Scripts that can delete something: one reviewer must be the security buddy.",
        ),
        (
            TRAINS,
            "Over 3 hours it is first class from M1 and second class for all others.",
            "Over 3 hours it is second class from M1 and first class for all others.",
        ),
        (
            "For boats, the deadline is 14 days; for cars, 21 days.",
            "For boats, the deadline is 14 days.",
            "For boats, the deadline is 21 days.",
        ),
        (
            "Put it in the tool, then block your calendar.",
            "Put it in the tool, then block your calendar.",
            "Block your calendar, then put it in the tool.",
        ),
        (
            "The fee is paid by the tenant to the owner.",
            "The fee is paid by the tenant to the owner.",
            "The fee is paid to the tenant.",
        ),
    ],
)
def test_a_label_an_order_or_a_way_that_is_exchanged_does_not_go_out(
    text: str, true: str, false: str
) -> None:
    assert goes_out(true, passage(text))
    assert not goes_out(false, passage(text))
