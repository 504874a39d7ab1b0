"""What people read: everyday questions on three handbooks, without a model, and answers that
models wrote, run through the check that stands before a reader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.composing import reporting
from benchmarks.footnote import Footnote
from benchmarks.material import CACHE, shared, unpacked, write_questions
from benchmarks.rows import Figure, Goal

_HALVES = {"development": False, "reporting": True}


@dataclass(frozen=True, slots=True)
class Handbook:
    """``name`` is that of its set below eval/; ``root`` is the folder of its pages."""

    name: str
    archive: str
    root: str
    site: str

    def synced(self) -> Footnote:
        """
        Raises:
            Missing: the archive is not there.
        """
        pages = unpacked(shared(f"wikis/{self.archive}.tar.gz")) / self.root
        footnote = Footnote(CACHE / f"everyday-{self.name}").reading(self.name, pages, self.site)
        footnote.sync()
        return footnote

    def halves(self, name: str) -> Iterator[tuple[str, Path]]:
        """The half that may be looked at, and the one that is only reported; by ids.

        Raises:
            Missing: the set is not there.
        """
        folder = f"wiki_answers_{self.name}"
        lines = shared(f"eval/{folder}/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        for half, reported in _HALVES.items():
            of = (row for row in rows if reporting(row["id"]) is reported)
            yield half, write_questions(f"{folder}.{name}.{half}", of)

    def everyday(self) -> Sequence[Figure]:
        """Raises: Missing: the handbook or its set is not there."""
        footnote = self.synced()
        return [
            figure
            for half, file in self.halves("questions")
            for figure in _read(footnote.evaluate(file), half)
        ]

    def replay(self) -> Sequence[Figure]:
        """Raises: Missing: the set is not there."""
        footnote = Footnote(CACHE / "replay")
        return [
            figure
            for half, file in self.halves("model_answers")
            for figure in _replayed(footnote.replay(file), half)
        ]


HANDBOOKS = (
    Handbook("18f", "18f-handbook", "pages", "https://handbook.tts.gsa.gov"),
    Handbook(
        "playbook",
        "engineering-playbook",
        "docs",
        "https://microsoft.github.io/code-with-engineering-playbook",
    ),
    Handbook("govuk", "govuk-developer-docs", "source", "https://docs.publishing.service.gov.uk"),
)


def _later(test: Literal["<=", ">="], bound: float) -> Goal:
    return Goal(test, bound, later=True)


_READ = {
    "right": _later(">=", 0.8),
    "right_in_250": _later(">=", 0.6),
    "useful_quotes": _later(">=", 0.95),
    "right_auroc": _later(">=", 0.82),
}
_SIDES = {
    "refused": {"answerable": _later("<=", 0.08), "near_miss": None, "foreign": None},
    "held_back": {"answerable": None, "near_miss": _later(">=", 0.6), "foreign": None},
}


def _read(scores: Mapping[str, Any], half: str) -> Iterator[Figure]:
    yield Figure(f"{half}.questions", scores["questions"], "questions")
    for name, goal in _READ.items():
        yield from _known(f"{half}.{name}", scores[name], "share", goal)
    yield from _known(f"{half}.words", scores["words"], "words", _later("<=", 75))
    for figure, bounds in _SIDES.items():
        for name, bound in bounds.items():
            yield from _known(f"{half}.{figure}.{name}", scores[figure][name], "share", bound)
    for kind in _KINDS:
        right = scores["by_type"].get(kind, {}).get("right")
        yield from _known(f"{half}.{kind}.right", right, "share", None)


_KINDS = ("typo", "keyword", "compound", "multi", "followup", "foreign")
"""Those that are hard to find: told apart, though of each there are few."""
_STYLES = {"close": ("close",), "natural": ("natural",), "lists_and_long": ("bullets", "long")}
_SHOWN = {"close": 0.99, "natural": 0.97, "lists_and_long": 0.96}


def _replayed(found: Mapping[str, Any], half: str) -> Iterator[Figure]:
    """``shown`` are the faithful claims of a style that a reader sees, ``passed`` those that
    the check lets through, whatever becomes of the answer around them."""
    yield Figure(f"{half}.answers", found["counts"]["answers"], "answers")
    yield Figure(f"{half}.claims.faithful", found["counts"]["faithful"], "claims")
    wrong = sum(found["counts"]["wrong"].values())
    yield Figure(f"{half}.claims.wrong", wrong, "claims")
    for name, styles in _STYLES.items():
        of = [found["by_style"][style] for style in styles if style in found["by_style"]]
        for what, goal in (("shown", _later(">=", _SHOWN[name])), ("passed", None)):
            share = _together(of, f"faithful_{what}")
            yield from _known(f"{half}.{what}.{name}", share, "share", goal)
    for style in ("close", "natural", "denial"):
        whole = found["by_style"].get(style, {}).get("whole")
        goal = _later(">=", 1 if style == "denial" else 0.95)
        yield from _known(f"{half}.whole.{style}", whole, "share", goal)
    unmarked = found["wrong_unmarked"]
    yield from _known(f"{half}.wrong_unmarked", unmarked, "share", _later("<=", 0.1))
    yield from _known(f"{half}.passed.wrong", found["passed"]["wrong"], "share", None)
    yield Figure(f"{half}.cut", found["cut"], "answers", _later("<=", 0))


def _together(styles: Sequence[Mapping[str, Any]], name: str) -> float | None:
    many = sum(one["faithful"] for one in styles)
    return sum((one[name] or 0) * one["faithful"] for one in styles) / many if many else None


def _known(name: str, value: float | None, unit: str, goal: Goal | None) -> Iterator[Figure]:
    if value is not None:
        yield Figure(name, value, unit, goal)
