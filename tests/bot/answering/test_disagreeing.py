"""What one page says with one number, and another with another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answering.confidence import Confidence
from bot.model import Answer, Question
from indexers.model import EVERYONE, Passage, Principal
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

NEW, OLD = date(2025, 11, 3), date(2020, 1, 31)


def page(name: str, text: str, updated: date | None = None, *, outdated: bool = False) -> Passage:
    (passage,) = passages(name, text)
    return replace(passage, updated=updated, outdated=outdated)


def answer(*written: Passage, text: str = "How long is annual leave?") -> Answer:
    answerer = Answerer(
        retrieval_over(written), Confidence(bias=9.0), ("handbook",), clock=TickingClock()
    )
    said = answerer.answer(Question(text, Principal.of(EVERYONE)))
    assert isinstance(said, Answer)
    return said


def test_both_values_are_told_each_with_page_and_date_and_the_newer_first() -> None:
    said = answer(
        page("leave", "Annual leave is 25 days long.", OLD),
        page("benefits", "Annual leave is 30 days long.", NEW),
    )

    assert said.text.endswith(
        "\n\nThe pages disagree, and the first is the newer:\n"
        f"\u2022 Benefits, 03 Nov 2025: Annual leave is 30 days long. [{_of(said, 'benefits')}]\n"
        f"\u2022 Leave, 31 Jan 2020: Annual leave is 25 days long. [{_of(said, 'leave')}]"
    )


def _of(said: Answer, page: str) -> int:
    return [source.page for source in said.sources].index(page) + 1


def test_a_page_marked_outdated_says_so() -> None:
    said = answer(
        page("leave", "Annual leave is 25 days long.", OLD, outdated=True),
        page("benefits", "Annual leave is 30 days long."),
    )

    assert "Leave, 31 Jan 2020, marked as outdated:" in said.text
    assert "Benefits, without a date:" in said.text
    assert "newer" not in said.text


@pytest.mark.parametrize(
    "other",
    [
        "Annual leave is 25 days long.",
        "Annual leave is twenty-five days long, says Ada.",
        "Parental leave with full pay is 30 days long.",
        "Annual leave in Berlin is 30 days long.",
        "Annual travel is 30 days long.",
        "Leave is asked for 30 days before.",
    ],
)
def test_another_fact_is_no_disagreement(other: str) -> None:
    said = answer(page("leave", "Annual leave is 25 days long."), page("benefits", other))

    assert "disagree" not in said.text


@pytest.mark.parametrize(
    "other",
    [
        "For example, annual leave is 30 days long.",
        "Examples:\n\n- Annual leave is 30 days long.",
        "Let's say your annual leave is 30 days long.",
    ],
)
def test_a_rule_and_an_example_of_it_do_not_disagree(other: str) -> None:
    said = answer(page("leave", "Annual leave is 25 days long."), page("benefits", other))

    assert "disagree" not in said.text


def test_an_example_below_a_heading_that_says_so_is_one() -> None:
    example = replace(page("benefits", "Annual leave is 30 days long."), headings=("Example",))
    said = answer(page("leave", "Annual leave is 25 days long."), example)

    assert "disagree" not in said.text


def test_a_page_does_not_disagree_with_itself() -> None:
    said = answer(
        *passages("leave", "Annual leave is 25 days long.", "Annual leave is 30 days long.")
    )

    assert "disagree" not in said.text


def test_what_was_not_asked_is_not_compared() -> None:
    said = answer(
        page("leave", "Annual leave is long. The office opens at 9 sharp."),
        page("benefits", "The office opens at 10 sharp."),
    )

    assert "disagree" not in said.text
