"""Answers that models wrote, recorded with the passages of their prompts, and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.lines import BadSet, read_rows, text_of
from bot.evaluation.questions import history_of
from bot.model import Question
from indexers.model import EVERYONE, OPEN, Passage, Principal

_WIKI = "recorded"


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says of a sentence: whether it claims something, whether the passages that
    it cites bear it out, and the kind of its ``error`` if they do not."""

    text: str
    claims: bool
    faithful: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """``labels`` are of its sentences, in order; none if nobody judged it."""

    style: str
    text: str
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """A question, the passages that the model was shown, in order, and what it answered."""

    id: str
    question: Question
    passages: tuple[Passage, ...]
    answers: tuple[RecordedAnswer, ...]


def read_recordings(file: Path) -> list[Recording]:
    """
    Raises:
        BadSet: no such file, or a line that is no recording.
    """
    return [_recording(row, number, where) for number, where, row in read_rows(file)]


def _recording(row: Mapping[str, Any], number: int, where: str) -> Recording:
    passages = _objects(row, "passages", where)
    return Recording(
        id=str(row.get("id", number)),
        question=Question(
            text_of(row, "question", where),
            Principal.of(EVERYONE),
            history=history_of(row.get("history") or [], where),
        ),
        passages=tuple(_passage(one, n, where) for n, one in enumerate(passages)),
        answers=tuple(_answer(one, where) for one in _objects(row, "answers", where)),
    )


def _passage(row: Mapping[str, Any], place: int, where: str) -> Passage:
    if row.get("n", place + 1) != place + 1:
        raise BadSet(f"{where}: 'passages' are not in the order of their numbers")
    title, text = str(row.get("title") or ""), text_of(row, "text", where)
    headings = row.get("headings") or []
    if not isinstance(headings, list):
        raise BadSet(f"{where}: 'headings' is no list")
    path = tuple(map(str, headings))
    return Passage(
        wiki=_WIKI,
        page=str(row.get("page") or place + 1),
        revision="",
        ordinal=place,
        title=title,
        headings=path,
        url=str(row.get("url") or ""),
        text=text,
        embedded="\n".join([title, *path, text]),
        acl=OPEN,
    )


def _answer(row: Mapping[str, Any], where: str) -> RecordedAnswer:
    return RecordedAnswer(
        style=str(row.get("style") or ""),
        text=text_of(row, "text", where),
        labels=tuple(_label(one, where) for one in _objects(row, "sentences", where)),
    )


def _label(row: Mapping[str, Any], where: str) -> Label:
    claims, faithful = row.get("kind", "claim") == "claim", row.get("faithful")
    if not isinstance(faithful, bool):
        raise BadSet(f"{where}: 'faithful' of a sentence is neither true nor false")
    return Label(text_of(row, "text", where), claims, faithful, str(row.get("error") or ""))


def _objects(row: Mapping[str, Any], name: str, where: str) -> Sequence[Mapping[str, Any]]:
    found = row.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadSet(f"{where}: {name!r} is no list of objects")
    return found
