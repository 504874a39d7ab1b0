"""The measures, against values calculated by hand."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.evaluation import measures

RANKED = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("relevant", "k", "expected"),
    [
        ({"a": 1}, 1, 1.0),
        ({"b": 1}, 1, 0.0),
        ({"b": 1}, 2, 1.0),
        ({"a": 0}, 1, 0.0),
        ({"z": 1}, 9, 0.0),
    ],
)
def test_a_hit_is_any_relevant_page(relevant: dict[str, float], k: int, expected: float) -> None:
    assert measures.hit(RANKED, relevant, k) == expected


@pytest.mark.parametrize(
    ("relevant", "k", "expected"),
    [
        ({"a": 1, "z": 1}, 2, 0.5),
        ({"a": 1, "b": 2, "c": 1}, 2, 2 / 3),
        ({"a": 1, "b": 0}, 1, 1.0),
        ({"d": 1}, 3, 0.0),
    ],
)
def test_recall_is_the_share_of_relevant_pages_found(
    relevant: dict[str, float], k: int, expected: float
) -> None:
    assert measures.recall(RANKED, relevant, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("relevant", "k", "expected"),
    [({"a": 1}, 10, 1.0), ({"c": 1, "d": 1}, 10, 1 / 3), ({"d": 1}, 3, 0.0), ({}, 10, 0.0)],
)
def test_the_reciprocal_rank_is_of_the_first(
    relevant: dict[str, float], k: int, expected: float
) -> None:
    assert measures.reciprocal_rank(RANKED, relevant, k) == pytest.approx(expected)


def test_ndcg_weighs_grades_and_places() -> None:
    relevant = {"b": 2.0, "c": 1.0, "z": 1.0}
    gained = 3 / log2(3) + 1 / log2(4)
    best = 3 / log2(2) + 1 / log2(3) + 1 / log2(4)

    assert measures.ndcg(RANKED, relevant, 10) == pytest.approx(gained / best)
    assert measures.ndcg(RANKED, relevant, 2) == pytest.approx(
        (3 / log2(3)) / (3 / log2(2) + 1 / log2(3))
    )
    assert measures.ndcg(["b", "c", "z"], relevant, 10) == pytest.approx(1.0)
    assert measures.ndcg(RANKED, {"a": 0}, 10) == 0.0


def test_ndcg_is_a_share_with_grades_below_zero_and_with_very_high_ones() -> None:
    relevant = {"a": 1.0, "b": -1.0}

    assert measures.ndcg(["a"], relevant, 10) == measures.ndcg(["a", "b"], relevant, 10) == 1.0
    assert measures.ndcg(["b"], relevant, 10) == 0.0
    assert measures.ndcg(RANKED, dict.fromkeys(RANKED, 1000.0), 10) == 1.0


def test_auroc_is_the_chance_to_score_higher() -> None:
    assert measures.auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert measures.auroc([0.1], [0.9]) == 0.0
    assert measures.auroc([0.5], [0.5]) == 0.5
    # Of six pairs four are right, one is tied.
    assert measures.auroc([0.9, 0.5, 0.2], [0.5, 0.1]) == pytest.approx(4.5 / 6)
    assert measures.auroc([], [0.5]) is None
    assert measures.auroc([0.5], []) is None


SCORES = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=12)


@given(SCORES, SCORES)
def test_auroc_counts_pairs(positive: list[float], negative: list[float]) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in positive for b in negative]

    assert measures.auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("It was in the year 1066, at Hastings.", ["1066"], True),
        ("It cost 10667 pounds.", ["1066"], False),
        ("The Duke of Normandy", ["duke of  normandy!"], True),
        ("an apple a day", ["the apple day"], True),
        ("Répétez-le", ["répétez le"], True),
        ("\uff26\uff35\uff2c\uff2c width", ["full width"], True),
        ("休暇は三十日です", ["三十日"], True),
        ("nothing of the sort", ["sorts", "thing"], False),
        ("anything", [], False),
        ("anything", ["the", "..."], False),
        ("costs $3.50 (net)", ["$3.50"], True),
    ],
)
def test_an_answer_stands_in_a_text_whatever_its_spelling(
    text: str, answers: list[str], expected: bool
) -> None:
    assert measures.contains(text, answers) is expected


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]

    assert measures.percentile(values, 0.5) == 50
    assert measures.percentile(values, 0.95) == 95
    assert measures.percentile(values, 1.0) == 100
    assert measures.percentile([7.0], 0.5) == measures.percentile([7.0], 0.95) == 7
    assert measures.percentile([], 0.5) is None


def test_the_precision_of_silence_at_a_set_recall() -> None:
    """The precision among the refused questions at the threshold with this recall. Both sides have
    the same weight."""
    answerable, unanswerable = [0.9, 0.8, 0.4, 0.3], [0.1, 0.2, 0.35, 0.5, 0.7]

    assert measures.precision_at_recall([], unanswerable, 0.4) is None
    assert measures.precision_at_recall(answerable, unanswerable, 0.4) == 1.0
    assert measures.precision_at_recall(answerable, unanswerable, 0.6) == pytest.approx(
        (3 / 5) / (3 / 5 + 1 / 4)
    )
    assert measures.precision_at_recall(answerable, unanswerable, 1.0) == pytest.approx(
        1 / (1 + 2 / 4)
    )
