"""How sure an answer is, from features that one can explain."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import exp

from bot.answering.ranking import shared
from bot.answering.retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class Features:
    """Of the passage that answers best. ``closest``: how near in meaning its nearest sentence
    is (a cosine). ``words`` and ``pairs``: the share of the question's words, and of its pairs
    of neighbouring words, that it has (`bot.answering.ranking.Shared`)."""

    closest: float = 0.0
    words: float = 0.0
    pairs: float = 0.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic curve over the features: the chance that this wiki is about what is asked,
    where questions of it and of others are as common. Fitted to four sets, each asked of its
    own corpus and of the others'; `benchmarks/RESULTS.md` has how it does."""

    bias: float = -12.9
    closest: float = 21.4
    words: float = 7.7
    pairs: float = 4.1

    def __call__(self, question: str, retrieved: Retrieved) -> float:
        seen = features(question, retrieved)
        logit = (
            self.bias
            + self.closest * seen.closest
            + self.words * seen.words
            + self.pairs * seen.pairs
        )
        return 1 / (1 + exp(-logit))


def features(question: str, retrieved: Retrieved) -> Features:
    hits = retrieved.hits
    if not hits:
        return Features()
    # The first hit is the best page's best.
    has = shared(question, hits)[0]
    return Features(hits[0].closest, has.words, has.pairs)


_MEASURED = (
    (0.0, 0.0),
    (0.5, 0.0),
    (0.825, 0.05),
    (0.868, 0.1),
    (0.908, 0.2),
    (0.930, 0.3),
    (0.946, 0.4),
    (0.960, 0.5),
    (0.968, 0.6),
    (0.973, 0.7),
    (0.980, 0.8),
    (0.983, 0.9),
    (0.996, 0.99),
    (1.0, 1.0),
)
"""Precision of what is answered, by the least confidence it takes to answer. Each half of the
questions of the four sets was judged by the curve that was fitted to the other half."""


def least_confidence(precision: float) -> float:
    """From which confidence on to answer, so that of what is answered ``precision`` (0 to 1)
    is of this wiki, where questions of others are as common."""
    at = bisect_right([known for known, _ in _MEASURED], precision) - 1
    for (low, start), (high, end) in list(pairwise(_MEASURED))[at : at + 1]:
        return start + (end - start) * (precision - low) / (high - low)
    return 1.0
