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
from footnote_bot.bot.evaluation.facts import plain_words

FOLDER = Path(__file__).parent / "questions" / "invented"
LEFT_OUT = frozenset(
    {"brackwater_hosting_ops_wiki", "halden_rse", "norvik_savings_bank", "plumbob"}
)
"""The wikis that the bundled cross-encoder was not trained on (`benchmarks.trained_reranker`)."""
_EVERY = 6
"""One out of this many questions is asked: all would take an hour."""

Row = Mapping[str, Any]


def figures() -> list[Figure]:
    """Sync each wiki, ask its questions, and return the means over all questions, and over those on
    the wikis in `LEFT_OUT`."""
    by_wiki = {file.stem: _ask(file) for file in sorted(FOLDER.glob("*.jsonl"))}
    left_out = [scores for name, scores in by_wiki.items() if name in LEFT_OUT]
    return [*_means("", [*by_wiki.values()]), *_means("left_out.", left_out)]


def _means(prefix: str, by_wiki: Sequence[tuple[Row, int, int]]) -> Iterator[Figure]:
    answerable = [(scores, count_) for scores, count_, _ in by_wiki]
    near_misses = [(scores, count_) for scores, _, count_ in by_wiki]

    def mean(wikis: Sequence[tuple[Row, int]], *names: str) -> float:
        values = [(_at(scores, names), count_) for scores, count_ in wikis]
        known = [(value, count_) for value, count_ in values if value is not None]
        return sum(value * count_ for value, count_ in known) / sum(count_ for _, count_ in known)

    def count(name: str, wikis: Sequence[tuple[Row, int]]) -> Figure:
        return Figure(f"{prefix}{name}", sum(count_ for _, count_ in wikis), "questions")

    def share(wikis: Sequence[tuple[Row, int]], *names: str) -> Figure:
        return Figure(f"{prefix}{'.'.join(names)}", mean(wikis, *names), "share")

    yield count("questions", answerable)
    yield count("near_misses", near_misses)
    for name in ("right", "right_in_250", "useful_quotes"):
        yield share(answerable, name)
    yield Figure(f"{prefix}words", mean(answerable, "words"), "words")
    yield share(answerable, "right_auroc")
    yield share(answerable, "refused", "answerable")
    yield share(answerable, "held_back", "answerable")
    yield share(near_misses, "held_back", "near_miss")


def _at(scores: Row, names: Sequence[str]) -> float | None:
    value: Any = scores
    for name in names:
        value = value[name]
    return None if value is None else float(value)


def _ask(file: Path) -> tuple[Row, int, int]:
    """Return the scores of a wiki's questions, and how many have an answer and how many have
    none."""
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
    """Write the pages that the passages in ``rows`` belong to."""
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
    """Yield the questions and near misses in the form of a question set. A right answer must state
    one fact: the sentence, item or row that answers."""
    for number, row in enumerate(rows):
        common = {"wiki": wiki, "relevant": {row["page"]: 1}, "must_not": []}
        for place, question in enumerate(row["questions"]):
            yield {
                "id": f"{wiki}-{number}-{place}",
                "question": question["q"],
                "kind": question["kind"],
                "answerable": True,
                "near_miss": False,
                "facts": facts(question["answer"]),
                **common,
            }
        for place, near_miss in enumerate(row["near_misses"]):
            yield {
                "id": f"{wiki}-{number}-near-{place}",
                "question": near_miss,
                "kind": "near_miss",
                "answerable": False,
                "near_miss": True,
                "facts": [],
                **common,
            }


def facts(answer: str) -> list[list[str]]:
    """Return patterns for the words of ``answer``; for a table's row, one for each cell."""
    cells = answer.strip().strip("|").split("|") if "|" in answer else [answer]
    cell_words = [re.findall(r"\w+", plain_words(cell)) for cell in cells]
    return [[r"\W+".join(map(re.escape, words))] for words in cell_words if words]
