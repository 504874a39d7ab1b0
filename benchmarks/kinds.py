"""Questions that are hard to answer without a language model, asked on four handbooks.

They are in another language than the pages, about two things at once, or short follow-ups.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.everyday import HANDBOOKS, OWN_ALONE
from benchmarks.footnote import FootnoteProcess
from benchmarks.material import reporting, shared, write_questions
from benchmarks.rows import Figure

_FOLDER = Path(__file__).parent / "questions"
_HANDBOOKS = {each.name: each for each in (*HANDBOOKS, *OWN_ALONE[:1])}
_HALVES = {"development": False, "reporting": True}

_Row = Mapping[str, Any]


def languages() -> Sequence[Figure]:
    """Ask the everyday questions of the shared sets and of our own in other languages, and the same
    questions in English.

    Raises:
        MissingMaterial: a handbook or its set is not there.
    """
    translated = {
        file.stem: _rows(file) for file in sorted((_FOLDER / "translated").glob("*.jsonl"))
    }
    asked = {(row["set"], row["handbook"], row["id"]) for row in next(iter(translated.values()))}
    originals = {place: row for place, row in _originals() if place in asked}
    by_language = {
        "english": [{**row, "handbook": name} for (_, name, _), row in originals.items()],
        **{
            language: [{**originals[row["set"], row["handbook"], row["id"]], **row} for row in rows]
            for language, rows in translated.items()
        },
    }
    return [figure for language, rows in by_language.items() for figure in _figures(language, rows)]


def two_things() -> Sequence[Figure]:
    """Ask the questions about two things.

    Raises:
        MissingMaterial: a handbook is not there.
    """
    return _by_kind("two_things")


def followups() -> Sequence[Figure]:
    """Ask the short follow-ups.

    Raises:
        MissingMaterial: a handbook is not there.
    """
    return _by_kind("followups")


def _by_kind(folder: str) -> Sequence[Figure]:
    rows = [
        {**row, "handbook": name}
        for name in _HANDBOOKS
        for row in _rows(_FOLDER / folder / f"{name}.jsonl")
    ]
    kinds = sorted({row["kind"] for row in rows})
    return [
        figure
        for kind in kinds
        for figure in _figures(kind, [row for row in rows if row["kind"] == kind])
    ]


def _originals() -> Iterator[tuple[tuple[str, str, str], _Row]]:
    for name in _HANDBOOKS:
        files = {"own": _FOLDER / f"{name}.jsonl"}
        if name in {each.name for each in HANDBOOKS}:
            files["shared"] = shared(f"eval/wiki_answers_{name}/questions.jsonl")
        for of_set, file in files.items():
            for row in _rows(file):
                yield (of_set, name, row["id"]), row


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _figures(name: str, rows: Sequence[_Row]) -> Iterator[Figure]:
    """Yield for each half the number of questions with an answer and the share of right answers,
    and of the others the share that is refused or told as the closest."""
    for half, is_reporting in _HALVES.items():
        counts = {"answerable": 0.0, "right": 0.0, "near_misses": 0.0, "held_back": 0.0}
        for handbook in _HANDBOOKS:
            of_handbook = [
                row
                for row in rows
                if row["handbook"] == handbook and reporting(row["id"]) is is_reporting
            ]
            if not of_handbook:
                continue
            file = write_questions(f"kinds.{name}.{handbook}.{half}", of_handbook)
            scores = _synced(handbook).evaluate(file)
            answerable = sum(bool(row["answerable"]) for row in of_handbook)
            near_misses = sum(bool(row.get("near_miss")) for row in of_handbook)
            counts["answerable"] += answerable
            counts["right"] += answerable * (scores["right"] or 0)
            counts["near_misses"] += near_misses
            counts["held_back"] += near_misses * (scores["held_back"]["near_miss"] or 0)
        yield Figure(f"{half}.{name}.questions", counts["answerable"], "questions")
        if counts["answerable"]:
            share = counts["right"] / counts["answerable"]
            yield Figure(f"{half}.{name}.right", share, "share")
        if counts["near_misses"]:
            share = counts["held_back"] / counts["near_misses"]
            yield Figure(f"{half}.{name}.held_back", share, "share")


@cache
def _synced(handbook: str) -> FootnoteProcess:
    return _HANDBOOKS[handbook].synced()
