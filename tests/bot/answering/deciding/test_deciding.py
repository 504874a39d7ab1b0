"""Three tones: an answer, the closest quotation found, silence."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import Any

import pytest

from bot.answering.deciding.confidence import Confidence, Curve
from bot.answering.quoting.quoting import Quoting
from bot.answering.reranking.blending import blended
from bot.answering.reranking.reranking import Reranking
from bot.model import Answer, NoAnswer, Question, Reason, Tone, named
from bot.texts import THE_CLOSEST
from indexers.model import EVERYONE, Principal
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

WRITTEN = [
    *passages("leave", "Parental leave is twelve weeks long."),
    *passages("travel", "Travel is booked by the office."),
    *passages("pay", "Parental pay is that of a working week."),
    *passages("hosts", "Host web-12 has the address 10.0.0.12."),
]


def answering(chance: float, **changes: Any) -> Answerer:
    """Return an answerer that gives every question the same ``chance`` of a right answer."""
    constant = Confidence(bias=chance, closest=0.0, words=0.0, pairs=0.0)
    retrieval = retrieval_over(WRITTEN)
    answerer = Answerer(retrieval, constant, ("handbook",), clock=TickingClock())
    return replace(answerer, **changes)


def ask(answerer: Answerer, text: str) -> Any:
    return answerer.answer(Question(text, Principal.of(EVERYONE)))


@pytest.mark.parametrize(
    ("logit", "tone"), [(0.1, Tone.ANSWER), (-0.1, Tone.CLOSEST), (-9.0, Tone.SILENCE)]
)
def test_the_chance_of_being_right_sets_the_tone(logit: float, tone: Tone) -> None:
    result = ask(answering(logit), "how long is parental leave?")

    assert (result.tone if isinstance(result, Answer) else Tone.SILENCE) is tone


@pytest.mark.parametrize(("sentence", "tone"), [(2.0, Tone.ANSWER), (-2.0, Tone.CLOSEST)])
def test_what_is_quoted_sets_the_tone_if_a_cross_encoder_read_it(
    sentence: float, tone: Tone
) -> None:
    sure = Curve(9.0, 0.0, 0.0, 0.0)
    by_sentence = Curve(0.0, 0.0, 0.0, 0.0, sentence=1.0)
    confidence = Confidence(read=sure, shown=by_sentence)
    reading = Reranking(
        lambda _question, passages: [5.0] * len(passages), seconds=60, order=blended
    )
    answerer = answering(
        0.0,
        confidence=confidence,
        rerank=reading,
        quoting=Quoting(lambda _question, texts: [sentence] * len(texts)),
    )
    result = ask(answerer, "how long is parental leave?")

    assert result.tone is tone
    assert result.confidence == pytest.approx(1 / (1 + exp(-sentence)))


def test_a_page_that_names_a_word_is_shown_as_the_closest_however_small_the_chance() -> None:
    pages = passages("parts", "Order in SAP (transaction ME51N). We like it.")
    answerer = answering(-9.0, retrieval=retrieval_over(pages))

    closest = ask(answerer, "what is ME51N?")
    assert closest.tone is Tone.CLOSEST
    assert "ME51N" in closest.text
    assert "has all words" in answerer.why(Question("what is ME51N?", Principal.of(EVERYONE))).rule
    assert isinstance(ask(answerer, "what is ME52N?"), NoAnswer)


def test_what_is_said_of_another_code_than_the_missing_one_is_not_in_bold() -> None:
    pages = passages("parts", "The part 4711-01 costs 5. It is red. We like it.")
    answerer = answering(9.0, retrieval=retrieval_over(pages))

    assert ask(answerer, "what does part 4711-01 cost?").text.startswith("**The part 4711-01")
    closest = ask(answerer, "what does part 4711-02 cost?").text
    assert f"{THE_CLOSEST}\n\nThe part 4711-01 costs 5." in closest


def test_the_closest_is_one_quotation_and_names_the_nearest_other_pages() -> None:
    result = ask(answering(-0.1), "how long is parental leave and parental pay?")

    assert result.text.startswith(f"{THE_CLOSEST}\n\nParental")
    assert len(result.sources) == 1
    assert "[1]" in result.text
    assert "[2]" not in result.text
    assert result.nearest
    assert all(source.quote == "" for source in result.nearest)
    assert result.sources[0].page not in {source.page for source in result.nearest}
    assert named(result) == (*result.sources, *result.nearest)


def test_an_answer_names_no_other_pages() -> None:
    result = ask(answering(0.1), "how long is parental leave?")

    assert (result.nearest, THE_CLOSEST in result.text) == ((), False)


def test_silence_names_the_nearest_pages() -> None:
    result = ask(answering(-9.0), "how long is parental leave?")

    assert result.reason is Reason.NOTHING_FITS
    assert result.nearest[0].page == "leave"


def test_a_thing_that_the_wiki_does_not_have_is_told_and_not_answered_with_its_neighbours() -> None:
    result = ask(answering(9.0), "what address has host web-99?")

    assert isinstance(result, NoAnswer)
    assert result.text == "I found nothing about web-99. The pages tell of web-12."
    assert result.nearest[0].page == "hosts"


def test_what_names_not_the_thing_that_was_asked_for_is_told_as_the_closest() -> None:
    question = Question("who pays for parental leave at level 9?", Principal.of(EVERYONE))
    result = answering(9.0).answer(question)

    assert isinstance(result, Answer)
    assert result.tone is Tone.CLOSEST
    assert result.text.startswith(f"I found no page that names level 9.\n\n{THE_CLOSEST}\n\n")
    assert "No passage that was found names level 9" in answering(9.0).why(question).rule


def test_a_pronoun_is_no_number_that_must_be_named() -> None:
    result = ask(answering(9.0), "I had parental leave, may I take one more?")

    assert result.tone is Tone.ANSWER


def test_what_decided_is_told_as_it_was() -> None:
    question = Question("how long is parental leave?", Principal.of(EVERYONE))
    absent = Question("what address has host web-99?", Principal.of(EVERYONE))
    rules = {logit: answering(logit).why(question).rule for logit in (0.1, -0.1, -9.0)}

    assert "so it is answered" in rules[0.1]
    assert "so the closest is shown" in rules[-0.1]
    assert "so it is not answered" in rules[-9.0]
    assert "tell of others like web-99, and not of it" in answering(9.0).why(absent).rule
    # Nobody checked again whether the asker may still read these pages.
    assert "web-12" not in answering(9.0).why(absent).rule
    assert "No cross-encoder read the passages" in rules[0.1]


def test_where_no_cross_encoder_read_the_passages_silence_begins_elsewhere() -> None:
    answerer = answering(-2.0, min_confidence=0.01, min_unread=0.3)

    assert isinstance(ask(answerer, "how long is parental leave?"), NoAnswer)
