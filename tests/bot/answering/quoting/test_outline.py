"""A passage's sentences, items and rows, and what introduces each."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting.outline import outline
from indexers.text.prose import plain
from tests.indexers.light_markdown import SECTIONS


def leads_of(text: str) -> dict[str, list[str]]:
    """Return each unit's text with the texts that introduce it."""
    units = outline(text)
    return {unit.text: [units[at].text for at in unit.leads] for unit in units}


@given(SECTIONS)
def test_units_are_the_whole_text_in_order(text: str) -> None:
    units = outline(text)

    assert all(unit.end <= following.start for unit, following in pairwise(units))
    assert " ".join(unit.text for unit in units).split() == plain(text).split()


@given(st.text())
def test_any_text_has_an_outline_and_what_introduces_stands_before(text: str) -> None:
    for at, unit in enumerate(outline(text)):
        assert all(lead < at for lead in unit.leads)
        assert text[unit.start : unit.end].strip()


def test_an_item_is_introduced_by_the_sentence_above_its_list() -> None:
    text = "Leave is long. You need:\n\n- a lead\n- a form\n\nThat is all."

    assert leads_of(text) == {
        "Leave is long.": [],
        "You need:": [],
        "a lead": ["You need:"],
        "a form": ["You need:"],
        "That is all.": [],
    }


def test_a_nested_item_is_introduced_by_those_that_it_stands_below() -> None:
    text = "Ask early:\n\n- Three weeks for:\n  - conferences\n- Five weeks for:\n  - speeches"

    assert leads_of(text)["conferences"] == ["Ask early:", "Three weeks for:"]
    assert leads_of(text)["speeches"] == ["Ask early:", "Five weeks for:"]


def test_a_sentence_with_an_end_introduces_no_list() -> None:
    assert leads_of("Leave is long and everybody gets it.\n\n- a lead")["a lead"] == []
    assert leads_of("(Leave is long and everybody gets it.)\n\n- a lead")["a lead"] == []


@pytest.mark.parametrize(
    "above",
    [
        "You get leave under one of the following conditions.",
        "Die folgenden Personen bekommen immer Urlaub.",
        "Before you can take any of it you have to do three things",
        "Who gets more of it than all the others?",
        "You have to do three things...",
    ],
)
def test_a_sentence_that_points_asks_or_has_no_end_introduces_its_list(above: str) -> None:
    units = outline(f"Leave is long. {above}\n\n- a lead\n\nThat is all.")

    assert [unit.text for unit in units if unit.introduces] == [above]
    assert leads_of(f"Leave is long. {above}\n\n- a lead")["a lead"] == [above]
    assert leads_of(f"| {above} |\n\n- a lead")["a lead"] == []


def test_a_word_that_opens_a_block_is_no_sentence() -> None:
    text = "Note. It is paid.\n\n- No. We never ask.\n- Breathe.\n\n1. Yes! Go home. Stay there."

    assert [unit.text for unit in outline(text)] == [
        "Note. It is paid.",
        "No. We never ask.",
        "Breathe.",
        "Yes! Go home.",
        "Stay there.",
    ]


def test_a_row_is_introduced_by_its_header() -> None:
    text = "The rates:\n\n| City | Days |\n| --- | --- |\n| Berlin | 30 |"

    assert leads_of(text)["Berlin · 30"] == ["The rates:", "City · Days"]


def test_code_is_introduced_by_what_stands_above_it() -> None:
    text = "List all files tracked\n\n```sh\ngit lfs ls-files\n```"

    assert leads_of(text)["git lfs ls-files"] == ["List all files tracked"]


def test_what_a_short_item_names_introduces_its_further_sentences() -> None:
    text = "- Emails\n  It sends them. At most nine a day."

    assert leads_of(text)["At most nine a day."] == ["Emails"]


def test_a_number_alone_begins_its_item() -> None:
    text = "1. Ask your lead. Be early.\n2. Take leave."

    assert [text[unit.start : unit.end] for unit in outline(text)] == [
        "1. Ask your lead.",
        "Be early.",
        "2. Take leave.",
    ]


def test_a_figure_without_letters_is_an_item_or_the_end_of_its_sentence() -> None:
    text = (
        "The fee is:\n\n- 30 \u20ac\n- For students 20 \u20ac\n\nCall the desk, tel. 0800 123 456."
    )

    assert leads_of(text) == {
        "The fee is:": [],
        "30 \u20ac": ["The fee is:"],
        "For students 20 \u20ac": ["The fee is:"],
        "Call the desk, tel. 0800 123 456.": [],
    }


def test_a_list_of_numbers_is_told() -> None:
    text = "These ports are open:\n\n- 22\n- 443\n"

    assert leads_of(text) == {
        "These ports are open:": [],
        "22": ["These ports are open:"],
        "443": ["These ports are open:"],
    }


def test_a_table_that_continues_has_no_header() -> None:
    text = "| Oslo | 28 |\n| Berlin | 30 |"

    assert leads_of(text) == {"Oslo · 28": [], "Berlin · 30": []}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The host is up. Max. payload 16 kg.", ["The host is up.", "Max. payload 16 kg."]),
        ("It takes approx. 4 hours. We stop.", ["It takes approx. 4 hours.", "We stop."]),
        ("Wait max. 10 min. Then go on.", ["Wait max. 10 min.", "Then go on."]),
        ("This is the max. Then go on.", ["This is the max.", "Then go on."]),
        ("Leave a `.` or a note. Go on.", ["Leave a . or a note.", "Go on."]),
        ("Type `ls .` Then go on.", ["Type ls .", "Then go on."]),
    ],
)
def test_no_sentence_ends_with_a_word_that_is_cut_short(text: str, sentences: list[str]) -> None:
    assert [unit.text for unit in outline(text)] == sentences
