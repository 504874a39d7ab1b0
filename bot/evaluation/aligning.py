"""Generated questions -> the default confidence curve, on this index's scale.

The default curve was fitted to questions that people asked. Generated questions are easier, so a
curve fitted to them would be wrong for people; but they do show the scale of a model's scores. So
the curve stays, and each model's score is mapped: its means, with the page that answers and without
it, become those of the models that come with Footnote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve, Features
from footnote_bot.bot.evaluation.measures import auroc

FEWEST = 40
"""Generated questions that find their page; with fewer the scale is too uncertain."""
_PULL = 40.0
"""The weight of the default scale, in questions, if it was measured with the same models."""
_APART = 0.6
"""Least AUROC: a score that separates the two sides less shows no scale."""
_WITH = {"closest": 0.611, "read": 6.81}
_WITHOUT = {"closest": 0.518, "read": -0.11}
"""Means of the bundled models' scores, over generated questions of three handbooks, with the page
that answers and without it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The scores of one question, with its page and as if the page did not exist."""

    present: Features
    absent: Features


@dataclass(frozen=True, slots=True)
class Scale:
    """A mapping to the default scale: a score times ``slope`` plus ``shift``. ``apart`` is how well
    the score separates a page that answers from others (AUROC)."""

    slope: float
    shift: float
    apart: float


def scale_of(pairs: Sequence[Pair], name: str, *, known: bool) -> Scale | None:
    """Return the scale of a score; None if too few pairs have the score, or it separates too
    little. ``known``: the default scale was measured with this model, so a few questions change
    little."""
    scores = [
        (present, absent)
        for pair in pairs
        if (present := getattr(pair.present, name)) is not None
        and (absent := getattr(pair.absent, name)) is not None
    ]
    if len(scores) < FEWEST:
        return None
    with_page, without = ([pair[side] for pair in scores] for side in (0, 1))
    apart = auroc(with_page, without) or 0.0
    if apart < _APART:
        return None
    slope = (_WITH[name] - _WITHOUT[name]) / (fmean(with_page) - fmean(without))
    shift = _WITHOUT[name] - slope * fmean(without)
    weight = len(scores) / (len(scores) + _PULL) if known else 1.0
    return Scale(1 + weight * (slope - 1), weight * shift, apart)


def aligned(start: Confidence, closest: Scale, read: Scale | None) -> Confidence:
    """Return ``start`` adjusted to scores of these scales."""
    return Confidence(
        read=_scaled(start.read, closest, read) if read else start.read,
        unread=_scaled(start.unread, closest, None),
    )


def _scaled(curve: Curve, closest: Scale, read: Scale | None) -> Curve:
    """Return the curve for these scales; units are read by the model that reads passages."""
    slope, shift = (read.slope, read.shift) if read else (1.0, 0.0)
    bias = curve.bias + curve.closest * closest.shift + (curve.read + curve.unit) * shift
    return replace(
        curve,
        bias=bias,
        closest=curve.closest * closest.slope,
        read=curve.read * slope,
        unit=curve.unit * slope,
    )
