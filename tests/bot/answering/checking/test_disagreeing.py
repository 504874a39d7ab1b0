"""Two pages that give different numbers for the same thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answering.deciding.confidence import Confidence
from bot.model import Answer, Question
from indexers.model import EVERYONE, Passage, Principal
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

NEW, OLD = date(2025, 11, 3), date(2020, 1, 31)


def page(name: str, text: str, updated: date | None = None, *, outdated: bool = False) -> Passage:
    (passage,) = passages(name, text)
    return replace(passage, updated=updated, outdated=outdated)


def answer(*pages: Passage, text: str = "How long is annual leave?") -> Answer:
    answerer = Answerer(
        retrieval_over(pages), Confidence(bias=9.0), ("handbook",), clock=TickingClock()
    )
    result = answerer.answer(Question(text, Principal.of(EVERYONE)))
    assert isinstance(result, Answer)
    return result


def test_both_values_are_told_each_with_page_and_date_and_the_newer_first() -> None:
    result = answer(
        page("leave", "Annual leave is 25 days long.", OLD),
        page("benefits", "Annual leave is 30 days long.", NEW),
    )

    assert result.text.endswith(
        "\n\nThe pages disagree, and the first is the newer:\n"
        f"\u2022 Benefits, 03 Nov 2025: Annual leave is 30 days long. [{_of(result, 'benefits')}]\n"
        f"\u2022 Leave, 31 Jan 2020: Annual leave is 25 days long. [{_of(result, 'leave')}]"
    )


def _of(result: Answer, page: str) -> int:
    return [source.page for source in result.sources].index(page) + 1


def test_a_page_marked_outdated_says_so() -> None:
    result = answer(
        page("leave", "Annual leave is 25 days long.", OLD, outdated=True),
        page("benefits", "Annual leave is 30 days long."),
    )

    assert "Leave, 31 Jan 2020, marked as outdated:" in result.text
    assert "Benefits, without a date:" in result.text
    assert "newer" not in result.text


@pytest.mark.parametrize(
    "text",
    [
        "Annual leave is 25 days long.",
        "Annual leave is twenty-five days long, says Ada.",
        "Parental leave with full pay is 30 days long.",
        "Annual leave in Berlin is 30 days long.",
        "Annual travel is 30 days long.",
        "Leave is asked for 30 days before.",
    ],
)
def test_another_fact_is_no_disagreement(text: str) -> None:
    result = answer(page("leave", "Annual leave is 25 days long."), page("benefits", text))

    assert "disagree" not in result.text


@pytest.mark.parametrize(
    ("titles", "disagree"),
    [
        (("Parking in Berlin", "Parking in Hamburg"), False),
        (("Office parking", "Guest parking"), False),
        (("Parking policy", "Parking guide"), True),
        (("Parking", "Parking rules"), True),
        (("Parking", "Benefits"), True),
    ],
)
def test_pages_whose_titles_tell_two_things_of_a_kind_apart_do_not_disagree(
    titles: tuple[str, str], disagree: bool
) -> None:
    first, second = (
        replace(page(f"page{cost}", f"Parking is {cost} euros a day."), title=title)
        for title, cost in zip(titles, (9, 12), strict=True)
    )

    assert ("disagree" in answer(first, second, text="How much is parking?").text) is disagree


@pytest.mark.parametrize(
    "text",
    [
        "For example, annual leave is 30 days long.",
        "Examples:\n\n- Annual leave is 30 days long.",
        "Let's say your annual leave is 30 days long.",
    ],
)
def test_a_rule_and_an_example_of_it_do_not_disagree(text: str) -> None:
    result = answer(page("leave", "Annual leave is 25 days long."), page("benefits", text))

    assert "disagree" not in result.text


def test_an_example_below_a_heading_that_says_so_is_one() -> None:
    example = replace(page("benefits", "Annual leave is 30 days long."), headings=("Example",))
    result = answer(page("leave", "Annual leave is 25 days long."), example)

    assert "disagree" not in result.text


def test_a_page_does_not_disagree_with_itself() -> None:
    result = answer(
        *passages("leave", "Annual leave is 25 days long.", "Annual leave is 30 days long.")
    )

    assert "disagree" not in result.text


def test_what_was_not_asked_is_not_compared() -> None:
    result = answer(
        page("leave", "Annual leave is long. The office opens at 9 sharp."),
        page("benefits", "The office opens at 10 sharp."),
    )

    assert "disagree" not in result.text
