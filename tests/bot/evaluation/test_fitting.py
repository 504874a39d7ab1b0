"""Samples of right and wrong answers -> a curve, and only a better one."""

from __future__ import annotations

import random

import pytest

from footnote_bot.bot.answering.deciding.confidence import Curve, Features
from footnote_bot.bot.evaluation.calibrating import FEWEST, Sample, enough, fit

START = Curve(bias=-2.0, closest=4.0, words=0.0, pairs=0.0)


def drawn(curve: Curve, many: int, *, scale: float = 1.0, shift: float = 0.0) -> list[Sample]:
    """Draw samples that are right as often as ``curve`` says, on another scale."""
    chance = random.Random(3)  # noqa: S311 - a sample, and to be repeatable
    samples = []
    for _ in range(many):
        closest = chance.random()
        right = chance.random() < curve(Features(closest))
        samples.append(Sample(Features(scale * closest + shift), right))
    return samples


def test_a_curve_is_found_again_on_another_scale() -> None:
    true = Curve(bias=-4.0, closest=8.0, words=0.0, pairs=0.0)
    fitted = fit(drawn(true, 600, scale=0.2, shift=0.7), START, ("closest",))

    assert fitted.better
    assert fitted.after < fitted.before
    assert fitted.curve.closest == pytest.approx(40.0, rel=0.35)
    assert fitted.curve(Features(0.8)) == pytest.approx(0.5, abs=0.12)
    assert fitted.curve.words == START.words


def test_where_the_curve_already_fits_it_is_kept() -> None:
    fitted = fit(drawn(START, 200), START, ("closest", "words", "pairs"))

    assert not fitted.better
    assert fitted.curve == START


def test_where_nothing_tells_right_from_wrong_no_curve_pretends_to() -> None:
    chance = random.Random(5)  # noqa: S311 - a sample, and to be repeatable
    samples = [Sample(Features(chance.random()), chance.random() < 0.5) for _ in range(80)]
    flat = Curve(bias=0.0, closest=0.0, words=0.0, pairs=0.0)

    assert not fit(samples, flat, ("closest",)).better


def test_it_takes_enough_of_either_kind() -> None:
    right, wrong = Sample(Features(1.0), True), Sample(Features(0.0), False)

    assert enough([right, wrong] * (FEWEST // 2))
    assert not enough([right] * FEWEST)
    assert not enough([right, wrong] * (FEWEST // 4))


def test_a_feature_that_is_equal_in_all_samples_gets_no_weight() -> None:
    samples = [Sample(Features(0.5, words=1.0), n % 2 == 0) for n in range(80)]
    fitted = fit(samples, START, ("closest", "words"))

    assert fitted.curve(Features(0.5, words=1.0)) == pytest.approx(0.5, abs=0.01)
