"""The default curve, fitted to the scale of another model's scores."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.deciding.confidence import Confidence, Features
from footnote_bot.bot.evaluation import calibrating
from footnote_bot.bot.evaluation.calibrating import FEWEST, Pair, scale_of, scaled


def pairs(many: int = 100, *, slope: float = 1.0, shift: float = 0.0) -> list[Pair]:
    """Return scores like those of the bundled models, on another scale."""
    chance = random.Random(1)  # noqa: S311 - a sample, and to be repeatable

    def features(means: dict[str, float]) -> Features:
        closest = means["closest"] + chance.gauss(0, 0.05)
        read = means["read"] + chance.gauss(0, 1.0)
        return Features(slope * closest + shift, 0.3, 0.1, slope * read + shift)

    return [Pair(features(calibrating._WITH), features(calibrating._WITHOUT)) for _ in range(many)]


@given(st.floats(0.1, 5.0), st.floats(-1.0, 1.0))
def test_on_whatever_scale_a_model_scores_the_chances_are_the_same(
    slope: float, shift: float
) -> None:
    asked = pairs(slope=slope, shift=shift)
    closest, read = (scale_of(asked, name, known=False) for name in ("closest", "read"))
    assert closest is not None
    assert read is not None
    curve = scaled(Confidence(), closest, read)

    for scores in ((None, None), (2.0, 3.0)):
        plain = Features(0.6, 0.3, 0.1, *scores)
        scaled_scores = (score if score is None else slope * score + shift for score in scores)
        other = Features(slope * 0.6 + shift, 0.3, 0.1, *scaled_scores)
        expected = Confidence().curve(plain)(plain)
        assert curve.curve(other)(other) == pytest.approx(expected, abs=0.12)


def test_a_known_model_is_moved_little_by_few_questions() -> None:
    few = scale_of(pairs(FEWEST, slope=2.0), "closest", known=True)
    other = scale_of(pairs(FEWEST, slope=2.0), "closest", known=False)

    assert few is not None
    assert other is not None
    assert abs(few.slope - 1) < abs(other.slope - 1)


def test_too_few_questions_tell_nothing() -> None:
    assert scale_of(pairs(FEWEST - 1), "closest", known=False) is None


def test_scores_that_tell_nothing_apart_have_no_scale() -> None:
    same = [Pair(Features(0.5, read=1.0), Features(0.5, read=1.0))] * 60

    assert scale_of(same, "read", known=False) is None


def test_where_no_cross_encoder_read_there_is_no_scale_of_it() -> None:
    unread = [Pair(Features(0.6), Features(0.3))] * 60

    assert scale_of(unread, "read", known=False) is None
