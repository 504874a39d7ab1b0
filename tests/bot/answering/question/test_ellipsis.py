"""A short follow-up is asked as the question before, about the thing that it names."""

from __future__ import annotations

import time

import pytest

from bot.answering.question.ellipsis import completed
from bot.answering.retrieval.retrieval import Retrieval
from bot.model import Question, Role, Turn
from indexers.model import EVERYONE, Principal
from indexers.ports import Vector
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex

READER = Principal.of(EVERYONE)
_KINDS = (
    {"laptop", "phone"},
    {"interns", "contractors"},
    {"munich", "berlin"},
    {"annual leave", "sick leave", "leave"},
    {"servers", "databases"},
    {"overtime", "credit hours"},
    {"public", "private"},
    {"mondays", "weekends"},
)


def embed(text: str) -> Vector:
    """Return the same vector for things of one kind, and orthogonal ones otherwise."""
    kinds = [float(text.casefold() in kind) for kind in _KINDS]
    return (*kinds, float(not any(kinds)), 0.0)


def embed_alone(text: str) -> Vector:
    """Return orthogonal vectors for a thing of no kind and all others."""
    *kinds, other, _ = embed(text)
    return (*kinds, 0.0, other) if text.startswith(("dog", "Go")) else (*kinds, other, 0.0)


def question(text: str, *before: str) -> Question:
    return Question(text, READER, history=tuple(Turn(Role.ASKER, turn) for turn in before))


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        (
            "My laptop was stolen, what now?",
            "And a phone?",
            "My phone was stolen, what now?",
        ),
        (
            "How long is parental leave in Munich?",
            "and in Berlin?",
            "How long is parental leave in Berlin?",
        ),
        (
            "Can interns work from abroad?",
            "What about contractors?",
            "Can contractors work from abroad?",
        ),
        (
            "How often are the servers patched?",
            "and the databases?",
            "How often are the databases patched?",
        ),
        (
            "Can I get overtime on a standard schedule?",
            "and credit hours?",
            "Can I get credit hours on a standard schedule?",
        ),
        (
            "How many days of annual leave do I earn?",
            "and sick leave?",
            "How many days of sick leave do I earn?",
        ),
        (
            "Where do we host private repositories?",
            "and public ones?",
            "Where do we host public repositories?",
        ),
        (
            "When is the canteen open on Mondays?",
            "even on weekends?",
            "When is the canteen open on weekends?",
        ),
    ],
)
def test_the_thing_nearest_in_meaning_is_replaced(before: str, text: str, whole: str) -> None:
    assert completed(question(text, before), embed) == whole


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        # A name after the same preposition, although the model knows neither.
        (
            "Which guide do we follow for Python?",
            "and for Go?",
            "Which guide do we follow for Go?",
        ),
        # "Of" adds no condition.
        (
            "What are the goals of the retro?",
            "and of the dog walk?",
            "What are the goals of the dog walk?",
        ),
        # A condition of another kind is added.
        (
            "How long is leave in Munich?",
            "and for dog owners?",
            "How long is leave in Munich for dog owners?",
        ),
        (
            "How long is leave?",
            "And if I fall ill?",
            "How long is leave if I fall ill?",
        ),
    ],
)
def test_the_form_of_a_follow_up_tells_where_its_words_belong(
    before: str, text: str, whole: str
) -> None:
    assert completed(question(text, before), embed_alone) == whole


@pytest.mark.parametrize(
    ("before", "text"),
    [
        # Nothing there is like a dog.
        ("Can interns work from abroad?", "What about dogs?"),
        # They are questions of their own.
        ("Can interns work from abroad?", "Where can contractors work?"),
        ("My laptop was stolen, what now?", "What if I lose my phone?"),
        ("My laptop was stolen, what now?", "And who pays for a phone?"),
        # They are told only from the thing before them.
        ("What is the bonus of level 5?", "And for the next one?"),
        ("What is the bonus of level 5?", "and of the previous level?"),
        # "It" may be any of several things.
        ("What is deploy access?", "Who grants it?"),
        # Not English, so that articles and verbs are not known.
        ("Wo arbeiten Interns in Munich?", "Und Contractors?"),
        ("My laptop was stolen" + " today" * 40, "And a phone?"),
    ],
)
def test_what_may_stand_for_something_else_is_left_as_it_is(before: str, text: str) -> None:
    assert completed(question(text, before), embed_alone) == ""


def test_the_second_of_two_follow_ups_stands_for_the_first_question() -> None:
    asked = question("and contractors?", "Can interns work from abroad?", "and in Berlin?")

    assert completed(asked, embed) == "Can contractors work from abroad?"


def test_a_completed_follow_up_needs_no_history_for_its_search() -> None:
    retrieval = Retrieval(ListIndex(), WordEmbedder())
    asked = question("and sick leave?", "How long is annual leave?")

    whole = retrieval.completed(asked)

    assert (whole.text, whole.history) == ("How long is sick leave?", ())
    by_model = Question(asked.text, READER, history=asked.history, standalone="Sick leave?")
    assert retrieval.completed(by_model) is by_model


def test_a_long_question_before_takes_a_bounded_number_of_embeddings() -> None:
    embedded: list[str] = []

    def counting(text: str) -> Vector:
        embedded.append(text)
        return embed(text)

    _ = completed(question("and the public one?", "the " + "a1 b2 c3 d4 e5 " * 12), counting)

    assert 1 < len(embedded) <= 25


@pytest.mark.parametrize(
    "text", ["and " * 5000, "and a" + " x" * 20000, "a" * 100_000, "even " * 9]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()

    for before in ("How long is leave?", text):
        _ = completed(question(text, before), embed)

    assert time.process_time() - started < 1.0
