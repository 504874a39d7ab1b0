"""Sections about another kind of the thing that the question names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.reranking.kinds import by_kind, kinds
from bot.answering.retrieval.retrieval import FoundPage
from bot.model import Question
from indexers.model import EVERYONE, Hit, Principal
from tests.fakes.passages import passages

READER = Principal.of(EVERYONE)


def page(*headings: str) -> FoundPage:
    """Return a page found by a search, with a section for each heading, best first."""
    sections = passages("leave", *(f"Text under {heading}." for heading in headings))
    hits = tuple(
        Hit(replace(section, headings=(heading,) if heading else ()), score=9.0 - at, cosine=0.5)
        for at, (section, heading) in enumerate(zip(sections, headings, strict=True))
    )
    return FoundPage("handbook", "leave", 9.0, hits)


def order(question: str, found_page: FoundPage) -> list[str]:
    (ordered,) = by_kind(Question(question, READER), [found_page])
    assert [hit.score for hit in ordered.hits] == [hit.score for hit in found_page.hits]
    assert ordered.score == found_page.score
    return [" ".join(hit.passage.headings) for hit in ordered.hits]


@pytest.mark.parametrize(
    ("question", "headings", "expected"),
    [
        (
            "How many days of annual leave do I get?",
            ["Military leave", "Annual leave", "Travel"],
            ["Annual leave", "Military leave", "Travel"],
        ),
        (
            "annual leave?",
            ["Sick leave", "Travel", "Annual leave accrual", "Court leave"],
            ["Annual leave accrual", "Sick leave", "Travel", "Court leave"],
        ),
        # No section is about the kind in the question, or no section is about another kind.
        ("annual leave?", ["Military leave", "Leave"], ["Military leave", "Leave"]),
        ("annual leave?", ["Leave", "Annual leave"], ["Leave", "Annual leave"]),
        # A word that only joins others is not a kind.
        (
            "How do I leave?",
            ["Military leave", "How do I leave"],
            ["Military leave", "How do I leave"],
        ),
        ("leave", ["Military leave", "Annual leave"], ["Military leave", "Annual leave"]),
    ],
)
def test_the_kind_that_a_question_names_precedes_others(
    question: str, headings: list[str], expected: list[str]
) -> None:
    assert order(question, page(*headings)) == expected


def test_neighbours_stay_behind_the_passages_found() -> None:
    found_page = page("Military leave", "Annual leave")
    beside = replace(found_page.hits[0], beside=True, score=0.0)
    ordered = by_kind(
        Question("annual leave?", READER), [replace(found_page, hits=(*found_page.hits, beside))]
    )

    assert ordered[0].hits[2] == beside


def test_kinds_are_pairs_of_words_that_weigh() -> None:
    assert kinds("How do I set up the VPN?") == frozenset({("set", "up")})
