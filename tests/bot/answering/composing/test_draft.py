"""The draft of an answer."""

from __future__ import annotations

import pytest

from bot.answering.composing.claims import Flaw, claim
from bot.answering.composing.draft import Draft
from bot.answering.composing.sentences import Sentence, Sentences
from tests.timing import seconds_of

SECONDS = 1.5


@pytest.mark.parametrize("seed", ["__a ", "`a ``b ", "\u00aba \u00bbb ", "**a b "])
def test_a_sentence_that_never_ends_is_left_out_in_no_time(seed: str) -> None:
    """Parsed as a whole, some of these took a minute."""
    endless = Sentence((seed * 40_000)[:40_000])

    assert Draft([], "How long is leave?").take(endless).flaw is Flaw.UNSUPPORTED
    took = seconds_of(lambda: Draft([], "How long is leave?").take(endless), SECONDS)
    assert took < SECONDS


@pytest.mark.parametrize("seed", ["[1]", "e.g. ", "1.2.3.", '"'])
def test_a_stream_without_the_end_of_a_sentence_is_read_in_no_time(seed: str) -> None:
    """To look for an end at each piece took minutes."""
    pieces = [(seed * 4)[:4]] * 2_500

    def read_all() -> None:
        sentences = Sentences()
        for piece in pieces:
            list(sentences.add(piece))
        list(sentences.end())

    assert seconds_of(read_all, SECONDS) < SECONDS


@pytest.mark.parametrize(
    "mark",
    [
        "[1]",
        "[^1]",
        "[[1]]",
        "[ 1 ]",
        "[passage 1]",
        "[Source: 1]",
        "\u30101\u3011",
        "\u30101\u2020L1-L2\u3011",
    ],
)
def test_a_footnote_in_any_form_is_no_part_of_the_sentence(mark: str) -> None:
    sentences = Sentences()
    read = [*sentences.add(f"Leave is 30 days. {mark} Ask first{mark}."), *sentences.end()]
    claims = [claim(one) for one in read]

    assert [(one.text, one.cited) for one in claims] == [
        ("Leave is 30 days.", (1,)),
        ("Ask first.", (1,)),
    ]


def test_brackets_in_code_are_no_footnote() -> None:
    found = claim(Sentence("Use `args[0]` and `[0-9]` [2-3]."))

    assert (found.codes, found.cited) == (("args[0]", "[0-9]"), (2, 3))
