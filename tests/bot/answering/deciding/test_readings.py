"""Headings as a person would say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.deciding.readings import LABEL, as_label, as_question


@pytest.mark.parametrize(
    ("heading", "place", "text", "label"),
    [
        ("Sick leave", "", "", "Sick leave"),
        ("Administrative Leave", "", "Such leave is paid.", "Administrative leave"),
        ("Using New Relic", "", "We use New Relic.", "Using New Relic"),
        ("Review Of Secrets", "", "A review is due.", "Review Of Secrets"),
        ("7. Award prep", "", "", "Award prep"),
        ("Step 2 - Update your timesheet", "", "", "Update your timesheet"),
        ("508 - Accessibility", "", "", "Accessibility"),
        ("How do I get access to Concur?", "", "", "Get access to Concur"),
        ("What is a Slack channel?", "", "", "Slack channel"),
        ("Laptop", "Equipment", "", "Laptop (Equipment)"),
        ("Get access to Concur", "Concur", "", "Get access to Concur"),
    ],
)
def test_a_heading_is_said_without_numbers_question_words_and_a_titles_capitals(
    heading: str, place: str, text: str, label: str
) -> None:
    assert as_label(heading, place, text) == label


def test_what_asks_for_it_names_its_page_in_full() -> None:
    assert as_question("2. Laptop", "Equipment", "") == "Laptop (Equipment)"
    assert as_question("Sick leave", "sick leave", "") == "Sick leave"


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=50))
def test_it_is_never_longer_than_a_button_takes(heading: str, place: str, text: str) -> None:
    assert len(as_label(heading, place, text)) <= LABEL
