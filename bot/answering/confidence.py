"""How sure an answer is, from features that one can explain."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from bot.answering.quoting import Weights, stems
from bot.answering.retrieval import Retrieved

_CONSIDERED = 5


@dataclass(frozen=True, slots=True)
class Features:
    """``cosine``: the best passage's nearness in meaning. ``coverage``: the share of
    the question's words, rare ones weighing more, that the best passage holds."""

    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic curve over the features. The defaults were fitted to shared question
    sets (`benchmarks/RESULTS.md` says on which, and how it does on the others)."""

    bias: float = -5.0
    cosine: float = 9.0
    coverage: float = 2.0

    def __call__(self, question: str, retrieved: Retrieved) -> float:
        seen = features(question, retrieved)
        return 1 / (
            1 + exp(-(self.bias + self.cosine * seen.cosine + self.coverage * seen.coverage))
        )


def features(question: str, retrieved: Retrieved) -> Features:
    hits = retrieved.hits
    if not hits:
        return Features(0.0, 0.0)
    weigh = Weights([hit.passage.embedded for hit in hits])
    wanted = stems(question)
    whole = sum(map(weigh, wanted)) or 1.0
    return Features(
        cosine=max(hit.cosine for hit in hits),
        coverage=max(
            sum(map(weigh, wanted & stems(found.hits[0].passage.embedded)))
            for found in retrieved.pages[:_CONSIDERED]
        )
        / whole,
    )
