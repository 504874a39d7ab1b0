"""Plain answers, apart from everything else that is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from footnote_bot.bot import scores
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.evaluation.comparing import rows
from footnote_bot.bot.evaluation.questions import cases_of
from footnote_bot.bot.evaluation.report import report
from footnote_bot.bot.evaluation.run import Outcome, outcome_of
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result, Source, Tone
from footnote_bot.indexers.model import Hit
from tests.fakes.passages import passages

LEAVE, TRAVEL = (
    passages(page, text)[0]
    for page, text in (("leave", "Leave is thirty days."), ("travel", "Travel is by train."))
)
PAGES = tuple(
    FoundPage(each.wiki, each.page, 1.0, (Hit(each, 1.0, 1.0),)) for each in (LEAVE, TRAVEL)
)


def source(page: str, quote: str = "") -> Source:
    url = next(each.url for each in (LEAVE, TRAVEL) if each.page == page)
    return Source(page, "", url, quote, "handbook", page, "1")


def plain(text: str, page: str = "leave") -> Answer:
    return Answer(f"{text} [1]", (source(page, text),), 0.9)


def closest(text: str, page: str) -> Answer:
    return replace(plain(text, page), tone=Tone.CLOSEST)


def unsure(*pages: str, line: str = "") -> NoAnswer:
    nearest = tuple(source(page, line) for page in pages)
    return NoAnswer(Reason.NOTHING_FITS, "I am not sure.", nearest, 0.3)


def outcome(result: Result, **row: Any) -> Outcome:
    question = "How long is leave?"
    (case,) = cases_of([(1, "line 1", {"id": "1", "question": question, **row})])
    return outcome_of(case, PAGES, result)


FACT: dict[str, Any] = {"facts": [["thirty"]]}
RELEVANT: dict[str, Any] = {"relevant": {"handbook/leave": 1}, **FACT}
NONE: dict[str, Any] = {"answerable": False}


def test_plain_answers_are_counted_apart() -> None:
    figures = report(
        [
            outcome(plain("thirty days"), **FACT),
            outcome(plain("by train"), **FACT),
            outcome(plain("thirty days"), answers=["thirty days"], answerable=True),
            outcome(closest("thirty days", "leave"), **FACT),
            outcome(plain("by train"), **NONE),
            outcome(unsure("travel"), **NONE),
        ]
    )["plain"]

    assert figures == {
        "answers": 4,
        "right": 2 / 4,
        "answerable": 3 / 4,
        "unanswerable": 1 / 2,
        "found": 2 / 3,
        "quoted_unanswerable": 1 / 2,
        "of": {
            "right": 4, "answerable": 4, "unanswerable": 2, "found": 3, "quoted_unanswerable": 2,
        },
    }  # fmt: skip


def test_a_guess_below_the_closest_is_not_right() -> None:
    """Or a bot that guesses would do best."""
    figures = report([outcome(closest("thirty days", "leave"), **FACT)])

    assert (figures["right"], figures["answered"], figures["decided"]) == (0.0, 0.0, 0.0)
    assert figures["refused"]["answerable"] == figures["closest"]["answerable"] == 1.0


@pytest.mark.parametrize(
    ("result", "row", "is_found"),
    [
        (plain("thirty days"), FACT, True),
        (plain("by train"), RELEVANT, False),
        (unsure("travel", "leave"), RELEVANT, True),
        (unsure("travel"), RELEVANT, False),
        (unsure("leave"), FACT, True),
        (unsure("travel"), FACT, False),
        (unsure(), FACT, False),
        (closest("by train", "travel"), FACT, False),
        (replace(closest("by train", "travel"), nearest=(source("leave"),)), FACT, True),
        (plain("thirty days"), NONE, None),
        (plain("thirty days"), {"answerable": True}, None),
    ],
)
def test_an_answer_is_found_by_a_right_one_or_by_a_section_that_is_named(
    result: Result, row: dict[str, Any], is_found: bool | None
) -> None:
    """A section is judged by its own text, of which at most a line is shown."""
    assert outcome(result, **row).found is is_found


@pytest.mark.parametrize(
    ("result", "is_quoted"),
    [
        (plain("thirty days"), True),
        (closest("by train " * 30, "travel"), True),
        (unsure("travel", line="by train"), False),
        (unsure("travel"), False),
    ],
)
def test_a_line_of_a_nearest_section_is_no_quotation(result: Result, is_quoted: bool) -> None:
    assert outcome(result, **NONE).quoted is is_quoted


def test_a_run_keeps_only_plain_answers_as_answers() -> None:
    written = replace(plain("thirty days"), composed=True, left_out=2)
    results = (written, closest("by train", "travel"), unsure("travel"), unsure())
    kept = rows([outcome(result, **FACT) for result in results])

    assert [row.tone for row in kept] == ["plain", "nearest", "nearest", "silent"]
    assert [row.answer for row in kept] == ["thirty days [1]", "", "", ""]
    assert [row.text for row in kept] == [result.text for result in results]
    assert [(row.composed, row.left_out) for row in kept] == [(True, 2), *[(False, 0)] * 3]


def test_people_see_the_figures_with_their_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scores.print_scores(report([outcome(plain("thirty days"), **FACT)]))
    printed = capsys.readouterr().out

    assert "plain answers    1" in printed
    assert "  right                1.000 of 1" in printed
    assert "  unanswerable         - of 0" in printed
