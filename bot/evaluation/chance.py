"""Uncertainty of a figure, estimated by resampling the questions. The same seed draws the same
samples, so that a run can be repeated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

RESAMPLES = 1000
SHUFFLES = 2000


def interval(values: Sequence[float], seed: int) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean, by bootstrap; None if there are no values."""
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
