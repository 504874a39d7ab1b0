"""Hits in a better order: none is lost, and none is late."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from footnote_bot.bot.answering.reranking.blending import blended
from footnote_bot.bot.answering.reranking.reranking import (
    Reranking,
    Scoring,
    scoring_by,
    with_previous,
)
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, by_page
from footnote_bot.bot.model import Question, Role, Turn
from footnote_bot.indexers.errors import ModelUnavailable
from footnote_bot.indexers.model import EVERYONE, Hit, Passage, Principal
from footnote_bot.playground.slack.watching import PATIENCE
from tests.fakes.engine import searched
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over
from tests.fakes.threads import no_thread_left

QUESTION = Question("How long is leave?", Principal.of(EVERYONE))
reranking = partial(Reranking, order=blended, passages=20, at_once=4)


def pages_of(**pages: Sequence[float]) -> tuple[FoundPage, ...]:
    """Return the named pages, each with its passages' scores."""
    hits = [
        Hit(passage, score, 0.5)
        for page, scores in pages.items()
        for passage, score in zip(
            passages(page, *(f"{page} {n}" for n in range(len(scores)))), scores, strict=True
        )
    ]
    return by_page(sorted(hits, key=lambda hit: -hit.score))


def preferring(*texts: str) -> Scoring:
    """Return a scoring that rates these texts highest, the first one most."""

    def scores(_: Question, candidates: Sequence[Passage]) -> list[float]:
        return [-float(texts.index(p.text)) if p.text in texts else -99.0 for p in candidates]

    return scores


def texts(pages: Sequence[FoundPage]) -> list[str]:
    return [hit.passage.text for page in pages for hit in page.hits]


PAGES = pages_of(a=[0.9, 0.3], b=[0.8], c=[0.7, 0.6])


def test_the_page_of_the_best_passage_comes_first_and_in_it_that_passage() -> None:
    pages = reranking(preferring("c 1", "b 0"), seconds=5)(QUESTION, PAGES)

    assert [page.page for page in pages] == ["c", "b", "a"]
    assert texts(pages) == ["c 1", "c 0", "b 0", "a 0", "a 1"]
    assert max(
        (hit for page in pages for hit in page.hits), key=lambda h: h.score
    ).passage.text == ("c 1")


def test_only_the_best_are_read() -> None:
    texts_read: list[str] = []

    def scores(_: Question, passages: Sequence[Passage]) -> list[float]:
        texts_read.extend(passage.text for passage in passages)
        return [0.0, 1.0]

    pages = reranking(scores, seconds=5, passages=2)(QUESTION, PAGES)

    assert texts_read == ["a 0", "b 0"]
    assert pages[0].page == "b"


def test_who_cannot_tell_leaves_the_order_as_it_was() -> None:
    def scores(_: Question, __: Sequence[Passage]) -> list[float]:
        raise ModelUnavailable("gone")

    assert reranking(scores, seconds=5)(QUESTION, PAGES) == PAGES


def test_an_error_of_ours_is_not_hidden() -> None:
    def scores(_: Question, __: Sequence[Passage]) -> list[float]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        reranking(scores, seconds=5)(QUESTION, PAGES)


def test_a_slow_model_leaves_the_order_as_it_was_and_is_not_called_too_often() -> None:
    begun, over, calls = threading.Event(), threading.Event(), []

    def scores(_: Question, passages: Sequence[Passage]) -> list[float]:
        calls.append(len(passages))
        begun.set()
        over.wait(600)
        return [float(n) for n in range(len(passages))]

    rerank = reranking(scores, seconds=0.05, at_once=1)
    began = time.monotonic()
    orders = [rerank(QUESTION, PAGES) for _ in range(3)]
    took = time.monotonic() - began
    begun.wait(240)  # on a busy machine a thread may not have begun by then
    over.set()

    assert orders == [PAGES] * 3
    assert len(calls) == 1
    assert took < 300


def test_nothing_needs_no_order() -> None:
    def scores(_: Question, __: Sequence[Passage]) -> list[float]:
        raise AssertionError

    assert reranking(scores, seconds=5)(QUESTION, ()) == ()


class Counting:
    """Likes long texts."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [10.0 * len(text) for text in texts]


def test_the_engine_hands_over_what_it_found() -> None:
    search = retrieval_over(
        [*passages("leave", "How long is leave?"), *passages("travel", "Travel is far from here.")]
    )
    rerank = reranking(scoring_by(Counting()), seconds=5)

    assert [page.page for page in searched(search, QUESTION)] == ["leave", "travel"]
    assert [page.page for page in searched(search, QUESTION, rerank)] == ["travel", "leave"]


def test_a_follow_up_is_reranked_by_the_question_that_stands_alone() -> None:
    questions: list[str] = []

    class Noting(Counting):
        def scores(self, question: str, texts: Sequence[str]) -> list[float]:
            questions.append(question)
            return super().scores(question, texts)

    search = retrieval_over([*passages("a", "leave"), *passages("b", "travel")])
    follow_up = replace(QUESTION, text="And that?", standalone="How long is travel?")
    searched(search, follow_up, reranking(scoring_by(Noting()), seconds=5))

    assert questions == ["How long is travel?"]


def test_a_follow_up_is_read_with_the_question_before_it() -> None:
    history = (Turn(Role.ASKER, "What is the feed for brass?"),)
    follow_up = replace(QUESTION, text="And for steel?", history=history)

    assert with_previous(follow_up) == "What is the feed for brass? And for steel?"


def test_a_system_without_threads_leaves_the_order_and_costs_no_place() -> None:
    def scores(_: Question, passages: Sequence[Passage]) -> list[float]:
        return [float(n) for n in range(len(passages))]

    rerank = reranking(scores, seconds=PATIENCE, at_once=1)
    with no_thread_left():
        orders = [rerank(QUESTION, PAGES) for _ in range(2)]

    assert orders == [PAGES] * 2
    assert rerank(QUESTION, PAGES) != PAGES


def test_of_a_whole_message_and_its_question_the_better_score_counts() -> None:
    class Reranker:
        identity = "fake"

        def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
            return [1.0, 2.0] if question == "Who pays?" else [3.0, 0.0]

    question = Question("The van is wet. Who pays?", Principal.of(EVERYONE), asking="Who pays?")

    assert scoring_by(Reranker())(question, passages("van", "a", "b")) == [3.0, 2.0]
    assert scoring_by(Reranker())(replace(question, asking=""), passages("van", "a", "b")) == [
        3.0,
        0.0,
    ]
