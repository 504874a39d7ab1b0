"""The invented wikis, and the questions made from them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.invented import FOLDER, facts, questions, write_pages
from bot.evaluation.facts import plain_words
from bot.evaluation.questions import read_cases

WIKIS = sorted(FOLDER.glob("*.jsonl"))
each_wiki = pytest.mark.parametrize("file", WIKIS, ids=lambda file: file.stem)


@each_wiki
def test_every_answer_stands_in_its_passage_and_states_its_facts(file: Path) -> None:
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        for one in row["questions"]:
            assert one["answer"] in row["text"]
            stated = plain_words(one["answer"])
            assert all(re.search(way, stated, re.IGNORECASE) for [way] in facts(one["answer"]))


@each_wiki
def test_the_questions_are_a_question_set_on_the_pages_written(file: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    write_pages(rows, tmp_path / "pages")
    asked = list(questions(rows, "it"))
    kept = tmp_path / "questions.jsonl"
    kept.write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")

    cases = read_cases(kept)

    assert len({case.id for case in cases}) == len(cases) == len(asked)
    for case in cases:
        assert all((tmp_path / "pages" / page).exists() for page in case.relevant)
        assert case.near_miss is not case.has_answer


def test_a_row_of_a_table_states_each_of_its_cells() -> None:
    assert facts("| Denmark | 75 EUR |") == [["Denmark"], [r"75\W+EUR"]]
