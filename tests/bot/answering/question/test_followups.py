"""Earlier messages count in the search, but less than the question."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.question import followups
from footnote_bot.bot.answering.question.followups import (
    Context,
    blended,
    contexts,
    previous_question,
)
from footnote_bot.bot.answering.reranking.reranking import with_previous
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval, by_page, merged
from footnote_bot.bot.model import Question, Role, Turn
from footnote_bot.indexers.model import EVERYONE, OPEN, Hit, Passage, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex

READER = Principal.of(EVERYONE)


def asker_turn(text: str) -> Turn:
    return Turn(Role.ASKER, text)


def bot_turn(text: str) -> Turn:
    return Turn(Role.BOT, text)


def passage(page: str, text: str) -> Passage:
    return Passage(
        "w", page, "1", 0, page, (), f"https://wiki.example.com/{page}", text, text, OPEN
    )


def test_a_follow_up_is_read_after_the_question_before_it() -> None:
    history = (asker_turn("How long is  leave?"), bot_turn("Twelve weeks."))
    question = Question("And for contractors?", READER, history=history)

    assert previous_question(history) == "How long is leave?"
    assert with_previous(question) == "How long is leave? And for contractors?"


def test_a_question_that_a_model_made_standalone_is_read_alone() -> None:
    history = (asker_turn("How long is leave?"),)
    question = Question(
        "And for them?", READER, history=history, standalone="How long is leave for contractors?"
    )

    assert with_previous(question) == "How long is leave for contractors?"


@pytest.mark.parametrize("reply", texts.SILENT)
def test_a_reply_that_found_nothing_is_not_searched_with(reply: str) -> None:
    history = (asker_turn("How long is leave?"), bot_turn(f"{reply} The nearest: Leave"))

    assert contexts(history) == [Context("How long is leave?", 0.35)]


def test_the_previous_and_the_first_turn_and_the_last_reply_count() -> None:
    history = [
        asker_turn("Leave?"),
        bot_turn("Thirty days."),
        asker_turn("Illness?"),
        bot_turn("A note."),
    ]

    assert contexts(history) == [
        Context("Illness?", followups.PREVIOUS),
        Context("Leave?", followups.FIRST),
        Context("A note.", followups.REPLY),
    ]


def test_the_same_words_are_searched_for_once() -> None:
    assert contexts([asker_turn("Leave?")]) == [
        Context("Leave?", followups.PREVIOUS + followups.FIRST)
    ]


def test_what_others_said_and_what_says_nothing_does_not_count() -> None:
    assert contexts([Turn(Role.OTHER, "I like cake."), asker_turn("???"), bot_turn(" ")]) == []


def test_the_weights_of_all_searches_make_one() -> None:
    assert math.isclose(
        followups.ALONE + followups.PREVIOUS + followups.FIRST + followups.REPLY, 1.0
    )


vectors = st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(
    lambda vector: math.hypot(*vector) > 0.1
)


@given(vectors, vectors)
def test_a_blended_meaning_has_unit_length(question: list[float], context: list[float]) -> None:
    unit = [value / math.hypot(*question) for value in question]
    context_unit = [value / math.hypot(*context) for value in context]

    assert math.isclose(math.hypot(*blended(unit, context_unit)), 1.0, abs_tol=1e-6)


def test_a_page_is_worth_what_all_searches_gave_it() -> None:
    one_passage, two_passage = passage("one", "a"), passage("two", "b")
    first = by_page([Hit(one_passage, 1.0, 0.9), Hit(two_passage, 0.5, 0.4)])
    second = by_page([Hit(two_passage, 1.0, 0.8)])
    pages = merged([(first, 0.4), (second, 0.6)])

    assert [(page.page, page.score) for page in pages] == [("two", 0.8), ("one", 0.4)]
    assert pages[0].hits == (Hit(two_passage, 0.5, 0.4),)


def test_a_follow_up_finds_the_page_that_the_conversation_is_about() -> None:
    index, embedder = ListIndex(), WordEmbedder()
    pages = [
        passage("parental", "parental leave for contractors is six weeks"),
        passage("badges", "and for contractors badges are yellow"),
    ]
    for page in pages:
        index.replace([page], embedder.embed_passages([page.embedded]))
    retrieval = Retrieval(index, embedder)
    reader = Principal.of(EVERYONE)
    words = "and for contractors?"
    without_history = retrieval(Question(words, reader))
    with_history = retrieval(
        Question(words, reader, history=(asker_turn("How long is parental leave?"),))
    )

    assert without_history.pages[0].page == "badges"
    assert with_history.pages[0].page == "parental"
