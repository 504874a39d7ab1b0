"""The orders of the search and of a cross-encoder, combined."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.reranking.blending import (
    FLOOR,
    MORE,
    PASSAGES,
    SURE,
    WEIGHT,
    blended,
    cross_encoder,
    until_sure,
)
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, by_page
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import EVERYONE, Hit, Passage, Principal
from footnote_bot.playground.slack.watching import PATIENCE
from tests.fakes.passages import passages


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


def best(pages: Sequence[FoundPage], count: int) -> list[Hit]:
    return sorted((hit for page in pages for hit in page.hits), key=lambda hit: -hit.score)[:count]


def texts(pages: Sequence[FoundPage]) -> list[str]:
    return [hit.passage.text for page in pages for hit in page.hits]


QUESTION = Question("How long?", Principal.of(EVERYONE))
PAGES = pages_of(a=[5.0, 2.0], b=[4.5], c=[1.0])


def test_where_the_search_is_unsure_the_cross_encoder_decides() -> None:
    pages = blended(PAGES, best(PAGES, 2), [-4.0, 4.0])

    assert [page.page for page in pages] == ["b", "a", "c"]


def test_where_the_search_is_sure_a_little_better_score_changes_nothing() -> None:
    pages = blended(PAGES, best(PAGES, 4), [1.0, 1.0, 1.0, 2.0])

    assert [page.page for page in pages] == ["a", "b", "c"]


def test_within_a_page_the_passage_that_answers_comes_first() -> None:
    pages = blended(PAGES, best(PAGES, 3), [-9.0, -9.0, 9.0])

    assert texts(pages)[:2] == ["a 1", "a 0"]
    assert pages[0].score == pytest.approx(PAGES[0].score + pages[0].hits[0].score - 5.0)


def test_each_passage_that_was_read_keeps_what_the_cross_encoder_said() -> None:
    pages = blended(PAGES, best(PAGES, 2), [3.0, -1.0])
    relevance = {hit.passage.text: hit.relevance for page in pages for hit in page.hits}

    assert relevance == {"a 0": 3.0, "b 0": -1.0, "a 1": None, "c 0": None}


def test_how_little_a_passage_answers_says_nothing() -> None:
    """If the question is in another language, all passages have low scores."""
    pages = blended(PAGES, best(PAGES, 3), [-11.0, -7.0, -5.0])

    assert [page.score for page in pages] == [page.score for page in PAGES]


def test_what_all_passages_have_alike_changes_no_score() -> None:
    pages = blended(PAGES, best(PAGES, 3), [7.0, 7.0, 7.0])

    assert [page.score for page in pages] == [page.score for page in PAGES]


class Fixed:
    """A cross-encoder with fixed logits: the text of a passage ends with its own."""

    identity = "fixed"

    def __init__(self) -> None:
        self.read = 0

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.read += len(texts)
        return [float(text.rpartition(": ")[2]) for text in texts]


@pytest.mark.parametrize(
    ("first", "further", "first_page", "read"),
    [
        ([SURE, -3.0, -3.0, -3.0], [9.0] * MORE, "page0", PASSAGES),
        ([SURE - 1] * PASSAGES, [-3.0, 9.0, -3.0, -3.0], "page5", PASSAGES + MORE),
        ([SURE - 1] * PASSAGES, [9.0], "page4", PASSAGES + 1),
        ([SURE - 1, SURE - 2], [], "page0", 2),
    ],
)
def test_further_passages_are_read_only_if_none_of_the_first_may_answer(
    first: list[float], further: list[float], first_page: str, read: int
) -> None:
    hits = [
        Hit(passages(f"page{place}", f"logit: {logit}")[0], 9.0 - place, 0.5)
        for place, logit in enumerate([*first, *further])
    ]
    reranker = Fixed()
    reorder = cross_encoder(reranker, seconds=PATIENCE, foreign=True)
    assert reorder is not None

    pages = reorder(QUESTION, by_page(hits))

    assert pages[0].page == first_page
    assert reranker.read == read


@pytest.mark.parametrize(("took", "read"), [(1.4, PASSAGES + MORE), (1.6, PASSAGES)])
def test_further_passages_are_not_read_if_the_time_would_not_do(took: float, read: int) -> None:
    now = 0.0

    def scoring(_: Question, texts: Sequence[Passage]) -> list[float]:
        nonlocal now
        now += took
        return [SURE - 1] * len(texts)

    scores = until_sure(scoring, seconds=3.0, clock=lambda: now)
    texts = passages("page", *(f"text {number}" for number in range(PASSAGES + MORE)))

    assert len(scores(QUESTION, texts)) == read


SCORES = st.lists(st.floats(0, 9), min_size=1, max_size=4)


@given(st.dictionaries(st.sampled_from("abcde"), SCORES, min_size=1), st.integers(1, 12), st.data())
def test_nothing_is_lost_and_each_passage_gains_what_its_score_is_worth(
    scores_by_page: dict[str, list[float]], count: int, data: st.DataObject
) -> None:
    pages = pages_of(**scores_by_page)
    passages_read = best(pages, count)
    logits = st.lists(st.floats(-11, 11), min_size=len(passages_read), max_size=len(passages_read))
    scores = data.draw(logits)
    after = blended(pages, passages_read, scores)
    counted = [max(score, FLOOR) for score in scores]
    gained = {
        hit.passage.id: WEIGHT * (score - sum(counted) / len(counted))
        for hit, score in zip(passages_read, counted, strict=True)
    }
    before = {hit.passage.id: hit.score for page in pages for hit in page.hits}

    assert sorted(texts(after)) == sorted(texts(pages))
    assert [page.score for page in after] == sorted((p.score for p in after), reverse=True)
    for page in after:
        assert [h.score for h in page.hits] == sorted((h.score for h in page.hits), reverse=True)
        for hit in page.hits:
            expected = before[hit.passage.id] + gained.get(hit.passage.id, 0.0)
            assert hit.score == pytest.approx(expected)
