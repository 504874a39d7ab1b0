"""A local model of natural language inference decides unclear sentences: a `SentenceJudge` that
costs nothing and sends nothing anywhere.

It only confirms sentences that their evidence certainly entails. A sentence that it cannot confirm
need not be wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.llm.model_client import ModelFailed
from bot.answering.words.quote_units import units
from bot.answering.words.sentences import Evidence
from bot.model import Question
from indexers.errors import ModelUnavailable
from indexers.model import Passage
from indexers.ports import Entailing
from indexers.text.prose import plain

_SURE = 0.9
"""The least probability of entailment. NLI models are seldom unsure."""


@dataclass(frozen=True, slots=True)
class EntailmentJudge:
    """A judge by entailment. ``seconds`` limits the time for all sentences of an answer; those not
    reached in time stay unclear."""

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
                self._verdict(sentence, passages) if self.clock() < until else None
                for sentence in unclear
            ]
        except ModelUnavailable as error:
            raise ModelFailed(str(error)) from error

    def _verdict(
        self, sentence: UnclearSentence, passages: Sequence[Passage]
    ) -> SentenceVerdict | None:
        premises = [*_premises(sentence, passages)]
        chances = self.model.entailed([(text, sentence.text) for text, _ in premises])
        best = max(zip(chances, premises, strict=True), key=lambda pair: pair[0], default=None)
        if best is None or best[0] < _SURE:
            return None
        return SentenceVerdict(supported=True, evidence=best[1][1])


def _premises(
    sentence: UnclearSentence, passages: Sequence[Passage]
) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    """Yield texts that may entail it, each with its evidence: all evidence of the sentence, else
    each sentence of the passages that it cites, and each pair of neighbours."""
    if sentence.evidence:
        yield "\n".join(_with_headings(q, passages) for q in sentence.evidence), sentence.evidence
        return
    for number in sentence.cited:
        if not 0 < number <= len(passages):
            continue
        text = passages[number - 1].text
        pieces = units(text)
        for first in range(len(pieces)):
            for last in pieces[first : first + 2]:
                quote = Evidence(number, text[pieces[first].start : last.end])
                yield _with_headings(quote, passages), (quote,)


def _with_headings(quote: Evidence, passages: Sequence[Passage]) -> str:
    passage = passages[quote.passage - 1]
    place = ": ".join([passage.title, *passage.headings])
    return f"{place}: {plain(quote.words)}"
