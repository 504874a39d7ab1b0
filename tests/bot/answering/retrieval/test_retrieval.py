"""A search returns pages, the best first, and none that the reader may not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.retrieval.retrieval import PASSAGES, by_page
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import EVERYONE, Acl, Hit, Principal
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

ANYONE = Principal.of(EVERYONE)


def hit(page: str, score: float, wiki: str = "handbook", ordinal: int = 0) -> Hit:
    return Hit(passages(page, *["x"] * (ordinal + 1), wiki=wiki)[ordinal], score, 0.5)


def test_a_page_is_worth_its_best_passage_and_a_little_of_each_further_one() -> None:
    pages = by_page([hit("a", 1.0), hit("b", 0.9), hit("b", 0.8, ordinal=1), hit("c", 0.95)])

    assert [page.page for page in pages] == ["a", "b", "c"]
    assert [page.score for page in pages] == pytest.approx([1.0, 0.98, 0.95])


def test_of_equals_the_page_that_is_not_outdated_comes_first_then_the_newer() -> None:
    def dated(page: str, score: float, year: int, *, outdated: bool = False) -> Hit:
        undated = hit(page, score)
        dated_passage = replace(undated.passage, updated=date(year, 1, 1), outdated=outdated)
        return replace(undated, passage=dated_passage)

    pages = by_page(
        [
            dated("outdated", 0.904, 2026, outdated=True),
            dated("old", 0.903, 2020),
            dated("new", 0.902, 2025),
            hit("undated", 0.901),
            dated("better", 0.95, 2001, outdated=True),
        ]
    )

    assert [page.page for page in pages] == ["better", "new", "old", "undated", "outdated"]


def test_of_equals_one_in_the_wanted_language_comes_first_but_after_all_that_is_current() -> None:
    german = replace(hit("german", 0.903), language="german")
    old = replace(german, passage=replace(hit("old", 0.9).passage, outdated=True))
    english = replace(hit("english", 0.904), language="english")
    better = replace(hit("better", 0.95), language="english")
    hits = [old, english, german, better]

    assert [page.page for page in by_page(hits, "german")] == ["better", "german", "english", "old"]
    assert [page.page for page in by_page(hits)] == ["better", "english", "german", "old"]


def test_pages_with_the_same_key_in_two_wikis_are_two_pages() -> None:
    pages = by_page([hit("a", 1.0), hit("a", 0.9, wiki="other")])

    assert [(page.wiki, page.page) for page in pages] == [("handbook", "a"), ("other", "a")]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), max_size=20))
def test_gathering_keeps_every_hit_in_its_order(given_hits: list[tuple[str, float]]) -> None:
    ranked = sorted(given_hits, key=lambda pair: -pair[1])
    hits = [hit(page, score) for page, score in ranked]
    pages = by_page(hits)

    assert sorted(score for page in pages for score in [h.score for h in page.hits]) == sorted(
        score for _, score in ranked
    )
    for page in pages:
        assert list(page.hits) == [h for h in hits if h.passage.page == page.page]


def test_what_the_question_costs_is_told_in_milliseconds() -> None:
    search = retrieval_over(passages("leave", "Leave is long."))
    retrieved = search(Question("How long is leave?", ANYONE))

    assert (retrieved.embed_ms, retrieved.search_ms) == pytest.approx((1.0, 1.0))


def test_a_search_finds_what_its_reader_may_read_in_the_wikis_it_names() -> None:
    search = retrieval_over(
        [
            *passages("leave", "Leave is long."),
            *passages("secret", "Secret leave is longer.", acl=Acl.of(["group:board"])),
            *passages("leave", "Leave at the other place.", wiki="other"),
        ]
    )

    def pages(reader: Principal, wikis: tuple[str, ...] | None = None) -> set[tuple[str, str]]:
        return {(p.wiki, p.page) for p in search(Question("leave", reader, wikis)).pages}

    assert pages(ANYONE) == {("handbook", "leave"), ("other", "leave")}
    assert ("handbook", "secret") in pages(Principal.of(EVERYONE, "group:board"))
    assert pages(ANYONE, ("other",)) == {("other", "leave")}
    assert pages(Principal()) == set()


def test_a_search_brings_a_set_number_of_passages() -> None:
    search = retrieval_over(passages("leave", *(f"Leave number {n}." for n in range(80))))

    assert len(search(Question("leave", ANYONE)).hits) == PASSAGES
