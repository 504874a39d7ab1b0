"""Questions whose words are all in one sentence of a page."""

from __future__ import annotations

import pytest

from bot.answering.deciding.worded import has_all_words
from indexers.model import Hit
from tests.fakes.passages import passages

PAGES = (
    "Order in SAP (transaction ME51N) or by mail. Ada owns the shop.",
    "Customers restore a site 3 times a day.",
    "We work every week. The sky is blue.",
    "Every week is long.",
    "A week has days.",
    "Each week we meet.",
)


@pytest.mark.parametrize(
    ("question", "first", "expected"),
    [
        ("what is ME51N?", 0, True),
        ("what does ME51N mean?", 0, True),
        ("who is Ada", 0, True),
        ("how do I get the ME51N transaction", 0, True),
        ("who is Bob", 0, False),
        ("what is the shop?", 0, False),
        ("is ME51N Ada's?", 0, False),
        ("what is ME51N?", 1, False),
        ("what happens on day 3", 1, False),
        ("what is a week?", 2, False),
        ("what is it?", 0, False),
        ("", 0, False),
    ],
)
def test_a_rare_word_and_all_others_that_tell_the_topic_are_in_a_sentence(
    question: str, first: int, expected: bool
) -> None:
    texts = (PAGES[first], *PAGES[:first], *PAGES[first + 1 :])
    hits = [
        Hit(passage, 1.0, 0.5, 0.5)
        for number, text in enumerate(texts)
        for passage in passages(f"page{number}", text)
    ]

    assert has_all_words(question, hits) is expected
