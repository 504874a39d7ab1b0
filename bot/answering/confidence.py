"""How sure an answer is, from features that one can explain."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum

from bot.answering.quoting import Weights, stems
from bot.answering.retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class Features:
    """``cosine``: how near in meaning the best passage is. ``coverage``: the share of
    the question's words, rare ones weighing more, that a best page's passage holds."""

    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic curve over the features, fitted to half of the questions of three
    sets, asked of their own corpus and of another's, so that its values are chances of
    "this wiki is about that" where both are as common. `benchmarks/RESULTS.md` has how it
    does on the other half."""

    bias: float = -9.55
    cosine: float = 15.45
    coverage: float = 7.88

    def __call__(self, question: str, retrieved: Retrieved) -> float:
        seen = features(question, retrieved)
        logit = self.bias + self.cosine * seen.cosine + self.coverage * seen.coverage
        return 1 / (1 + exp(-logit))


_CONSIDERED = 5


def features(question: str, retrieved: Retrieved) -> Features:
    hits = retrieved.hits
    if not hits:
        return Features(0.0, 0.0)
    weigh = Weights([hit.passage.embedded for hit in hits])
    wanted = stems(question)
    # Stems are a set, in another order in each process: fsum does not mind.
    whole = fsum(map(weigh, wanted)) or 1.0
    firsts = [found.hits[0].passage for found in retrieved.pages[:_CONSIDERED]]
    return Features(
        cosine=max(hits, key=lambda hit: hit.score).cosine,
        coverage=max(fsum(map(weigh, wanted & stems(first.embedded))) for first in firsts) / whole,
    )
