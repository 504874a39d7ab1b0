"""The chance that an answer is right, from features that can be explained."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import exp

from bot.answering.blending import is_agreed
from bot.answering.ranking import shared
from bot.answering.retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class Features:
    """Features of the passages found. For the best one ``closest`` is how near in meaning its
    nearest sentence is (a cosine); ``words`` and ``pairs`` are its shares of the question's words,
    and of its pairs of neighbouring words (`bot.answering.ranking.Shared`). ``read`` is a
    cross-encoder's best score; None if there is none. ``sentence`` is its best score of a sentence
    of what is quoted; None if nothing was quoted so far, or none was read. ``agreed`` is 1 if the
    search and the cross-encoder put the same passage first, else 0."""

    closest: float = 0.0
    words: float = 0.0
    pairs: float = 0.0
    read: float | None = None
    sentence: float | None = None
    agreed: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve: the weight of each feature."""

    bias: float
    closest: float
    words: float
    pairs: float
    read: float = 0.0
    sentence: float = 0.0
    agreed: float = 0.0

    def __call__(self, seen: Features) -> float:
        logit = (
            self.bias
            + self.closest * seen.closest
            + self.words * seen.words
            + self.pairs * seen.pairs
            + self.read * (seen.read or 0.0)
            + self.sentence * (seen.sentence or 0.0)
            + self.agreed * seen.agreed
        )
        return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, logit))))

    @property
    def weights(self) -> dict[str, float]:
        return asdict(self)


_STEEPEST = 500.0
"""The limit of a logit; beyond it the exponential overflows."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The chance that an answer is right: by the curve ``shown`` if a cross-encoder read what is
    quoted, by ``read`` if it read the passages only, else by the curve of the other weights.

    The two curves for passages decide whether anything is shown. The first was fitted by logistic
    regression to everyday questions on three handbooks, to some of clapnq's and (with a quarter of
    the weight) squad2's, with right and wrong in equal numbers, and its steepness to the handbooks'
    questions alone. ``read`` and ``shown`` were fitted to the development halves of the handbooks'
    everyday questions, to our own on four handbooks and to a third of those on the four invented
    wikis that the cross-encoder was not trained on, with right and wrong in equal numbers.

    That was with the cross-encoder before its second training, whose scores were then scaled to
    mean the same; fitted again, the curves told right answers no better.

    ``shown`` is the chance of a quoted answer. Of the invented wikis' many near misses a tenth
    counted. Then its bias was raised by .25, so that of right answers there six in ten are told as
    answers, and of near misses one in seven. `everyday` and `invented` in `benchmarks/RESULTS.md`
    have the results on others of these.
    """

    bias: float = -7.1
    closest: float = 10.5
    words: float = 4.4
    pairs: float = 0.4
    read: Curve = Curve(bias=-0.25, closest=0.39, words=0.0, pairs=0.0, read=0.44)
    shown: Curve = Curve(
        bias=-0.6, closest=0.0, words=0.0, pairs=0.0, read=0.31, sentence=0.14, agreed=0.47
    )

    def __call__(self, question: str, retrieved: Retrieved) -> float:
        seen = features(question, retrieved)
        return self.curve(seen)(seen)

    def curve(self, seen: Features) -> Curve:
        """Return the curve that ``seen`` is judged by."""
        if seen.read is not None:
            return self.read if seen.sentence is None else self.shown
        return Curve(self.bias, self.closest, self.words, self.pairs)


def features(question: str, retrieved: Retrieved) -> Features:
    """Return the features of the passages found; what is quoted of them is not known yet."""
    hits = retrieved.hits
    if not hits:
        return Features()
    # The first hit is the best page's best.
    has = shared(question, hits)[0]
    read = [hit.relevance for hit in hits if hit.relevance is not None]
    best = max(read, default=None)
    return Features(hits[0].closest, has.words, has.pairs, best, agreed=float(is_agreed(hits)))


LIKELY = 0.5
"""From this chance on an answer is more likely right than not, and is shown as one."""

_MEASURED: Sequence[tuple[float, float]] = (
    (0.5, 0.0),
    (0.595, 0.02),
    (0.717, 0.05),
    (0.784, 0.08),
    (0.824, 0.1),
    (0.881, 0.15),
    (0.911, 0.2),
    (0.945, 0.3),
    (0.963, 0.4),
    (0.978, 0.5),
    (0.988, 0.6),
    (0.992, 0.7),
    (0.994, 0.8),
    (1.0, 1.0),
)
"""Precision of shown answers, by the least confidence for showing them, where a cross-encoder read
the passages: questions of four sets against those of others, asked of the same pages (measured
as `python -m benchmarks fitting` does)."""
_MEASURED_UNREAD: Sequence[tuple[float, float]] = (
    (0.5, 0.0),
    (0.564, 0.02),
    (0.706, 0.05),
    (0.783, 0.08),
    (0.825, 0.1),
    (0.882, 0.15),
    (0.913, 0.2),
    (0.954, 0.3),
    (0.973, 0.4),
    (0.983, 0.5),
    (0.991, 0.6),
    (0.995, 0.7),
    (0.997, 0.8),
    (1.0, 1.0),
)
"""The same, where none did."""


def least_confidence(precision: float, *, read: bool = True) -> float:
    """Return the least confidence for showing an answer, so that ``precision`` (0 to 1) of the
    shown ones are to questions of this wiki, where questions of others are as common. ``read``: a
    cross-encoder read the passages."""
    measured = ((0.0, 0.0), *(_MEASURED if read else _MEASURED_UNREAD))
    at = bisect_right([known for known, _ in measured], precision) - 1
    for (low, start), (high, end) in list(pairwise(measured))[at : at + 1]:
        return start + (end - start) * (precision - low) / (high - low)
    return 1.0
