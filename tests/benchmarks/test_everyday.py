"""Everyday questions: their files, and the figures of plain answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import everyday
from footnote_bot.bot.evaluation.questions import read_cases

QUESTIONS = Path(everyday.__file__).parent / "questions"
HANDBOOKS = ("18f", "playbook", "govuk")


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_no_small_talk_has_an_answer() -> None:
    cases = read_cases(QUESTIONS / "smalltalk.jsonl")

    assert len({case.id for case in cases}) == len({case.question for case in cases}) == 60
    assert all(case.unanswerable and case.kind for case in cases)


@pytest.mark.parametrize("handbook", HANDBOOKS)
def test_keywords_have_an_answer_on_pages_that_no_other_set_touches(handbook: str) -> None:
    keywords = QUESTIONS / "keywords" / f"{handbook}.jsonl"
    others = [file for file in QUESTIONS.rglob(f"{handbook}.jsonl") if file != keywords]
    used = {page for file in others for row in rows(file) for page in row.get("relevant", {})}
    cases = read_cases(keywords)

    assert cases
    assert all(case.has_answer and case.judged and case.facts for case in cases)
    assert used.isdisjoint(page for case in cases for page in case.relevant)


def test_questions_without_an_answer_are_pooled_over_their_handbooks() -> None:
    """A share of each handbook would count a small set as much as a large one."""
    runs = [
        {
            "unanswerable": unanswerable,
            "quoted_unanswerable": quoted,
            "of": {"unanswerable": questions, "quoted_unanswerable": questions},
        }
        for unanswerable, quoted, questions in ((0.5, 1.0, 2), (0.0, 0.0, 8), (None, None, 0))
    ]
    figures = {figure.name: figure for figure in everyday._pooled("reporting.sets", runs)}

    assert figures["reporting.sets.questions"].value == 10
    assert figures["reporting.sets.unanswerable"].value == 0.1
    assert figures["reporting.sets.quoted_unanswerable"].value == 0.2
    assert str(figures["reporting.sets.unanswerable"].goal) == "later: <= 0.06"


def test_only_plain_answers_have_goals() -> None:
    plain = {"right": 0.9, "answerable": 0.5, "unanswerable": None, "found": 0.8}
    scores = {
        "questions": 4, "plain": {"answers": 2, **plain, "of": dict.fromkeys(plain, 2)},
        "right": 0.4, "right_in_250": 0.4, "useful_quotes": None, "right_auroc": 0.5, "words": 9.0,
        "refused": {"answerable": 0.5, "near_miss": None}, "by_type": {"typo": {"right": 0.3}},
    }  # fmt: skip
    figures = list(everyday._evaluation_figures(scores, "reporting", everyday._SHARED))

    assert {figure.name: figure.goal and figure.goal.bound for figure in figures} == {
        "reporting.questions": None,
        "reporting.plain.answers": None,
        "reporting.plain.right": 0.88,
        "reporting.plain.answerable": 0.7,
        "reporting.plain.found": 0.85,
        "reporting.right": None,
        "reporting.right_in_250": None,
        "reporting.right_auroc": None,
        "reporting.words": None,
        "reporting.refused.answerable": None,
        "reporting.typo.right": None,
    }
