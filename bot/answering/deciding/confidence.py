"""The chance that a section answers a question, from features that can be explained."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import exp

from footnote_bot.bot.answering.reranking.blending import is_agreed
from footnote_bot.bot.answering.retrieval.ranking import shared
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class Features:
    """Features of the passages found. Of the best passage, ``closest`` is the cosine of its
    sentence nearest in meaning; ``words`` and ``pairs`` are its shares of the question's words, and
    of its pairs of neighbouring words (`bot.answering.retrieval.ranking.Shared`). ``read`` is a
    cross-encoder's best score for a passage; None without a cross-encoder. ``unit`` is its score
    for the unit that would be shown; ``ahead`` is how far the best passage's score is ahead of the
    next section's. ``agreed`` is 1 if the search and the cross-encoder put the same passage first,
    else 0."""

    closest: float = 0.0
    words: float = 0.0
    pairs: float = 0.0
    read: float | None = None
    unit: float | None = None
    ahead: float = 0.0
    agreed: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve: the weight of each feature."""

    bias: float
    closest: float
    words: float
    pairs: float
    read: float = 0.0
    unit: float = 0.0
    ahead: float = 0.0
    agreed: float = 0.0

    def __call__(self, observed: Features) -> float:
        """Return the chance, 0 to 1, of passages with these features."""
        logit = (
            self.bias
            + self.closest * observed.closest
            + self.words * observed.words
            + self.pairs * observed.pairs
            + self.read * (observed.read or 0.0)
            + self.unit * (observed.unit or 0.0)
            + self.ahead * observed.ahead
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
    """The chance that the section shown answers: by the curve ``read`` if a cross-encoder read it,
    else by ``unread``.

    Both were fitted by logistic regression to the everyday questions on three handbooks and to our
    own on eight (474 questions, 110 of them without an answer), and rounded. With one wiki left out
    each time, the chance by ``read`` tells right answers from others with an AUROC of .835; the
    features of ``unread`` add nothing to it.
    """

    read: Curve = Curve(-1.1, 0.0, 0.0, 0.0, read=0.1, unit=0.17, ahead=0.3, agreed=0.2)
    unread: Curve = Curve(-3.1, 5.2, 0.5, 0.6)

    def __call__(self, observed: Features) -> float:
        return self.curve(observed)(observed)

    def curve(self, observed: Features) -> Curve:
        """Return the curve that applies to ``observed``."""
        return self.unread if observed.read is None else self.read


def features(question: str, retrieved: Retrieved) -> Features:
    """Return the features of the passages found, before a unit is chosen."""
    hits = retrieved.hits
    if not hits:
        return Features()
    # The first hit is the best passage of the best page.
    best, shares = hits[0], shared(question, hits)[0]
    place = best.passage.wiki, best.passage.page, best.passage.headings
    others = (
        hit.score
        for hit in hits
        if (hit.passage.wiki, hit.passage.page, hit.passage.headings) != place
    )
    scores = [hit.relevance for hit in hits if hit.relevance is not None]
    return Features(
        closest=best.closest,
        words=shares.words,
        pairs=shares.pairs,
        read=max(scores, default=None),
        ahead=min(_MOST_AHEAD, best.score - max(others, default=best.score - _MOST_AHEAD)),
        agreed=float(is_agreed(hits)),
    )


_MOST_AHEAD = 5.0
"""Log odds. A lead that is larger says no more."""


_MEASURED: Sequence[tuple[float, float]] = (
    (0.44, 0.0),
    (0.65, 0.3),
    (0.7, 0.4),
    (0.73, 0.5),
    (0.78, 0.6),
    (0.82, 0.7),
    (0.85, 0.8),
    (0.9, 0.9),
    (1.0, 1.0),
)
"""Pairs of the share of plain answers that are right, and the least chance for showing one: the
questions that the curves were fitted to, one wiki left out each time."""


def least_chance(precision: float) -> float:
    """Return the least chance at which ``precision`` (0 to 1) of the sections shown are right."""
    measured = ((0.0, 0.0), *_MEASURED)
    place = bisect_right([share for share, _ in measured], precision) - 1
    for (lower, start), (upper, end) in list(pairwise(measured))[place : place + 1]:
        return start + (end - start) * (precision - lower) / (upper - lower)  # interpolated
    return 1.0
