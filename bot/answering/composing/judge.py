"""The port for judges, which decide sentences that rules cannot decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.answering.words.sentences import Evidence
from bot.model import Question
from indexers.model import Passage


@dataclass(frozen=True, slots=True)
class UnclearSentence:
    """An unclear sentence. ``text`` is what a reader would see. ``cited`` are the numbers of the
    passages that may support it, best first, counted from 1. ``evidence`` are words of those
    passages that the model gave for it: if there are any, a judge need read nothing else.
    ``before`` is the sentence that it may point back to, or the introduction of its list."""

    text: str
    cited: tuple[int, ...]
    evidence: tuple[Evidence, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class SentenceVerdict:
    """A judge's verdict. ``evidence`` are the words that support a supported sentence. They must
    be in the passage letter for letter, except for white space; otherwise the sentence stays
    unclear."""

    supported: bool
    evidence: tuple[Evidence, ...] = ()


class SentenceJudge(Protocol):
    def judge(
        self, question: Question, passages: Sequence[Passage], unclear: Sequence[UnclearSentence]
    ) -> Sequence[SentenceVerdict | None]:
        """Return a verdict for each sentence, in order; None for one that was not judged.

        All unclear sentences of an answer come at once. ``passages`` are those of the prompt.

        Raises:
            ModelFailed: the judge cannot be asked. The sentences then stay unclear.
        """
        ...
