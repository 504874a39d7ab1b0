"""Samples of right and wrong answers -> a confidence curve. Plain Python is fast enough for the
small number of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from statistics import fmean, pstdev, stdev

from footnote_bot.bot.answering.deciding.confidence import Curve, Features

FEWEST = 40
"""Samples that a curve needs; a quarter of them must be right, and a quarter wrong."""
_FOLDS = 5
_PULL = 10.0
"""The weight of the starting curve, in samples."""
_STEPS = 50
_SMALL = 1e-7
_LEAST = 1e-6
"""Chances are clipped to this distance from 0 and 1."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The features of an answer, and whether it was right."""

    seen: Features
    right: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """The result of a fit. ``curve`` is the better of the two on samples that it was not fitted to.
    ``before`` and ``after`` are the log losses of the starting and the fitted curve; lower is
    better."""

    curve: Curve
    before: float
    after: float
    better: bool


def enough(samples: Sequence[Sample]) -> bool:
    right = sum(sample.right for sample in samples)
    return len(samples) >= FEWEST and min(right, len(samples) - right) >= FEWEST / 4


def fit(samples: Sequence[Sample], start: Curve, names: Sequence[str]) -> Fitted:
    """Fit the weights of ``names``, starting from ``start``. The fitted curve is used only if it
    is better by more than chance on folds that it was not fitted to."""
    before, after = [], []
    for fold in range(_FOLDS):
        held_out = samples[fold::_FOLDS]
        others = [sample for place, sample in enumerate(samples) if place % _FOLDS != fold]
        curve = _fit(others, start, names)
        before += [_loss(start, sample) for sample in held_out]
        after += [_loss(curve, sample) for sample in held_out]
    gains = [old - new for old, new in zip(before, after, strict=True)]
    better = fmean(gains) > stdev(gains) / sqrt(len(gains))
    curve = _fit(samples, start, names) if better else start
    return Fitted(curve, fmean(before), fmean(after), better)


def _fit(samples: Sequence[Sample], start: Curve, names: Sequence[str]) -> Curve:
    """Fit a logistic regression by Newton's method, regularised towards ``start``."""
    rows = [[1.0, *(_value(sample.seen, name) for name in names)] for sample in samples]
    first = [start.bias, *(getattr(start, name) for name in names)]
    variances = [pstdev(column) ** 2 for column in list(zip(*rows, strict=True))[1:]]
    pull = [_SMALL, *(_PULL * max(variance, _SMALL) for variance in variances)]
    weights = list(first)
    for _ in range(_STEPS):
        slope = [p * (f - w) for p, f, w in zip(pull, first, weights, strict=True)]
        bend = [[pull[i] if i == j else 0.0 for j in range(len(first))] for i in range(len(first))]
        for row, sample in zip(rows, samples, strict=True):
            chance = _chance(sum(w * x for w, x in zip(weights, row, strict=True)))
            for i, x in enumerate(row):
                slope[i] += x * (sample.right - chance)
                for j, other in enumerate(row):
                    bend[i][j] += x * other * chance * (1 - chance)
        step = _solve(bend, slope)
        # A full step may overshoot the optimum.
        scale = min(1.0, 5.0 / max(map(abs, step), default=1.0)) if any(step) else 0.0
        weights = [w + scale * s for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step)) < _SMALL:
            break
    return replace(start, bias=weights[0], **dict(zip(names, weights[1:], strict=True)))


def _value(seen: Features, name: str) -> float:
    value: float | None = getattr(seen, name)
    return value or 0.0


def _chance(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _loss(curve: Curve, sample: Sample) -> float:
    chance = min(max(curve(sample.seen), _LEAST), 1 - _LEAST)
    return -log(chance if sample.right else 1 - chance)


def _solve(matrix: list[list[float]], values: list[float]) -> list[float]:
    """Solve by Gaussian elimination; the matrix is positive definite, because every weight is
    regularised."""
    size = len(values)
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            share = rows[below][at] / rows[at][at]
            rows[below] = [b - share * a for a, b in zip(rows[at], rows[below], strict=True)]
    solution = [0.0] * size
    for at in reversed(range(size)):
        partial = sum(rows[at][k] * solution[k] for k in range(at + 1, size))
        solution[at] = (rows[at][size] - partial) / rows[at][at]
    return solution
