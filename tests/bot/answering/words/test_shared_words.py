"""The shortcut finds the same words of a question in a passage as a full reading."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footnote_bot.bot.answering.words.shared_words import QueryTerms

_WORDS = st.sampled_from(
    ["leave", "leaves", "leaver's", "a", "an", "days", "day", "v2", "leave2", "or", "for", "forum",
     "parent", "parental", "parents2", "x_y", "Überstunden", "naïve", "東京都庁勤務"]
)  # fmt: skip
_BETWEEN = st.sampled_from([" ", ", ", ". ", ".\n", "\n", "? ", "。", " _ ", "-", ""])
_TEXT = st.lists(st.tuples(_WORDS, _BETWEEN), max_size=20).map(
    lambda parts: "".join(word + between for word, between in parts)
)


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


@given(_TEXT.map(_ascii) | st.text(st.characters(codec="ascii"), max_size=60), _TEXT.map(_ascii))
@example("leave or leave", "Leave\nOr leave or. Leave")
@example("a an", "a an")
@example("day", "Path\n\n. . ")
def test_the_shortcut_finds_the_same_words_as_a_full_reading(question: str, passage: str) -> None:
    terms = QueryTerms(question)

    assert terms.within(passage) == terms._read_all(passage) or not terms.stems


def test_a_word_with_accents_is_no_short_word_of_the_question() -> None:
    """A pair of its characters may equal one: `in` is a pair in `Zürinsen`."""
    has = QueryTerms("what is in it").within("Path\nZürinsen überall.")

    assert has.stems == frozenset()


def test_a_question_in_another_script_is_compared_by_pairs_of_characters() -> None:
    has = QueryTerms("東京都庁勤務時間").within("場所\n東京都庁勤務の規則。")

    assert {"東京", "京都", "都庁"} <= has.stems


@pytest.mark.parametrize("many", [39, 41, 2_000])
def test_a_question_of_many_words_is_compared_too(many: int) -> None:
    question = " ".join(f"word{number}" for number in range(many))
    has = QueryTerms(question).within("Path\nThen word7 word8. And word1.")

    assert has.stems == {"word7", "word8", "word1"}
    assert ("word7", "word8") in has.pairs
    assert {"word7", "word8"} in has.sentences
