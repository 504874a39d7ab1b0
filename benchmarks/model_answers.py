"""Answers in a language model's words, from end to end, by a model whose replies were recorded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.everyday import HANDBOOKS
from benchmarks.footnote import FootnoteProcess
from benchmarks.material import shared, write_questions
from benchmarks.rows import Figure, Goal

Row = Mapping[str, Any]

_FIRST_TOKEN, _TOKENS_PER_SECOND = 0.4, 80
_TIMED = 3
"""Each nth question is asked again for the times."""
_GOALS = {
    "strong": {
        "right": Goal(">=", 0.95),
        "clean": Goal(">=", 0.93),
        "denied": Goal(">=", 0.95),
        "faithful_marked": Goal("<=", 0.03),
        "double_marks": Goal("==", 0),
        "requests": Goal("<=", 2.6),
        "tokens_read": Goal("<=", 3000),
    },
    "weak": {"wrong_unmarked": Goal("<=", 0.03), "double_marks": Goal("==", 0)},
}
_DAGGER = "\u2020"
_DOUBLE = re.compile(r"\[(\d+)\]\s?\[\1\]")


@dataclass
class _Counts:
    """What the answers of a run were like."""

    shares: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    answers: int = 0
    double_marks: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    read: int = 0
    written: int = 0

    def figures(self, name: str) -> Iterator[Figure]:
        goals = _GOALS.get(name, {})
        yield Figure(f"{name}.answers", self.answers, "answers")
        for share, values in sorted(self.shares.items()):
            yield Figure(f"{name}.{share}", sum(values) / len(values), "share", goals.get(share))
        for what, value in (
            ("double_marks", self.double_marks),
            ("requests", round(self.requests.total() / self.answers, 2)),
            ("tokens_read", round(self.read / self.answers)),
            ("tokens_written", round(self.written / self.answers)),
        ):
            yield Figure(f"{name}.{what}", value, "an answer", goals.get(what))


def figures() -> list[Figure]:
    """Ask the questions of three handbooks and return the figures: with a strong model, a weak one,
    a strong one without a judge, and the times of a strong one.

    Raises:
        MissingMaterial: the handbooks, the questions or the model's server are not there.
    """
    result: list[Figure] = []
    for name, options, variables in (
        ("strong", (), {}),
        ("weak", ("--weak",), {}),
        ("no_judge", (), {"FOOTNOTE_LLM__VERIFY": "off"}),
    ):
        counts = _Counts()
        for handbook in HANDBOOKS:
            rows = _rows(handbook.name)
            run, log = _asked(handbook.synced(), rows, options, variables)
            _count(counts, rows, run, log, weak="--weak" in options)
        result += counts.figures(name)
    return [*result, *_times()]


def _times() -> Iterator[Figure]:
    """Yield the seconds that the model's part of an answer takes at a usual speed: to the verdict
    on its first sentence, and to that on its last."""
    speed = ("--first-token", str(_FIRST_TOKEN), "--tokens-per-second", str(_TOKENS_PER_SECOND))
    first, whole = [], []
    for handbook in HANDBOOKS:
        rows = _rows(handbook.name)[::_TIMED]
        _, log = _asked(handbook.synced(), rows, speed, {})
        for requests in _by_question(log).values():
            times = [_ends(request) for request in requests]
            judged = [t for t, request in zip(times, requests, strict=True) if _judges(request)]
            begun = requests[0]["at"]
            whole.append(max(times) - begun)
            first.append(min(judged or times) - begun)
    yield Figure("times.first_sentence", median(first), "s", Goal("<=", 3))
    yield Figure("times.all", median(whole), "s", Goal("<=", 5))


def _ends(request: Row) -> float:
    written: int = request["completion_tokens"]
    at: float = request["at"]
    return at + _FIRST_TOKEN + written / _TOKENS_PER_SECOND


def _judges(request: Row) -> bool:
    return bool(request["kind"] == "judge")


def _by_question(log: Sequence[Row]) -> dict[str, list[Row]]:
    by_question: dict[str, list[Row]] = {}
    for request in log:
        by_question.setdefault(request["id"], []).append(request)
    return by_question


def _rows(name: str) -> list[Row]:
    file = shared(f"eval/model_replies/{name}.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _asked(
    footnote: FootnoteProcess,
    rows: Sequence[Row],
    options: Sequence[str],
    variables: Mapping[str, str],
) -> tuple[list[Row], list[Row]]:
    """Ask the questions; return the rows of the run, and the requests that the model got."""
    names = ("id", "question", "kind", "history", "answerable", "facts", "must_not")
    cases = [{name: row[name] for name in names if name in row} for row in rows]
    questions = write_questions("model_answers", cases)
    file = shared(f"eval/model_replies/{_file_of(rows)}.jsonl")
    with TemporaryDirectory() as folder:
        log, out = Path(folder) / "log.jsonl", Path(folder) / "run.json"
        log.touch()
        with _model(file, log, options) as url:
            footnote.variables = {
                "FOOTNOTE_LLM__PROVIDER": "compatible",
                "FOOTNOTE_LLM__MODEL": "recorded-1",
                "FOOTNOTE_LLM__URL": url,
                "FOOTNOTE_LLM_KEY": "none",
                **variables,
            }
            footnote.answered(questions, out)
        run = json.loads(out.read_text(encoding="utf-8"))["questions"]
        requests = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return run, requests


def _file_of(rows: Sequence[Row]) -> str:
    return {"h18f": "18f", "gv": "govuk", "pb": "playbook"}[rows[0]["id"].partition("-")[0]]


@contextmanager
def _model(file: Path, log: Path, options: Sequence[str]) -> Iterator[str]:
    """Serve the recorded replies on a free port and yield the address."""
    server = shared("tools/recorded_model.py")
    command = [sys.executable, str(server), str(file), "--port", "0", "--log", str(log), *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def _count(
    counts: _Counts, rows: Sequence[Row], run: Sequence[Row], log: Sequence[Row], *, weak: bool
) -> None:
    requests = _by_question(log)
    for row, outcome in zip(rows, run, strict=True):
        own = requests.get(row["id"], [])
        counts.answers += 1
        counts.requests.update(request["kind"] for request in own)
        counts.read += sum(request["prompt_tokens"] for request in own)
        counts.written += sum(request["completion_tokens"] for request in own)
        counts.double_marks += bool(_DOUBLE.search(outcome["text"]))
        if row["answerable"]:
            counts.shares["right"].append(bool(outcome["scores"].get("right")))
        else:
            counts.shares["denied"].append(not outcome["answer"])
        recorded = (row.get("weak") if weak else None) or row["strong"]
        wrote = {text for request in own for text in request.get("wrote", ())}
        outcomes = {
            sentence["text"]: (sentence, _shown(sentence["text"], outcome))
            for sentence in recorded["sentences"]
            if sentence["text"] in wrote
        }
        composed = bool(outcome.get("composed"))
        lost_or_marked = False
        for sentence, shown in outcomes.values():
            if sentence.get("faithful", True):
                if composed:
                    counts.shares["faithful_marked"].append(shown == "marked")
                lost_or_marked = lost_or_marked or shown != "plain"
            else:
                counts.shares["wrong_unmarked"].append(shown == "plain")
        counts.shares["clean"].append(composed and not lost_or_marked)


def _shown(sentence: str, outcome: Row) -> str:
    """Return how a sentence is shown: plain, marked or lost."""
    words = re.findall(r"\w+", re.sub(r"[\[\u3010(]\D*\d+\W*[\])\u3011]", "", sentence))
    found = re.search(r"\W*".join(words), outcome["text"])
    if not found or not outcome.get("composed"):
        return "lost"
    behind = re.match(rf"[^\w\[{_DAGGER}]*(?:\[\d+\])*{_DAGGER}", outcome["text"][found.end() :])
    return "marked" if behind else "plain"
