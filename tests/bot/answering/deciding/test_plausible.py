"""A language model is called only if the passages may be about the question."""

from __future__ import annotations

import pytest

from footnote_bot.bot.answering.deciding.plausible import is_plausible, to_compose_from
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.model import (
    Answer,
    Clarify,
    NoAnswer,
    Question,
    Reading,
    Reason,
    Result,
    Role,
    Source,
    Turn,
)
from footnote_bot.indexers.model import EVERYONE, Hit, Principal
from tests.fakes.passages import passages

READER = Principal.of(EVERYONE)
NOTHING = NoAnswer(Reason.NOTHING_FITS, "I found nothing.", confidence=0.01)
SOURCE = Source("Leave", "", "https://x.example.com", "", "w", "p", "r")


def retrieved_of(text: str, closest: float) -> Retrieved:
    hits = tuple(Hit(passage, 1.0, closest, closest=closest) for passage in passages("leave", text))
    return Retrieved((FoundPage("handbook", "leave", 1.0, hits),), 0.0, 0.0)


NEAR = retrieved_of("Laptops are lent for the time of a contract.", 0.45)
FAR = retrieved_of("Laptops are lent for the time of a contract.", 0.2)


@pytest.mark.parametrize(
    ("text", "retrieved", "plausible"),
    [
        ("how long can I keep a loaner laptop?", NEAR, True),
        ("who was Boleslaw of Masovia?", FAR, False),
        ("for what time are laptops lent?", FAR, True),
        ("who was Boleslaw of Masovia?", Retrieved((), 0.0, 0.0), False),
    ],
)
def test_passages_may_be_about_a_question_by_meaning_or_by_words(
    text: str, retrieved: Retrieved, plausible: bool
) -> None:
    assert is_plausible(Question(text, READER), retrieved) is plausible


def test_a_follow_up_is_read_with_what_it_follows() -> None:
    history = (Turn(Role.ASKER, "for what time are laptops lent?"),)

    nearer = retrieved_of("Laptops are lent for the time of a contract.", 0.3)

    assert is_plausible(Question("and for us?", READER, history=history), nearer)
    assert not is_plausible(Question("and for us?", READER), nearer)


@pytest.mark.parametrize(
    "quoted",
    [
        NoAnswer(Reason.NOTHING_INDEXED, "Nothing is indexed."),
        Clarify("Which?", (Reading("a", "a?", SOURCE),)),
    ],
)
def test_no_model_is_asked_where_there_is_nothing_to_read_or_a_question_came_back(
    quoted: Result,
) -> None:
    question = Question("for what time are laptops lent?", READER)

    assert to_compose_from(question, NEAR, quoted) is None


def test_where_quoting_refuses_the_model_is_asked_if_it_is_plausible() -> None:
    question = Question("how long can I keep a loaner laptop?", READER)
    basis = to_compose_from(question, NEAR, NOTHING)

    assert basis == Answer("", (), 0.01)
    assert to_compose_from(question, FAR, NOTHING) is None
