"""A local model of natural language inference decides unclear sentences: a `SentenceJudge` that
costs nothing and sends nothing anywhere.

It only confirms sentences that their evidence certainly says: a sentence that it does not find is
not therefore wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.composing.model_client import ModelFailed
from bot.answering.composing.sentences import Evidence
from bot.answering.quoting import units
from bot.model import Question
from indexers.errors import ModelUnavailable
from indexers.model import Passage
from indexers.ports import Entailing
from indexers.text.prose import plain

_SURE = 0.9
"""The least probability of entailment. Models of this kind are seldom unsure."""


@dataclass(frozen=True, slots=True)
class EntailmentJudge:
    """A judge by entailment. ``seconds`` is for all sentences of an answer; those not reached in
    time stay unclear."""

    model: Entailing
    seconds: float
    clock: Callable[[], float] = time.monotonic

    def judge(
        self,
        question: Question,  # noqa: ARG002 - a sentence is judged by words alone
        passages: Sequence[Passage],
        unclear: Sequence[UnclearSentence],
    ) -> Sequence[SentenceVerdict | None]:
        """Return the verdicts of the inference model.

        Raises:
            ModelFailed: the model cannot be loaded, or does not run.
        """
        until = self.clock() + self.seconds
        try:
            return [
                self._verdict(one, passages) if self.clock() < until else None for one in unclear
            ]
        except ModelUnavailable as error:
            raise ModelFailed(str(error)) from error

    def _verdict(self, one: UnclearSentence, passages: Sequence[Passage]) -> SentenceVerdict | None:
        grounds = [*_grounds(one, passages)]
        chances = self.model.entailed([(text, one.text) for text, _ in grounds])
        best = max(zip(chances, grounds, strict=True), key=lambda pair: pair[0], default=None)
        if best is None or best[0] < _SURE:
            return None
        return SentenceVerdict(supported=True, evidence=best[1][1])


def _grounds(
    one: UnclearSentence, passages: Sequence[Passage]
) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    """Yield texts that may say it, with the words of passages that they are made of: its evidence,
    else each sentence of the passages that it cites, and each pair of neighbours."""
    if one.evidence:
        yield "\n".join(_headed(part, passages) for part in one.evidence), one.evidence
        return
    for number in one.cited:
        if not 0 < number <= len(passages):
            continue
        text = passages[number - 1].text
        pieces = units(text)
        for first in range(len(pieces)):
            for last in pieces[first : first + 2]:
                part = Evidence(number, text[pieces[first].start : last.end])
                yield _headed(part, passages), (part,)


def _headed(part: Evidence, passages: Sequence[Passage]) -> str:
    passage = passages[part.passage - 1]
    place = ": ".join([passage.title, *passage.headings])
    return f"{place}: {plain(part.words)}"
