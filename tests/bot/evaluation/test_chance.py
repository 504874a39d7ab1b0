"""Differences that may be chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.evaluation.measures import interval, p_value


def test_an_interval_holds_the_mean_and_narrows_with_more() -> None:
    few, many = interval([0.0, 1.0] * 10, 0), interval([0.0, 1.0] * 500, 0)
    assert few is not None
    assert many is not None

    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert many[1] - many[0] == pytest.approx(4 * 0.5 / 1000**0.5, rel=0.15)
    assert interval([], 0) is None
    assert interval([0.3] * 4, 0) == (0.3, 0.3)


def test_what_is_the_same_does_not_differ() -> None:
    assert p_value([0.0] * 50, 0) == p_value([], 0) == 1.0


def test_one_change_of_three_may_be_chance_and_ten_in_one_direction_are_not() -> None:
    assert p_value([1.0, 0.0, -1.0, 1.0], 0) > 0.5
    assert p_value([1.0] * 10, 0) < 0.01
    # Exactly, 2 of the 2 ** 5 ways to draw the signs are as far from 0.
    assert p_value([1.0] * 5, 0) == pytest.approx(2 / 32, abs=0.02)


@given(st.lists(st.floats(-1, 1), max_size=30), st.integers(0, 9))
def test_the_direction_does_not_matter_and_the_seed_repeats(values: list[float], seed: int) -> None:
    turned = [-value for value in values]

    assert 0 < p_value(values, seed) <= 1
    assert p_value(values, seed) == p_value(turned, seed) == p_value(values, seed)
