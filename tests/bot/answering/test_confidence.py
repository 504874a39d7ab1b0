"""How sure an answer is."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.confidence import Confidence, Features, features, least_confidence
from bot.answering.retrieval import Retrieved, by_page
from indexers.model import Hit
from tests.fakes.passages import passages


def found(*pages: tuple[str, float, float]) -> Retrieved:
    """A passage a page: its text, its score, and how near its nearest sentence is."""
    hits = [
        Hit(passages(f"p{n}", text)[0], score, closest, closest)
        for n, (text, score, closest) in enumerate(pages)
    ]
    return Retrieved(by_page(hits), 0.0, 0.0)


def test_nothing_found_shows_nothing() -> None:
    assert features("How long is leave?", found()) == Features(0.0, 0.0, 0.0)


def test_the_features_are_those_of_the_passage_that_answers_best() -> None:
    seen = features("long leave", found(("Travel.", 0.8, 0.7), ("Long leave.", 0.9, 0.4)))

    assert seen == Features(closest=0.4, words=1.0, pairs=1.0)


def test_what_no_page_says_weighs_most() -> None:
    pages = [("Leave is long.", 0.9, 0.5), ("Leave is paid.", 0.8, 0.5)]

    assert 0 < features("leave zebra", found(*pages)).words < 0.3


def test_a_question_without_words_shares_none() -> None:
    assert features("?!", found(("Leave.", 0.9, 0.5))).words == 0.0


def test_confidence_is_a_logistic_curve_over_the_features() -> None:
    sure = Confidence(bias=-1.0, closest=2.0, words=3.0, pairs=4.0)
    pages = found(("Parental leave.", 0.9, 0.5))

    assert sure("parental leave", pages) == pytest.approx(1 / (1 + exp(1.0 - 2.0 * 0.5 - 7.0)))


def test_more_nearness_and_more_words_make_surer() -> None:
    sure = Confidence()
    little = sure("leave zebra", found(("Leave.", 0.9, 0.2)))
    near = sure("leave zebra", found(("Leave.", 0.9, 0.6)))
    worded = sure("leave zebra", found(("Leave for zebras.", 0.9, 0.6)))

    assert 0 < little < near < worded < 1


@pytest.mark.parametrize(
    ("precision", "expected"), [(0.0, 0.0), (0.908, 0.2), (0.888, 0.15), (1, 1)]
)
def test_how_sure_one_must_be_is_read_off_what_was_measured(
    precision: float, expected: float
) -> None:
    assert least_confidence(precision) == pytest.approx(expected)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_precision_never_takes_less_confidence(one: float, other: float) -> None:
    least, most = sorted((one, other))

    assert 0 <= least_confidence(least) <= least_confidence(most) <= 1
