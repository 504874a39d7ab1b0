"""Sections about another kind of the thing that a question names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.kinds import by_kind, kinds
from bot.answering.retrieval import FoundPage
from bot.model import Question
from indexers.model import EVERYONE, Hit, Principal
from tests.fakes.passages import passages

READER = Principal.of(EVERYONE)


def page(*headings: str) -> FoundPage:
    """A page that a search found, with a section for each heading, best first."""
    found = passages("leave", *(f"Text under {heading}." for heading in headings))
    hits = tuple(
        Hit(replace(one, headings=(heading,) if heading else ()), score=9.0 - at, cosine=0.5)
        for at, (one, heading) in enumerate(zip(found, headings, strict=True))
    )
    return FoundPage("handbook", "leave", 9.0, hits)


def order(question: str, found: FoundPage) -> list[str]:
    (kept,) = by_kind(Question(question, READER), [found])
    assert [hit.score for hit in kept.hits] == [hit.score for hit in found.hits]
    assert kept.score == found.score
    return [" ".join(hit.passage.headings) for hit in kept.hits]


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
        # Nothing of the page is about the kind asked for, or nothing else is of another.
        ("annual leave?", ["Military leave", "Leave"], ["Military leave", "Leave"]),
        ("annual leave?", ["Leave", "Annual leave"], ["Leave", "Annual leave"]),
        # A word that only joins others makes no kind.
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
    found = page("Military leave", "Annual leave")
    beside = replace(found.hits[0], beside=True, score=0.0)
    kept = by_kind(Question("annual leave?", READER), [replace(found, hits=(*found.hits, beside))])

    assert kept[0].hits[2] == beside


def test_kinds_are_pairs_of_words_that_weigh() -> None:
    assert kinds("How do I set up the VPN?") == frozenset({("set", "up")})
