"""Saved runs, and the comparison of two runs question by question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from footnote_bot.bot.errors import BotError
from footnote_bot.bot.evaluation import measures
from footnote_bot.bot.evaluation.lines import write_whole
from footnote_bot.bot.evaluation.pages import full_name
from footnote_bot.bot.evaluation.run import Outcome
from footnote_bot.bot.model import Answer, named

_FORMAT = 1
_NO_RUN = "is not a run that `footnote eval --out` of this version wrote"
_RANKED = 10
_CLOSE = 1e-9


class BadRun(BotError):
    """A file holds no saved run; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question of a run: its pages best first, and its scores by measure. ``answer`` holds only
    what is shown as an answer; ``text`` is the shown text in any case; ``sources`` are the sections
    that it leads to, each with ``page`` (full name) and ``quote``. ``tone`` is plain, nearest or
    silent; empty in a run of an older version. ``left_out`` counts the statements of a ``composed``
    answer that the check dropped; ``not_shown`` are all sentences of a language model's that nobody
    was shown."""

    id: str
    question: str
    ranked: tuple[str, ...]
    answer: str
    confidence: float
    scores: Mapping[str, float]
    text: str = ""
    sources: tuple[Mapping[str, str], ...] = ()
    tone: str = ""
    composed: bool = False
    left_out: int = 0
    not_shown: tuple[str, ...] = ()


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """Return the rows of a run. They hold no times: the same run again gives the same rows."""
    return [
        Row(
            id=outcome.case.id,
            question=outcome.case.question,
            ranked=tuple(outcome.ranked[:_RANKED]),
            answer=outcome.result.text if outcome.answered else "",
            confidence=outcome.result.confidence,
            scores=outcome.scores,
            text=outcome.result.text,
            sources=tuple(
                {"page": full_name(source.wiki, source.page), "quote": source.quote}
                for source in named(outcome.result)
            ),
            tone=outcome.tone.value,
            composed=isinstance(outcome.result, Answer) and outcome.result.composed,
            left_out=outcome.result.left_out if isinstance(outcome.result, Answer) else 0,
            not_shown=outcome.not_shown,
        )
        for outcome in outcomes
    ]


def save(file: Path, scores: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Save a run.

    Raises:
        BadRun: the file cannot be written.
    """
    run = {"footnote_run": _FORMAT, "report": scores, "questions": [asdict(row) for row in rows]}
    text = json.dumps(run, ensure_ascii=False, indent=1) + "\n"
    try:
        write_whole(file, text.encode())
    except OSError as error:
        raise BadRun(f"{file}: cannot be written ({error.strerror})") from None


def load(file: Path) -> list[Row]:
    """Load a saved run.

    Raises:
        BadRun: no such file, or no run in it.
    """
    try:
        run = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadRun(f"{file}: cannot be read ({error})") from None
    except json.JSONDecodeError as error:
        raise BadRun(f"{file}: {_NO_RUN} (line {error.lineno}: {error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise BadRun(f"{file}: cannot be read ({error})") from None
    if not isinstance(run, dict) or run.get("footnote_run") != _FORMAT:
        raise BadRun(f"{file}: {_NO_RUN}")
    try:
        return [_row(**row) for row in run["questions"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadRun(f"{file}: a question of this run is incomplete ({error})") from None


def _row(
    ranked: Sequence[str],
    scores: Mapping[str, float],
    sources: Sequence[Mapping[str, str]] = (),
    not_shown: Sequence[str] = (),
    **rest: Any,
) -> Row:
    """Return a question of a saved run, from its JSON; runs of older versions lack the last keys.

    Raises:
        TypeError, ValueError, AttributeError, OverflowError: the JSON is no such question.
    """
    figures = {name: float(score) for name, score in scores.items()}
    return Row(
        ranked=tuple(ranked),
        scores=figures,
        sources=tuple(sources),
        not_shown=tuple(not_shown),
        **rest,
    )


def compare(before: Sequence[Row], after: Sequence[Row], seed: int = 0) -> dict[str, Any]:
    """Return what changed from ``before`` to ``after``, over the questions that both asked (matched
    by id). ``p`` is from a paired randomisation test, ``interval`` holds 95 % of the differences by
    bootstrap; a question that is better by one measure and worse by another is in ``mixed``.
    ``other_words`` are questions whose words differ in ``before``: an id that is a line number may
    have moved to another question."""
    earlier = {row.id: row for row in before}
    pairs = [(earlier[row.id], row) for row in after if row.id in earlier]
    names = dict.fromkeys(name for _, row in pairs for name in row.scores)
    changed: dict[str, list[dict[str, Any]]] = {"better": [], "worse": [], "mixed": []}
    for old, new in pairs:
        steps = {
            name: (old.scores[name], score)
            for name, score in new.scores.items()
            if name in old.scores and abs(old.scores[name] - score) > _CLOSE
        }
        if steps:
            question = {"id": new.id, "question": new.question, "scores": steps}
            changed[_direction(steps)].append(question)
    for questions in changed.values():
        questions.sort(key=_size)
    return {
        "questions": len(pairs),
        "only_before": len(before) - len(pairs),
        "only_after": len(after) - len(pairs),
        "measures": {
            name: figures for name in names if (figures := _measure(name, pairs, seed)) is not None
        },
        **changed,
        "other_words": [
            {"id": new.id, "question": new.question}
            for old, new in pairs
            if old.question != new.question
        ],
        "answers_changed": [
            {"id": new.id, "question": new.question}
            for old, new in pairs
            if old.answer != new.answer
        ],
    }


def _direction(steps: Mapping[str, tuple[float, float]]) -> str:
    """Return the direction of changed scores, each given as before and after."""
    is_better = [after > before for before, after in steps.values()]
    if all(is_better):
        return "better"
    return "mixed" if any(is_better) else "worse"


def _measure(name: str, pairs: Sequence[tuple[Row, Row]], seed: int) -> dict[str, Any] | None:
    """Return the figures of a measure over all pairs that have it; None if none has."""
    values = [
        (old.scores[name], new.scores[name])
        for old, new in pairs
        if name in old.scores and name in new.scores
    ]
    if not values:
        return None
    differences = [end - start if abs(end - start) > _CLOSE else 0.0 for start, end in values]
    return {
        "questions": len(values),
        "before": fmean(start for start, _ in values),
        "after": fmean(end for _, end in values),
        "difference": fmean(differences),
        "interval": measures.interval(differences, seed),
        "p": measures.p_value(differences, seed),
        "better": sum(difference > 0 for difference in differences),
        "worse": sum(difference < 0 for difference in differences),
    }


def _size(changed: Mapping[str, Any]) -> tuple[float, str]:
    """Return a sort key that puts the largest change first."""
    return -sum(abs(end - start) for start, end in changed["scores"].values()), changed["id"]
