"""Words are compared by their stems."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.words.stems import (
    Weights,
    by_sentence,
    count,
    stems,
    stems_in_order,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Holidays, holiday!", ["holid", "holid"]),
        ("ERR-1234 in 2024a", ["err", "1234", "in", "2024a"]),
        ("Überstunde", ["üb", "be", "er", "rs", "st", "tu", "un", "nd", "de"]),
        ("休假多久", ["休假多久"]),
        ("我们的休假规定", ["我们", "们的", "的休", "休假", "假规", "规定"]),
        ("?!", []),
    ],
)
def test_a_word_is_its_beginning_a_name_is_whole(text: str, expected: list[str]) -> None:
    assert stems_in_order(text) == expected


def test_a_sentence_ends_with_its_mark_or_its_line() -> None:
    text = "Leave is long. Is v1.2 out?\nRow one\n请假。休假"

    assert list(by_sentence(text)) == [
        ["leave", "is", "long"],
        ["is", "v1", "2", "out"],
        ["row", "one"],
        ["请假"],
        ["休假"],
    ]


@given(st.text())
def test_the_sentences_hold_the_words_of_the_text(text: str) -> None:
    assert [stem for sentence in by_sentence(text) for stem in sentence] == stems_in_order(text)


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_as_many_stems_are_counted_as_there_are(text: str) -> None:
    assert count(text) == len(stems_in_order(text))


@given(st.text(st.characters(max_codepoint=127)))
def test_a_stem_of_ascii_does_not_depend_on_other_characters(text: str) -> None:
    """ASCII alone is split in another way."""
    assert [*stems_in_order(text), "\u5e74"] == stems_in_order(f"{text} \u5e74")


def test_a_rare_word_weighs_more_than_a_common_one_and_an_unknown_one_most() -> None:
    weigh = Weights(map(stems, ["leave is long", "leave is paid", "leave abroad"]))

    assert 0 < weigh("leave") < weigh("long") < weigh("zebra")


@pytest.mark.parametrize(
    ("text", "common"),
    [
        ("Reimbursement, reimbursed!", {"reimb"}),
        ("ERR_42 and foo-bar", {"err", "42", "and", "foo", "bar"}),
        ("STRASSE straße", {"stras"}),
        ("FY2026 isn't FY2027", {"fy2026", "isn", "t", "fy2027"}),
        ("où", {"où"}),
        ("休暇は何日ですか", {"休暇", "暇は", "は何", "何日", "日で", "です", "すか"}),
        ("😀 … -", set()),
    ],
)
def test_words_are_compared_by_their_stems(text: str, common: set[str]) -> None:
    assert stems(text) == common
