"""The draft of an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.checking.claims import Flaw, claim
from bot.answering.composing.draft import Draft
from bot.answering.words.sentences import Sentence, Sentences
from indexers.model import OPEN, Passage
from tests.timing import seconds_of

SECONDS = 1.5


@pytest.mark.parametrize("seed", ["__a ", "`a ``b ", "\u00aba \u00bbb ", "**a b "])
def test_a_sentence_that_never_ends_is_left_out_in_no_time(seed: str) -> None:
    """Some of these took a minute when they were parsed as a whole."""
    endless = Sentence((seed * 40_000)[:40_000])

    assert Draft([], "How long is leave?").take(endless).flaw is Flaw.UNSUPPORTED
    took = seconds_of(lambda: Draft([], "How long is leave?").take(endless), SECONDS)
    assert took < SECONDS


@pytest.mark.parametrize("seed", ["[1]", "e.g. ", "1.2.3.", '"'])
def test_a_stream_without_the_end_of_a_sentence_is_read_in_no_time(seed: str) -> None:
    """It took minutes to look for the end of a sentence after each piece."""
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
    split = [*sentences.add(f"Leave is 30 days. {mark} Ask first{mark}."), *sentences.end()]
    claims = [claim(sentence) for sentence in split]

    assert [(cited_claim.text, cited_claim.cited) for cited_claim in claims] == [
        ("Leave is 30 days.", (1,)),
        ("Ask first.", (1,)),
    ]


def test_brackets_in_code_are_no_footnote() -> None:
    code_claim = claim(Sentence("Use `args[0]` and `[0-9]` [2-3]."))

    assert (code_claim.codes, code_claim.cited) == (("args[0]", "[0-9]"), (2, 3))


def test_a_sentence_is_not_cut_behind_the_initial_of_a_name() -> None:
    sentences = Sentences()
    text = "The head of the yard (P. Lind) signs [1]. Ask J. Roth first [1]."

    assert [sentence.text for sentence in [*sentences.add(text), *sentences.end()]] == [
        "The head of the yard (P. Lind) signs [1].",
        "Ask J. Roth first [1].",
    ]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_sentence_is_not_cut_behind_a_word_that_is_cut_short(size: int) -> None:
    text = "The lift carries max. four people [1]. Wait approx. 10 min. Then call [1]."
    sentences = Sentences()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    split = [sentence for piece in pieces for sentence in sentences.add(piece)]

    assert [sentence.text for sentence in [*split, *sentences.end()]] == [
        "The lift carries max. four people [1].",
        "Wait approx. 10 min.",
        "Then call [1].",
    ]


FEES = Passage("w", "p", "", 0, "Prices", ("Gym",), "", "The fee is 30 euros.", "", OPEN)
POOL = Passage("w", "p", "", 1, "Prices", ("Pool",), "", "The fee is 50 euros.", "", OPEN)


@pytest.mark.parametrize(("cited", "verified"), [(1, True), (2, False)])
def test_another_section_of_the_cited_page_does_not_verify(cited: int, verified: bool) -> None:
    """It may be about another thing: the fee of the gym is not the fee of the pool."""
    draft = Draft([FEES, POOL], "What does it cost?")

    assert draft.take(Sentence(f"The fee is 30 euros [{cited}].")).unclear is not verified


@pytest.mark.parametrize(("cited", "verified"), [(1, True), (2, False)])
def test_an_answer_without_a_subject_is_about_what_is_asked(cited: int, verified: bool) -> None:
    lost = replace(FEES, title="Lost keys", text="Tell the guard within 3 days of the loss.")
    late = replace(POOL, title="Late keys", text="Bring them within 9 days of the day.")
    draft = Draft([lost, late], "When do I report a lost key to the guard?")
    texts = ("Within 3 days of the loss", "Within 9 days of the day")

    assert draft.take(Sentence(f"{texts[cited - 1]} [{cited}].")).unclear is not verified


@pytest.mark.parametrize("seed", ["(P. ", "a (b) ", "1, "])
def test_a_page_of_tiny_sentences_is_compared_in_no_time(seed: str) -> None:
    text = (seed * 1_500)[:1_500]
    page = replace(FEES, text=text)

    def take() -> None:
        Draft([page], "a?").take(Sentence(f"{text} [1]."))

    assert seconds_of(take, SECONDS) < SECONDS


@pytest.mark.parametrize(
    ("denial", "flaw"),
    [
        ("The page does not mention a fee in China", None),
        ("The page does not mention a fee in China; the fee is 30 euros", None),
        ("The page does not mention a fee; in China the fee is 30 euros", Flaw.NAME),
        ("The page does not mention a fee in #china", Flaw.NAME),
        ("The fee is 30 euros in China", Flaw.NAME),
    ],
)
def test_a_denial_may_name_what_no_page_names(denial: str, flaw: Flaw | None) -> None:
    drafted = Draft([FEES], "What does it cost?").take(Sentence(f"{denial} [1]."))

    assert drafted.flaw is flaw
