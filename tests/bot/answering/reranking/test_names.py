"""Questions that are only the name of a section or page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.reranking.names import by_name, is_name_of
from bot.answering.retrieval.retrieval import FoundPage
from bot.model import Question, Role, Turn
from indexers.model import EVERYONE, Hit, Principal
from tests.fakes.passages import passages

READER = Principal.of(EVERYONE)


def page(name: str, best: float, *headings: str) -> FoundPage:
    """Return a page with a section for each heading, best first; an empty one is the page's own."""
    found = passages(name, *(f"Text under {heading}." for heading in headings))
    hits = tuple(
        Hit(
            replace(passage, title="Parking", headings=(heading,) if heading else ()),
            score=best - at,
            cosine=0.5,
        )
        for at, (passage, heading) in enumerate(zip(found, headings, strict=True))
    )
    return FoundPage("handbook", name, best, hits)


def order(question: Question, *pages: FoundPage) -> list[str]:
    found = by_name(question, pages)
    return [" ".join(hit.passage.headings) for each in found for hit in each.hits]


@pytest.mark.parametrize("text", ["sick leave?", "Sick leave", "leave (sick)"])
def test_the_section_whose_name_is_asked_precedes_one_with_more_words(text: str) -> None:
    found_page = page("leave", 9.0, "Advanced sick leave", "Travel", "Sick leave")

    assert order(Question(text, READER), found_page) == [
        "Sick leave",
        "Advanced sick leave",
        "Travel",
    ]


def test_the_section_precedes_those_of_other_pages() -> None:
    found_pages = page("rules", 9.0, "Unpaid sick leave"), page("leave", 7.0, "Sick leave")

    assert order(Question("sick leave", READER), *found_pages)[0] == "Sick leave"


def test_a_page_is_named_by_its_title_where_it_has_no_heading() -> None:
    assert order(Question("parking?", READER), page("parking", 9.0, "Fines", "")) == ["", "Fines"]


@pytest.mark.parametrize(
    "question",
    [
        Question("How long is sick leave?", READER),
        Question("leave", READER),
        Question("?", READER),
        Question("sick leave", READER, history=(Turn(Role.ASKER, "How do I apply for leave?"),)),
    ],
)
def test_other_questions_keep_the_order(question: Question) -> None:
    found_page = page("leave", 9.0, "Advanced sick leave", "Sick leave")

    assert by_name(question, [found_page]) == (found_page,)


def test_a_long_heading_is_no_name_of_a_short_question() -> None:
    (passage,) = passages("leave", "Leave is long.")

    assert not is_name_of("a", replace(passage, headings=("a " * 10_000,)))
