"""Everyday questions on eighteen invented wikis, each asked by itself, without a model."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.footnote import FootnoteProcess
from benchmarks.material import CACHE, write_questions
from benchmarks.rows import Figure
from bot.evaluation.facts import plain_words

FOLDER = Path(__file__).parent / "questions" / "invented"
LEFT_OUT = frozenset(
    {"brackwater_hosting_ops_wiki", "halden_rse", "norvik_savings_bank", "plumbob"}
)
"""The wikis that the bundled cross-encoder was not trained on (`benchmarks.trained_reranker`)."""
_EVERY = 6
"""One of so many questions is asked: all would take an hour."""

Row = Mapping[str, Any]


def figures() -> list[Figure]:
    """Sync each wiki, ask its questions, and return the means over all questions, and over those on
    the wikis in `LEFT_OUT`."""
    asked = {file.stem: _asked(file) for file in sorted(FOLDER.glob("*.jsonl"))}
    left_out = [of for name, of in asked.items() if name in LEFT_OUT]
    return [*_means("", [*asked.values()]), *_means("left_out.", left_out)]


def _means(where: str, asked: Sequence[tuple[Row, int, int]]) -> Iterator[Figure]:
    answerable = [(scores, many) for scores, many, _ in asked]
    near_misses = [(scores, many) for scores, _, many in asked]

    def mean(of: Sequence[tuple[Row, int]], *names: str) -> float:
        values = [(_at(scores, names), many) for scores, many in of]
        known = [(value, many) for value, many in values if value is not None]
        return sum(value * many for value, many in known) / sum(many for _, many in known)

    def count(name: str, of: Sequence[tuple[Row, int]]) -> Figure:
        return Figure(f"{where}{name}", sum(many for _, many in of), "questions")

    def share(of: Sequence[tuple[Row, int]], *names: str) -> Figure:
        return Figure(f"{where}{'.'.join(names)}", mean(of, *names), "share")

    yield count("questions", answerable)
    yield count("near_misses", near_misses)
    for name in ("right", "right_in_250", "useful_quotes"):
        yield share(answerable, name)
    yield Figure(f"{where}words", mean(answerable, "words"), "words")
    yield share(answerable, "right_auroc")
    yield share(answerable, "refused", "answerable")
    yield share(answerable, "held_back", "answerable")
    yield share(near_misses, "held_back", "near_miss")


def _at(scores: Row, names: Sequence[str]) -> float | None:
    found: Any = scores
    for name in names:
        found = found[name]
    return None if found is None else float(found)


def _asked(file: Path) -> tuple[Row, int, int]:
    """Return the scores of a wiki's questions, and how many have an answer and have none."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    folder = CACHE / "invented" / file.stem
    shutil.rmtree(folder, ignore_errors=True)
    write_pages(rows, folder / "pages")
    footnote = FootnoteProcess(folder).reading(
        file.stem, folder / "pages", f"https://{file.stem.replace('_', '-')}.example"
    )
    footnote.sync()
    cases = list(questions(rows, file.stem))[::_EVERY]
    answerable = sum(case["answerable"] for case in cases)
    scores = footnote.evaluate(write_questions(f"invented-{file.stem}", cases))
    return scores, answerable, len(cases) - answerable


def write_pages(rows: Sequence[Row], folder: Path) -> None:
    """Write the passages in ``rows`` as the pages that they are of."""
    by_page = sorted(rows, key=lambda row: str(row["page"]))  # stable: in the order of the page
    for page, passages in groupby(by_page, key=lambda row: str(row["page"])):
        file = folder / page
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(_written(list(passages))), encoding="utf-8")


def _written(passages: Sequence[Row]) -> Iterator[str]:
    yield f"# {passages[0]['title']}\n"
    above: Sequence[str] = ()
    for passage in passages:
        headings = passage["headings"]
        for depth, heading in enumerate(headings):
            if headings[: depth + 1] != above[: depth + 1]:
                yield f"{'#' * (depth + 2)} {heading}\n"
        above = headings
        yield f"{passage['text']}\n"


def questions(rows: Sequence[Row], wiki: str) -> Iterator[dict[str, Any]]:
    """Yield the questions and near misses in the form of a question set. The fact that a right
    answer states is the sentence, item or row that answers."""
    for number, row in enumerate(rows):
        common = {"wiki": wiki, "relevant": {row["page"]: 1}, "must_not": []}
        for place, one in enumerate(row["questions"]):
            yield {
                "id": f"{wiki}-{number}-{place}",
                "question": one["q"],
                "kind": one["kind"],
                "answerable": True,
                "near_miss": False,
                "facts": facts(one["answer"]),
                **common,
            }
        for place, asked in enumerate(row["near_misses"]):
            yield {
                "id": f"{wiki}-{number}-near-{place}",
                "question": asked,
                "kind": "near_miss",
                "answerable": False,
                "near_miss": True,
                "facts": [],
                **common,
            }


def facts(answer: str) -> list[list[str]]:
    """Return patterns for the words of ``answer``; of a table's row, for each of its cells."""
    cells = answer.strip().strip("|").split("|") if "|" in answer else [answer]
    found = [re.findall(r"\w+", plain_words(cell)) for cell in cells]
    return [[r"\W+".join(map(re.escape, words))] for words in found if words]
