"""The invented wikis and their questions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.invented import FOLDER, facts, questions, write_pages
from footnote_bot.bot.evaluation.facts import plain_words
from footnote_bot.bot.evaluation.questions import read_cases

WIKIS = sorted(FOLDER.glob("*.jsonl"))
each_wiki = pytest.mark.parametrize("file", WIKIS, ids=lambda file: file.stem)


@each_wiki
def test_every_answer_stands_in_its_passage_and_states_its_facts(file: Path) -> None:
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        for question in row["questions"]:
            assert question["answer"] in row["text"]
            stated = plain_words(question["answer"])
            assert all(re.search(way, stated, re.IGNORECASE) for [way] in facts(question["answer"]))


@each_wiki
def test_the_questions_are_a_question_set_on_the_pages_written(file: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    write_pages(rows, tmp_path / "pages")
    made_questions = list(questions(rows, "it"))
    file_written = tmp_path / "questions.jsonl"
    file_written.write_text(
        "".join(json.dumps(question) + "\n" for question in made_questions), encoding="utf-8"
    )

    cases = read_cases(file_written)

    assert len({case.id for case in cases}) == len(cases) == len(made_questions)
    for case in cases:
        assert all((tmp_path / "pages" / page).exists() for page in case.relevant)
        assert case.near_miss is not case.has_answer


def test_a_row_of_a_table_states_each_of_its_cells() -> None:
    assert facts("| Denmark | 75 EUR |") == [["Denmark"], [r"75\W+EUR"]]
