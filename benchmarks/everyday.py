"""The answers that people read: everyday questions on handbooks, without a model, and recorded
model answers, run through the check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.evidence import with_evidence
from benchmarks.footnote import FootnoteProcess
from benchmarks.material import CACHE, reporting, shared, unpacked, write_questions
from benchmarks.rows import Figure, Goal

_HALVES = {"development": False, "reporting": True}


@dataclass(frozen=True, slots=True)
class Handbook:
    """A handbook with its questions. ``name`` is the name of its set below eval/. ``root`` is the
    folder of its pages; Footnote reads those that match ``include`` (as in .gitignore; all if it is
    empty)."""

    name: str
    archive: str
    root: str
    site: str
    include: Sequence[str] = ()

    def synced(self) -> FootnoteProcess:
        """Return Footnote with this handbook synced.

        Raises:
            MissingMaterial: the archive is not there.
        """
        pages = unpacked(shared(f"wikis/{self.archive}.tar.gz")) / self.root
        footnote = FootnoteProcess(CACHE / f"everyday-{self.name}")
        footnote.reading(self.name, pages, self.site, self.include)
        footnote.sync()
        return footnote

    def halves(self, name: str) -> Iterator[tuple[str, Path]]:
        """Yield the halves of a shared set.

        Raises:
            MissingMaterial: the set is not there.
        """
        folder = f"wiki_answers_{self.name}"
        yield from _halves(shared(f"eval/{folder}/{name}.jsonl"), f"{folder}.{name}")

    def everyday(self) -> Sequence[Figure]:
        """Ask the everyday questions of the shared set.

        Raises: MissingMaterial: the handbook or its set is not there.
        """
        return self._ask(self.halves("questions"), _SHARED)

    def own(self) -> Sequence[Figure]:
        """Ask the questions that we wrote ourselves.

        Raises:
            MissingMaterial: the handbook is not there.
        """
        return self._ask(_halves(_OWN / f"{self.name}.jsonl", f"own.{self.name}"), _OWN_GOALS)

    def keywords(self) -> Sequence[Figure]:
        """Ask with keywords and misspelt words, which a page answers.

        Raises:
            MissingMaterial: the handbook is not there.
        """
        file = _OWN / "keywords" / f"{self.name}.jsonl"
        return self._ask(_halves(file, f"keywords.{self.name}"), _OWN_GOALS)

    def _ask(
        self, halves: Iterator[tuple[str, Path]], goals: Mapping[str, Goal]
    ) -> Sequence[Figure]:
        footnote = self.synced()
        return [
            figure
            for half, file in halves
            for figure in _evaluation_figures(footnote.evaluate(file), half, goals)
        ]

    def replay(self) -> Sequence[Figure]:
        """Replay recorded answers: by rules alone, and with the labels as judge. Both are repeated
        with a model's evidence for each sentence.

        Raises:
            MissingMaterial: the set is not there.
        """
        footnote = FootnoteProcess(CACHE / "replay")
        figures: list[Figure] = []
        for half, file in self.halves("model_answers"):
            lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
            evidence = write_questions(f"{file.stem}.evidence", map(with_evidence, lines))
            labels = ("--judge", "labels")
            figures += _rule_figures(footnote.replay(file), half)
            figures += _judge_figures(footnote.replay(evidence), f"{half}.evidence")
            figures += _judge_figures(footnote.replay(file, *labels), f"{half}.labels")
            judged = footnote.replay(evidence, *labels)
            figures += _judge_figures(judged, f"{half}.labels_evidence")
        return figures


def without_answer() -> Sequence[Figure]:
    """Ask what no handbook answers: the questions of all sets that have no answer, together, and
    small talk on each handbook of a shared set.

    Raises:
        MissingMaterial: a handbook or its set is not there.
    """
    plain: dict[str, list[Mapping[str, Any]]] = {}
    for handbook in (*HANDBOOKS, *OWN_ALONE):
        footnote = handbook.synced()
        sets = [("sets", _OWN / f"{handbook.name}.jsonl")]
        if handbook in HANDBOOKS:
            shared_set = shared(f"eval/wiki_answers_{handbook.name}/questions.jsonl")
            sets += [("sets", shared_set), ("smalltalk", _OWN / "smalltalk.jsonl")]
        for name, file in sets:
            unanswerable = _halves(file, f"without_answer.{handbook.name}", answerable=False)
            for half, questions in unanswerable:
                scores = footnote.evaluate(questions)
                plain.setdefault(f"{half}.{name}", []).append(scores["plain"])
    return [figure for name, runs in plain.items() for figure in _pooled(name, runs)]


def _pooled(name: str, runs: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    """Yield the shares of all runs together. The goals are five and eight questions of 83."""
    questions = sum(run["of"]["unanswerable"] for run in runs)
    yield Figure(f"{name}.questions", questions, "questions")
    goals = {"unanswerable": 5, "quoted_unanswerable": 8} if name.endswith("sets") else {}
    for figure in ("unanswerable", "quoted_unanswerable"):
        count = sum((run[figure] or 0) * run["of"][figure] for run in runs)
        goal = _later("<=", round(goals[figure] / 83, 3)) if goals else None
        yield Figure(f"{name}.{figure}", count / questions, "share", goal)


def _halves(
    questions: Path, name: str, *, answerable: bool | None = None
) -> Iterator[tuple[str, Path]]:
    """Yield the development half and the reporting half, split by question id; of these only the
    questions that are ``answerable``, or are not, unless it is None."""
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    for half, is_reporting in _HALVES.items():
        half_rows = (
            row
            for row in rows
            if reporting(row["id"]) is is_reporting and answerable in (None, row["answerable"])
        )
        yield half, write_questions(f"{name}.{half}", half_rows)


def hostile() -> Sequence[Figure]:
    """Measure how many hostile sentences would reach a reader.

    Raises:
        MissingMaterial: the set is not there.
    """
    footnote = FootnoteProcess(CACHE / "replay")
    file = shared("eval/hostile_sentences/model_answers.jsonl")
    rules, judged = footnote.replay(file), footnote.replay(file, "--judge", "labels")
    nothing = Goal("==", 0)
    return [
        Figure("sentences", rules["counts"]["wrong"]["hostile"], "sentences"),
        Figure("verified.rules", rules["wrong_unmarked"], "share", nothing),
        Figure("shown.rules", rules["wrong_shown"]["hostile"], "share"),
        Figure("shown.labels", judged["wrong_shown"]["hostile"], "share", nothing),
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
_GITLAB = {
    "gitlab_people": (
        *("about", "business-technology", "communication", "finance", "hiring", "leadership"),
        *("legal", "people-group", "people-policies", "tools-and-tips", "total-rewards"),
    ),
    "gitlab_support": ("support",),
    "gitlab_security": ("security",),
    "gitlab_success": ("customer-success",),
    "gitlab_product": ("marketing", "product"),
}
"""Parts of GitLab's handbook, each read as a wiki. The first has topics that people in every
company ask about. No shared set covers these parts."""

OWN_ALONE = tuple(
    Handbook(
        name,
        "gitlab-handbook",
        "content",
        "https://handbook.gitlab.com",
        include=tuple(f"/handbook/{folder}/" for folder in folders),
    )
    for name, folders in _GITLAB.items()
)
"""Handbooks with only our own questions."""


def _later(test: Literal["<=", ">="], bound: float) -> Goal:
    return Goal(test, bound, later=True)


_FOUND = {"found": _later(">=", 0.85)}
_SHARED = {"right": _later(">=", 0.88), "answerable": _later(">=", 0.7), **_FOUND}
_OWN_GOALS = {"right": _later(">=", 0.78), "answerable": _later(">=", 0.5), **_FOUND}
_READ = ("right", "right_in_250", "useful_quotes", "right_auroc")


def _evaluation_figures(
    scores: Mapping[str, Any], half: str, goals: Mapping[str, Goal]
) -> Iterator[Figure]:
    """Yield the figures of plain answers, with their goals, and then the others."""
    yield Figure(f"{half}.questions", scores["questions"], "questions")
    plain = scores["plain"]
    yield Figure(f"{half}.plain.answers", plain["answers"], "answers")
    for name in plain["of"]:
        yield from _if_known(f"{half}.plain.{name}", plain[name], "share", goals.get(name))
    for name in _READ:
        yield from _if_known(f"{half}.{name}", scores[name], "share", None)
    yield from _if_known(f"{half}.words", scores["words"], "words", None)
    for name, share in scores["refused"].items():
        yield from _if_known(f"{half}.refused.{name}", share, "share", None)
    by_type = scores["by_type"] or {}
    for kind in _KINDS:
        yield from _if_known(
            f"{half}.{kind}.right", by_type.get(kind, {}).get("right"), "share", None
        )


_KINDS = ("typo", "keyword", "compound", "multi", "followup", "foreign")
"""Kinds of questions that are hard to answer, reported separately though each is rare."""
_OWN = Path(__file__).parent / "questions"
_STYLES = {"close": ("close",), "natural": ("natural",), "lists_and_long": ("bullets", "long")}
_SHOWN = {"close": 0.99, "natural": 0.97, "lists_and_long": 0.96}
_ERRORS = {
    "facts": ("number", "unit", "time", "name", "address", "quotation"),
    "negation": ("negation",),
    "relations": ("condition", "scope", "order", "swapped", "overreach", "invented"),
}
_VERIFIED = {"facts": 0.02, "negation": 0.05, "relations": 0.1}


def _rule_figures(report: Mapping[str, Any], half: str) -> Iterator[Figure]:
    """Yield the figures by rules alone. ``shown`` is the share of a style's faithful claims that a
    reader sees, verified or marked; ``verified`` the share shown without a mark; ``wrong_verified``
    the share of wrong claims shown without a mark, by kind of error."""
    yield Figure(f"{half}.answers", report["counts"]["answers"], "answers")
    yield Figure(f"{half}.claims.faithful", report["counts"]["faithful"], "claims")
    wrong = report["counts"]["wrong"]
    yield Figure(f"{half}.claims.wrong", sum(wrong.values()), "claims")
    for name, styles in _STYLES.items():
        by_style = [report["by_style"][style] for style in styles if style in report["by_style"]]
        for outcome, goal in (("shown", _later(">=", _SHOWN[name])), ("verified", None)):
            share = _pooled_share(by_style, f"faithful_{outcome}")
            yield from _if_known(f"{half}.{outcome}.{name}", share, "share", goal)
    denials = report["by_style"].get("denial", {}).get("whole")
    yield from _if_known(f"{half}.whole.denial", denials, "share", _later(">=", 1))
    contradicted = report["faithful_contradicted"]
    yield from _if_known(f"{half}.contradicted", contradicted, "share", _later("<=", 0.02))
    for name, errors in _ERRORS.items():
        claims = sum(wrong.get(error, 0) for error in errors)
        passed = sum((report["wrong_verified"].get(e) or 0) * wrong.get(e, 0) for e in errors)
        share = passed / claims if claims else None
        yield from _if_known(
            f"{half}.wrong_verified.{name}", share, "share", _later("<=", _VERIFIED[name])
        )
    yield Figure(f"{half}.cut", report["cut"], "answers", _later("<=", 0))


def _judge_figures(report: Mapping[str, Any], name: str) -> Iterator[Figure]:
    whole, unmarked = report["whole"], report["wrong_unmarked"]
    by_labels = name.partition(".")[2].startswith("labels")
    yield from _if_known(f"{name}.whole", whole, "share", _later(">=", 0.95) if by_labels else None)
    yield from _if_known(f"{name}.wrong_unmarked", unmarked, "share", _later("<=", 0.03))
    yield from _if_known(f"{name}.verified", report["faithful_verified"], "share", None)
    yield Figure(f"{name}.judged", report["judge"]["unclear"], "sentences")


def _pooled_share(styles: Sequence[Mapping[str, Any]], name: str) -> float | None:
    claims = sum(style["faithful"] for style in styles)
    return (
        sum((style[name] or 0) * style["faithful"] for style in styles) / claims if claims else None
    )


def _if_known(name: str, value: float | None, unit: str, goal: Goal | None) -> Iterator[Figure]:
    if value is not None:
        yield Figure(name, value, unit, goal)
