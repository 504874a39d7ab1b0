"""Titles say what a passage is about, and are no evidence for what it says."""

from __future__ import annotations

import pytest

from bot.answering.checking.checking import CheckOutcome, Shown, check
from bot.answering.checking.claims import claim
from bot.answering.checking.ground import Ground
from bot.answering.words.sentences import Sentence
from indexers.model import OPEN, Passage


def decision_on(text: str, sentence: str, *headings: str) -> CheckOutcome:
    ground = Ground(Passage("w", "p", "", 0, "House rules", headings, "", text, "", OPEN))
    return check(claim(Sentence(sentence)), [ground], (), Shown("", [ground])).decision


@pytest.mark.parametrize(
    ("heading", "text", "sentence"),
    [
        ("Parking bikes in the garage", "Ask the desk for a form.", "Bikes park in the garage."),
        ("Can I keep my badge?", "Bring your badge to the desk.", "You can keep your badge."),
        (
            "Kitchen",
            "After five minutes the floor manager is called.",
            "After five minutes the kitchen manager is called.",
        ),
        (
            "Porters",
            "Porters work at night. After five minutes the on-call guard is rung.",
            "After five minutes the on-call porter is rung.",
        ),
    ],
)
def test_what_only_a_title_says_does_not_go_out(heading: str, text: str, sentence: str) -> None:
    assert decision_on(text, sentence, heading) is not CheckOutcome.SUPPORTED


@pytest.mark.parametrize(
    ("heading", "sentence", "decision"),
    [
        ("2022 version (no longer valid)", "Overtime is 10 hours.", CheckOutcome.UNCLEAR),
        ("Deprecated rules", "Overtime is 10 hours.", CheckOutcome.UNCLEAR),
        ("2022 version (no longer valid)", "Overtime was 10 hours.", CheckOutcome.SUPPORTED),
        ("Current rules", "Overtime is 10 hours.", CheckOutcome.SUPPORTED),
    ],
)
def test_what_a_title_calls_outdated_does_not_hold_today(
    heading: str, sentence: str, decision: CheckOutcome
) -> None:
    assert decision_on("Overtime is 10 hours.", sentence, heading) is decision


@pytest.mark.parametrize(
    ("heading", "text", "sentence"),
    [
        ("Travel costs", "They are repaid within 30 days.", "Travel costs are repaid in 30 days."),
        ("Annual leave", "Employees get 30 days.", "Annual leave: employees get 30 days."),
        ("Annual leave", "Requests need a form.", "Annual leave requests need a form."),
        (
            "When does my badge end?",
            "On your last day, at noon.",
            "Your badge ends on your last day at noon.",
        ),
        ("Can I keep my badge?", "You can keep your badge.", "You can keep your badge."),
    ],
)
def test_what_a_passage_is_about_may_be_taken_from_its_titles(
    heading: str, text: str, sentence: str
) -> None:
    assert decision_on(text, sentence, heading) is CheckOutcome.SUPPORTED
