"""The words that a question and a passage share."""

from __future__ import annotations

import pytest

from footnote_bot.bot.answering.words.shared_words import QueryTerms


def test_a_question_in_another_script_is_compared_by_pairs_of_characters() -> None:
    has = QueryTerms("東京都庁勤務時間").within("場所\n東京都庁勤務の規則。")

    assert {"東京", "京都", "都庁"} <= has.stems


@pytest.mark.parametrize("many", [9, 2_000])
def test_a_question_of_many_words_is_compared_too(many: int) -> None:
    question = " ".join(f"word{number}" for number in range(many))
    has = QueryTerms(question).within("Path\nThen word7 word8. And word1.")

    assert has.stems == {"word7", "word8", "word1"}
    assert ("word7", "word8") in has.pairs
    assert {"word7", "word8"} in has.sentences
