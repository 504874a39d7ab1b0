"""The measures of information retrieval, as usually defined, and the uncertainty of their means.

Sources: Järvelin and Kekäläinen 2002 for nDCG (gains 2^grade - 1); TREC's for the
rest; Rajpurkar et al. 2016 for how answers are normalised before they are compared.
"""

from __future__ import annotations

import random
import re
import string
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import ceil, log2
from statistics import fmean

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation, " "))


def hit(ranked: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """Return 1 if any relevant page is among the first ``k``, else 0."""
    return float(any(relevant.get(key, 0) > 0 for key in ranked[:k]))


def recall(ranked: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """Return the share of relevant pages among the first ``k``."""
    relevant_keys = {key for key, grade in relevant.items() if grade > 0}
    return len(relevant_keys & set(ranked[:k])) / len(relevant_keys)


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """Return 1 / the rank of the first relevant page; 0 if it is not in the first ``k``."""
    places = (n for n, key in enumerate(ranked[:k], start=1) if relevant.get(key, 0) > 0)
    return 1 / next(places, float("inf"))


def ndcg(ranked: Sequence[str], relevant: Mapping[str, float], k: int) -> float:
    """Return the discounted gain of the first ``k``, as a share of the best possible."""

    def gain(grades: Sequence[float]) -> float:
        # A page that must not be found (grade 0 or below) gains nothing, wherever it stands.
        gains = (2 ** max(grade, 0) - 1 for grade in grades[:k])
        return sum(gained / log2(n + 1) for n, gained in enumerate(gains, start=1))

    best = gain(sorted(relevant.values(), reverse=True))
    return gain([relevant.get(key, 0) for key in ranked]) / best if best else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the chance that a positive scores above a negative (ties count half); None if one side
    is empty."""
    if not positive or not negative:
        return None
    ordered = sorted(negative)
    below = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in positive)
    return below / 2 / (len(positive) * len(negative))


def precision_at_recall(
    positive: Sequence[float], negative: Sequence[float], share: float
) -> float | None:
    """Return the share of negatives among refusals, with the lowest threshold that refuses
    ``share`` of the negatives; both sides weigh the same, whatever their sizes. None if one side is
    empty."""
    if not positive or not negative:
        return None
    threshold = sorted(negative)[ceil(share * len(negative)) - 1]
    right = sum(score <= threshold for score in negative) / len(negative)
    wrong = sum(score <= threshold for score in positive) / len(positive)
    return right / (right + wrong)


def normalise(text: str) -> str:
    """Return ``text`` in lower case, without punctuation and articles, with single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", folded).split())


def contains(text: str, answers: Sequence[str]) -> bool:
    """Return whether ``text`` contains one of ``answers``, both normalised."""
    words = normalise(text)
    return any(
        # Bounded by Latin letters and digits only: other scripts do not space their words.
        re.search(rf"(?<![0-9a-z]){re.escape(answer)}(?![0-9a-z])", words)
        for answer in map(normalise, answers)
        if answer
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the percentile by nearest rank; None if there are no values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


RESAMPLES = 1000
SHUFFLES = 2000


def interval(values: Sequence[float], seed: int) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean, by bootstrap; None if there are no values.
    The same ``seed`` gives the same interval."""
    if not values:
        return None
    if min(values) == max(values):
        return values[0], values[0]
    chance = random.Random(seed)  # noqa: S311 - resampling, and to be repeatable
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)]


def p_value(differences: Sequence[float], seed: int) -> float:
    """Return how often chance alone would make paired values differ at least as much, in either
    direction: Fisher's randomisation test, as Smucker et al. 2007 recommend for rankings."""
    changed = [difference for difference in differences if difference]
    if not changed:
        return 1.0
    chance = random.Random(seed)  # noqa: S311 - resampling, and to be repeatable
    # At least as much, allowing for rounding errors of a different order of addition.
    observed = abs(sum(changed)) - 1e-9
    as_much = 0
    for _ in range(SHUFFLES):
        signs = chance.getrandbits(len(changed))
        drawn = sum(d if signs >> n & 1 else -d for n, d in enumerate(changed))
        as_much += abs(drawn) >= observed
    return (as_much + 1) / (SHUFFLES + 1)
