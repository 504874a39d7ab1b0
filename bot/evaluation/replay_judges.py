"""Judges of the unclear sentences of recorded answers: none, the labels, or recorded verdicts of a
real model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from footnote_bot.bot.answering.composing.judge import (
    JudgedSentence,
    SentenceJudge,
    SentenceVerdict,
    judge_prompt,
    verdicts,
)
from footnote_bot.bot.answering.composing.reading import as_shown
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.evaluation.lines import BadSet, id_of, read_rows
from footnote_bot.bot.evaluation.recordings import Recording
from footnote_bot.bot.model import Question

_WRONG_CITATION = "wrong_citation"
"""The error of a claim that another passage supports; the label does not say which passage."""


class LabelsJudge:
    """The perfect judge, which answers by the labels: with it a run measures everything but the
    judge."""

    def __init__(self, recording: Recording, answer: int) -> None:
        self._labels = [
            (_letters(as_shown(label.text)), label) for label in recording.answers[answer].labels
        ]

    def judge(
        self, _question: Question, _prompt: Prompt, sentences: Sequence[JudgedSentence]
    ) -> Sequence[SentenceVerdict | None]:
        """Return the labels' verdicts; None for a sentence without a label."""
        return [self._verdict(sentence) for sentence in sentences]

    def _verdict(self, sentence: JudgedSentence) -> SentenceVerdict | None:
        letters = _letters(sentence.text)
        same = [label for own, label in self._labels if own == letters]
        # Sentence and label may be cut at different places. They are compared in part only if no
        # label is the same, because a short label's letters occur in other sentences.
        labels = same or [
            label for own, label in self._labels if own and (own in letters or letters in own)
        ]
        wrong = [label for label in labels if not label.faithful]
        if any(label.error != _WRONG_CITATION for label in wrong):
            return SentenceVerdict(supported=False)
        if wrong or not labels:
            return None
        return SentenceVerdict(supported=True)


class RecordedVerdicts:
    """Recorded verdicts, by the ids of request and sentence.

    A line has the ``id`` and the ``sentences`` of a prompt, and the model's ``reply`` as it came,
    or its ``verdicts``.
    """

    def __init__(self, file: Path) -> None:
        """Read the recorded verdicts.

        Raises:
            BadSet: no such file, or a line that holds no verdicts.
        """
        self._by_sentence: dict[tuple[str, str], SentenceVerdict] = {}
        for _, where, row in read_rows(file):
            sentences = row.get("sentences")
            if not isinstance(sentences, list):
                raise BadSet(f"{where}: 'sentences' is no list")
            reply = row.get("reply")
            if not isinstance(reply, str):
                reply = json.dumps({"verdicts": row.get("verdicts")})
            for sentence, verdict in zip(sentences, verdicts(reply, len(sentences)), strict=True):
                if verdict:
                    self._by_sentence[id_of(row, where), str(sentence)] = verdict

    def of(self, request: str, sentence: JudgedSentence) -> SentenceVerdict | None:
        return self._by_sentence.get((request, sentence.text))


@dataclass(slots=True)
class Judging:
    """Creates each answer's judge, counts ``unclear`` sentences and those ``judged``, and collects
    the ``prompts`` that a model would receive."""

    by_labels: bool = False
    recorded: RecordedVerdicts | None = None
    count: Callable[[str], int] = len
    unclear: int = 0
    judged: int = 0
    prompts: list[dict[str, Any]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, recording: Recording, answer: int) -> SentenceJudge:
        return _Judge(self, f"{recording.id}/{answer}", LabelsJudge(recording, answer))


@dataclass(frozen=True, slots=True)
class _Judge:
    judging: Judging
    request: str
    labels: LabelsJudge

    def judge(
        self, question: Question, prompt: Prompt, sentences: Sequence[JudgedSentence]
    ) -> Sequence[SentenceVerdict | None]:
        judging = self.judging
        if judging.by_labels:
            results = self.labels.judge(question, prompt, sentences)
        elif judging.recorded:
            results = [judging.recorded.of(self.request, sentence) for sentence in sentences]
        else:
            results = [None] * len(sentences)
        mark = hashlib.blake2b(self.request.encode(), digest_size=8).hexdigest()
        own = judge_prompt(question, prompt, sentences, judging.count, lambda: mark)
        row = {
            "id": self.request,
            "sentences": [sentence.text for sentence in sentences],
            "system": own.system,
            "user": own.user,
            "schema": own.structure.schema if own.structure else None,
            "max_tokens": own.max_tokens,
        }
        with judging.lock:  # two requests of one answer are judged at a time
            judging.unclear += len(sentences)
            judging.judged += sum(verdict is not None for verdict in results)
            judging.prompts.append(row)
        return results


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
