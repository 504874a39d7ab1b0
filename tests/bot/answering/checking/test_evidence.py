"""Words that a model copied are found in the text as it was shown, marks and white space apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.checking.evidence import Evidence, Place, ShownPassage, locate
from footnote_bot.bot.answering.llm.prompt import LinkNumbers, as_read
from footnote_bot.indexers.text.prose import blocks
from tests.fakes.passages import passages
from tests.timing import seconds_of

(PASSAGE,) = passages(
    "leave",
    "Ask [your lead](https://wiki.example.com/lead) **first**, then `HR`.\n\n- One:  a day\n- Two"
    "\n\n| Kind | Days |\n| --- | --- |\n| Sick \\| ill | 30 |\n\n1. Open a ticket.\n2. Wait.",
)
SHOWN = ShownPassage(PASSAGE)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ask your lead first,", "Ask [your lead](https://wiki.example.com/lead) **first**,"),
        ("ask [your lead](L1) first", "Ask [your lead](https://wiki.example.com/lead) **first"),
        ("your lead", "[your lead](https://wiki.example.com/lead)"),
        ("HR", "`HR`"),
        ("\u2022 One: a\nday", "One:  a day"),
        ("\u2022 One: a day\n\u2022 Two", "One:  a day\n- Two"),
        ("Sick | ill \u00b7 30", "Sick \\| ill | 30"),
        (
            "Kind \u00b7 Days\nSick | ill \u00b7 30",
            "Kind | Days |\n| --- | --- |\n| Sick \\| ill | 30",
        ),
        ("1. Open a ticket.\n2. Wait.", "Open a ticket.\n2. Wait."),
        (
            "Ask your lead ... HR",
            "Ask [your lead](https://wiki.example.com/lead) **first**, then `HR`",
        ),
    ],
)
def test_words_are_found_as_they_are_shown(words: str, found: str) -> None:
    span = SHOWN.find(words)

    assert span
    assert PASSAGE.text[slice(*span)] == found


@pytest.mark.parametrize("words", ["Ask the lead", "https://wiki.example.com", "HR ... Ask", ""])
def test_other_words_are_not_found(words: str) -> None:
    assert SHOWN.find(words) is None


def test_words_of_a_title_stand_for_the_passage() -> None:
    titled = ShownPassage(replace(PASSAGE, title="Days off", headings=("Sick leave",)))

    assert titled.find("sick leave") == (0, 0)


def test_words_are_looked_for_in_the_passage_that_is_named_and_then_in_every_other() -> None:
    shown = [ShownPassage(each) for each in passages("a", "One day.", "Two days.", "One day.")]

    assert locate(Evidence(3, "one day"), shown) == Place(3, 0, 7)
    assert locate(Evidence(2, "one day"), shown) == Place(1, 0, 7)
    assert locate(Evidence(9, "two days"), shown) == Place(2, 0, 8)
    assert locate(Evidence(1, "three days"), shown) is None


PIECES = st.sampled_from(
    ["word", "Two\n", "- item\n", "\n\n", "1. step\n", "[a](https://b.example/c_d)", "`c`", "> q\n",
     "| a | b |\n| --- | --- |\n| c | d |\n", "```\nx = 1\n```\n", "*", "_", " ", "\u2022", "(",
     "]("]
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_whatever_a_block_is_shown_as_is_found(text: str) -> None:
    (passage,) = passages("page", text)
    shown = ShownPassage(passage)
    for block in blocks(text):
        words = as_read(replace(passage, text=block.text), LinkNumbers()).partition("\n\n")[2]
        if any(map(str.isalnum, words)):
            assert shown.find(words) is not None


def test_a_long_hostile_passage_takes_linear_time() -> None:
    def run() -> None:
        for text in ("[" * 100_000, "](" * 50_000, "> " * 50_000, "`" * 100_000, "|" * 100_000):
            (passage,) = passages("page", text)
            ShownPassage(passage).find("a ... b")

    assert seconds_of(run, 5) <= 5
