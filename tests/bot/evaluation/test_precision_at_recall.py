"""The cost of silence for the questions that have an answer."""

from __future__ import annotations

import pytest

from footnote_bot.bot.evaluation.measures import precision_at_recall


def test_is_whole_where_confidence_tells_the_sides_apart() -> None:
    assert precision_at_recall([0.7, 0.9], [0.1, 0.2, 0.3], 0.8) == 1


def test_counts_both_sides_alike_however_many_each_has() -> None:
    """Four fifths of the negatives are refused, and half of the positives."""
    few = precision_at_recall([0.35, 0.9], [0.1, 0.2, 0.3, 0.4, 0.5], 0.8)
    many = precision_at_recall([0.35, 0.9], [0.1, 0.2, 0.3, 0.4, 0.5] * 100, 0.8)

    assert few == pytest.approx(0.8 / 1.3)
    assert many == pytest.approx(few)


def test_refuses_positives_that_tie_with_the_threshold() -> None:
    assert precision_at_recall([0.5], [0.5], 0.8) == 0.5


@pytest.mark.parametrize(("positive", "negative"), [([], [0.1]), ([0.1], [])])
def test_has_no_value_without_both_sides(positive: list[float], negative: list[float]) -> None:
    assert precision_at_recall(positive, negative, 0.8) is None
