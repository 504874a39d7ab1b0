"""Follow-ups that ask the same about another thing, which a heading names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.question.followups import with_topic
from bot.answering.reranking.swaps import by_swap
from bot.answering.retrieval.retrieval import FoundPage
from bot.model import Question, Role, Turn
from indexers.model import EVERYONE, Hit, Principal
from tests.fakes.passages import passages

READER = Principal.of(EVERYONE)


def follow_up(text: str, before: str = "Who is our car insurance with?") -> Question:
    return with_topic(Question(text, READER, history=(Turn(Role.ASKER, before),)))


def page(name: str, best: float, *sections: tuple[str, str]) -> FoundPage:
    """Return a page with sections (heading and text), best first."""
    found = passages(name, *(text for _, text in sections))
    hits = tuple(
        Hit(replace(passage, headings=(heading,)), score=best - at, cosine=0.5)
        for at, (passage, (heading, _)) in enumerate(zip(found, sections, strict=True))
    )
    return FoundPage("handbook", name, best, hits)


CAR = ("Car insurance", "Car insurance is with Zenith.")
HOUSE = ("House insurance", "This insurance is with Acme.")


def headings(question: Question, *pages: FoundPage) -> list[str]:
    ordered = by_swap(question, pages)
    assert [p.score for p in ordered] == sorted((p.score for p in ordered), reverse=True)
    return [hit.passage.headings[0] for each in ordered for hit in each.hits]


@pytest.mark.parametrize("text", ["And house?", "and for the house?", "What about the house?"])
def test_the_section_about_the_other_thing_precedes_the_one_before(text: str) -> None:
    found_page = page("insurance", 9.0, CAR, HOUSE)

    assert headings(follow_up(text), found_page) == ["House insurance", "Car insurance"]


def test_the_page_about_the_other_thing_precedes_the_one_before() -> None:
    found_pages = page("car", 9.0, CAR), page("house", 7.0, HOUSE)

    assert headings(follow_up("And house?"), *found_pages) == ["House insurance", "Car insurance"]


@pytest.mark.parametrize(
    "question",
    [
        follow_up("Which house insurance do we have, and who pays the excess of it?"),
        Question("And house?", READER),
        follow_up("And boats?"),
    ],
)
def test_other_questions_keep_the_order(question: Question) -> None:
    found_page = page("insurance", 9.0, CAR, HOUSE)

    assert by_swap(question, [found_page]) == (found_page,)


def test_a_section_about_something_else_of_that_name_stays_behind() -> None:
    found_page = page("company", 9.0, CAR, ("House rules", "No loud music."))

    assert headings(follow_up("And house?"), found_page) == ["Car insurance", "House rules"]


def test_a_passage_that_names_the_other_thing_keeps_its_place() -> None:
    both = ("Insurance", "Car and house insurance are with Zenith.")
    found_page = page("insurance", 9.0, both, HOUSE)

    assert headings(follow_up("And house?"), found_page) == ["Insurance", "House insurance"]


def test_a_word_of_the_question_before_does_not_name_the_other_thing() -> None:
    found_page = page("insurance", 9.0, CAR, HOUSE)

    ordered = headings(follow_up("What about house insurance?"), found_page)

    assert ordered == ["House insurance", "Car insurance"]


def test_a_question_that_only_names_a_thing_needs_no_other_common_word() -> None:
    found_page = page("words", 9.0, ("Judo", "An art."), ("Chowder", "Tasks that may wait."))

    assert headings(follow_up("And chowder?", "What is judo?"), found_page) == ["Chowder", "Judo"]
