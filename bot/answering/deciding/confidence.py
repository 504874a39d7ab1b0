"""The chance that an answer is right, from features that can be explained."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import exp

from bot.answering.reranking.blending import is_agreed
from bot.answering.retrieval.ranking import shared
from bot.answering.retrieval.retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class Features:
    """Features of the passages found. Of the best passage, ``closest`` is the cosine of its
    sentence nearest in meaning; ``words`` and ``pairs`` are its shares of the question's words, and
    of its pairs of neighbouring words (`bot.answering.retrieval.ranking.Shared`). ``read`` is a
    cross-encoder's best score for a passage; None without a cross-encoder. ``sentence`` is its best
    score for a sentence of the quotation; None if nothing is quoted yet, or if it read none.
    ``agreed`` is 1 if the search and the cross-encoder put the same passage first, else 0."""

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

    def __call__(self, observed: Features) -> float:
        logit = (
            self.bias
            + self.closest * observed.closest
            + self.words * observed.words
            + self.pairs * observed.pairs
            + self.read * (observed.read or 0.0)
            + self.sentence * (observed.sentence or 0.0)
            + self.agreed * observed.agreed
        )
        return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, logit))))

    @property
    def weights(self) -> dict[str, float]:
        return asdict(self)


_STEEPEST = 500.0
"""The limit of a logit; beyond it the exponential overflows."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The chance that an answer is right: by the curve ``shown`` if a cross-encoder read the
    quotation, by ``read`` if it read the passages only, else by the curve of the other weights.

    The two curves for passages decide whether anything is shown. The first was fitted by logistic
    regression to everyday questions on three handbooks, to some of clapnq's and (with a quarter of
    the weight) squad2's, with right and wrong in equal numbers, and its steepness to the handbooks'
    questions alone. ``read`` and ``shown`` were fitted to the development halves of the handbooks'
    everyday questions, to our own on four handbooks and to a third of those on the four invented
    wikis that the cross-encoder was not trained on, with right and wrong in equal numbers.

    These fits used the cross-encoder before its second training, after which its scores were scaled
    to mean the same. Fitting the curves again did not tell right answers any better.

    ``shown`` is the chance of a quoted answer. Only a tenth of the invented wikis' many near misses
    counted. Then its bias was raised by .25, so that six in ten right answers there are shown as
    answers, and one in seven near misses. `everyday` and `invented` in `benchmarks/RESULTS.md` have
    the results on other questions of these sets.
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
        observed = features(question, retrieved)
        return self.curve(observed)(observed)

    def curve(self, observed: Features) -> Curve:
        """Return the curve that applies to ``observed``."""
        if observed.read is not None:
            return self.read if observed.sentence is None else self.shown
        return Curve(self.bias, self.closest, self.words, self.pairs)


def features(question: str, retrieved: Retrieved) -> Features:
    """Return the features of the passages found, before anything is quoted."""
    hits = retrieved.hits
    if not hits:
        return Features()
    # The first hit is the best passage of the best page.
    shares = shared(question, hits)[0]
    scores = [hit.relevance for hit in hits if hit.relevance is not None]
    best_score = max(scores, default=None)
    return Features(
        hits[0].closest, shares.words, shares.pairs, best_score, agreed=float(is_agreed(hits))
    )


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
"""Pairs of the precision of shown answers and the least confidence for showing one, if a
cross-encoder read the passages. Measured like `python -m benchmarks fitting`: the questions of four
sets against those of other sets, asked about the same pages."""
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
"""The same without a cross-encoder."""


def least_confidence(precision: float, *, read: bool = True) -> float:
    """Return the least confidence at which ``precision`` (0 to 1) of the shown answers are to
    questions about this wiki, if questions about other wikis are as common. ``read``: a
    cross-encoder read the passages."""
    measured = ((0.0, 0.0), *(_MEASURED if read else _MEASURED_UNREAD))
    index = bisect_right([reached for reached, _ in measured], precision) - 1
    for (lower, start), (upper, end) in list(pairwise(measured))[index : index + 1]:
        return start + (end - start) * (precision - lower) / (upper - lower)
    return 1.0
