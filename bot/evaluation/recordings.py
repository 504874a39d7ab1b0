"""Recorded model answers, with the passages of their prompts and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote_bot.bot.evaluation.lines import BadSet, read_rows, text_of
from footnote_bot.bot.evaluation.questions import history_of
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import EVERYONE, OPEN, Passage, Principal

WRONG_CITATION = "wrong_citation"
"""The error of a claim that another passage supports. The composer cites that one instead."""
_WIKI = "recorded"


@dataclass(frozen=True, slots=True)
class Label:
    """A person's judgement of a sentence: whether it makes a claim, whether the cited passages
    support it, and the kind of ``error`` if they do not."""

    text: str
    claims: bool
    faithful: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer. ``labels`` judge its sentences, in order; empty if nobody judged it.
    ``written`` is what the model wrote: the text, or JSON that gives evidence for each sentence."""

    style: str
    text: str
    labels: tuple[Label, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A question, the passages shown to the model, in order, and its answers."""

    id: str
    question: Question
    passages: tuple[Passage, ...]
    answers: tuple[ModelAnswer, ...]


def read_recordings(file: Path) -> list[Recording]:
    """Read recorded answers.

    Raises:
        BadSet: no such file, or a line that is no recording.
    """
    return [_recording(row, number, where) for number, where, row in read_rows(file)]


def _recording(row: Mapping[str, Any], number: int, where: str) -> Recording:
    """Return the recording of a row, with its number and place (``where``)."""
    passages = _objects(row, "passages", where)
    return Recording(
        id=str(number if row.get("id") is None else row["id"]),
        question=Question(
            text_of(row, "question", where),
            Principal.of(EVERYONE),
            history=history_of(row.get("history") or [], where),
        ),
        passages=tuple(_passage(passage, n, where) for n, passage in enumerate(passages)),
        answers=tuple(_answer(answer, where) for answer in _objects(row, "answers", where)),
    )


def _passage(row: Mapping[str, Any], place: int, where: str) -> Passage:
    """Return a recorded passage; ``place`` is its index in the prompt."""
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


def _answer(row: Mapping[str, Any], where: str) -> ModelAnswer:
    """Return the answer in an object of a recording."""
    # A model may have written nothing.
    text = "" if row.get("text") == "" else text_of(row, "text", where)
    return ModelAnswer(
        style=str(row.get("style") or ""),
        text=text,
        labels=tuple(_label(label, where) for label in _objects(row, "sentences", where)),
        written=str(row.get("written") or text),
    )


def _label(row: Mapping[str, Any], where: str) -> Label:
    """Return the label in an object of an answer."""
    claims, faithful = row.get("kind", "claim") == "claim", row.get("faithful")
    if faithful is None and not claims:
        faithful = True  # a sentence that claims nothing is not wrong
    if not isinstance(faithful, bool):
        raise BadSet(f"{where}: 'faithful' of a sentence is neither true nor false")
    return Label(text_of(row, "text", where), claims, faithful, str(row.get("error") or ""))


def _objects(row: Mapping[str, Any], name: str, where: str) -> Sequence[Mapping[str, Any]]:
    """Return the list of objects under ``name``; empty if there is none."""
    objects = row.get(name) or []
    if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
        raise BadSet(f"{where}: {name!r} is not a list of objects")
    return objects
