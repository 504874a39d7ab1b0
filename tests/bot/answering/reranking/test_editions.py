"""Editions of a page: "Fees 2024/25" beside "Fees 2025/26"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.reranking.editions import current_first
from bot.answering.retrieval.retrieval import FoundPage, by_page
from indexers.model import Hit
from tests.fakes.passages import passages

TODAY = date(2025, 11, 28)


def found(*titles: str, by: float = 1.0, headings: tuple[str, ...] = ()) -> tuple[FoundPage, ...]:
    """Return pages that a search found, best first, each ``by`` worse than the one before. With
    ``headings``, all passages are of one page."""
    hits = []
    for at, title in enumerate(titles):
        (passage,) = passages("page" if headings else title, f"Text {at}.", revision=str(at))
        above = (headings[at],) if headings else ()
        hits.append(Hit(replace(passage, title=title, headings=above), 9.0 - by * at, 0.5))
    return by_page(hits)


def first(question: str, pages: tuple[FoundPage, ...], today: date = TODAY) -> str:
    (best, *_), *_ = (page.hits for page in current_first(question, pages, today))
    return best.passage.headings[0] if best.passage.headings else best.passage.title


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Fees 2024", "Fees 2025"), "Fees 2025"),
        (("Fees 2024/25", "Fees 2025/26"), "Fees 2025/26"),
        (("Fees (2024-2025)", "Fees (2025-2026)"), "Fees (2025-2026)"),
        (("Parking (2019)", "Parking"), "Parking"),
        (("Fees", "Fees 2025"), "Fees 2025"),
        (("Fees 2026", "Fees 2025"), "Fees 2025"),
        (("Fees 2026/27", "Fees 2025/26"), "Fees 2025/26"),
        (("Fees 2021", "Fees 2026", "Fees 2023"), "Fees 2023"),
    ],
)
def test_the_edition_in_force_goes_first(titles: tuple[str, ...], expected: str) -> None:
    assert first("How much is it?", found(*titles)) == expected


def test_two_years_begin_in_the_middle_of_the_first() -> None:
    editions = found("Fees 2026/27", "Fees 2025/26")

    assert first("How much is it?", editions, date(2026, 3, 1)) == "Fees 2025/26"
    assert first("How much is it?", editions, date(2026, 9, 1)) == "Fees 2026/27"


@pytest.mark.parametrize("question", ["What were the fees in 2023?", "fees 2023/24"])
def test_the_edition_of_the_year_in_the_question_goes_first(question: str) -> None:
    assert first(question, found("Fees 2025/26", "Fees 2023/24")) == "Fees 2023/24"


@pytest.mark.parametrize(("year", "nearest"), [(1999, "Fees 2024"), (2026, "Fees 2025")])
def test_of_a_year_that_no_edition_has_the_nearest_goes_first(year: int, nearest: str) -> None:
    assert first(f"fees in {year}", found("Fees 2024", "Fees 2025")) == nearest
    assert first(f"fees in {year}", found("Fees 2025", "Fees 2024")) == nearest


def outdated_first(*titles: str, by: float = 1.0, relevance: float = 2.0) -> tuple[FoundPage, ...]:
    """Return pages of which the best one is marked as outdated."""
    hits = [hit for page in found(*titles, by=by) for hit in page.hits]
    old, *others = hits
    return by_page(
        [
            replace(old, passage=replace(old.passage, outdated=True), relevance=5.0),
            *(replace(hit, relevance=relevance) for hit in others),
        ]
    )


def test_a_page_that_answers_goes_before_an_outdated_one() -> None:
    assert first("How much is it?", outdated_first("Costs", "Fees")) == "Fees"


def test_the_new_page_of_the_same_name_goes_before_an_outdated_one_however_far_it_is() -> None:
    pages = outdated_first("Fees (old)", "Grants", "Fees", by=4.0, relevance=-1.0)
    assert first("How much is it?", pages) == "Fees"


def test_an_outdated_page_stays_first_if_no_other_page_answers() -> None:
    assert (
        first("How much?", outdated_first("Fees (old)", "Grants", relevance=-1.0)) == "Fees (old)"
    )
    assert first("How much?", outdated_first("Fees (old)", "Grants", by=4.0)) == "Fees (old)"


def test_an_outdated_page_stays_first_if_the_question_names_a_year() -> None:
    assert first("How much was it in 2021?", outdated_first("Fees (old)", "Fees")) == "Fees (old)"


def test_sections_of_a_page_may_be_editions() -> None:
    pages = found("Term dates", "Term dates", headings=("2024/25", "2025/26"))

    assert first("When is half term?", pages) == "2025/26"


@pytest.mark.parametrize(
    "titles",
    [("Fees 2024", "Grants 2025"), ("Release 2024.1", "Release 2025.1"), ("A-2024", "A-2025")],
)
def test_other_things_are_no_editions(titles: tuple[str, ...]) -> None:
    assert first("How much is it?", found(*titles)) == titles[0]


def test_an_edition_that_fits_much_worse_may_lack_the_answer() -> None:
    assert first("How much is it?", found("Fees 2024", "Fees 2025", by=4.0)) == "Fees 2024"


@given(st.lists(st.sampled_from(["Fees", "Fees 2024", "Fees 2025", "Pets 2025"]), max_size=6))
def test_no_passage_and_no_score_is_lost(titles: list[str]) -> None:
    pages = found(*titles)

    ordered = current_first("How much?", pages, TODAY)

    def content(pages: tuple[FoundPage, ...]) -> tuple[list[str], list[float]]:
        hits = [hit for page in pages for hit in page.hits]
        return sorted(hit.passage.text for hit in hits), sorted(hit.score for hit in hits)

    assert content(ordered) == content(pages)
