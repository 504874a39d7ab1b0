"""How sure an answer is."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.deciding.confidence import (
    Confidence,
    Curve,
    Features,
    features,
    least_chance,
)
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved, by_page
from footnote_bot.indexers.model import Hit
from tests.fakes.passages import passages


def retrieved_of(*pages: tuple[str, float, float]) -> Retrieved:
    """Return one passage for each page: text, score, and how near its nearest sentence is."""
    hits = [
        Hit(passages(f"p{n}", text)[0], score, closest, closest)
        for n, (text, score, closest) in enumerate(pages)
    ]
    return Retrieved(by_page(hits), 0.0, 0.0)


def test_nothing_found_shows_nothing() -> None:
    assert features("How long is leave?", retrieved_of()) == Features(0.0, 0.0, 0.0)


def test_the_features_are_those_of_the_passage_that_answers_best() -> None:
    measured = features(
        "long leave", retrieved_of(("Travel.", 0.8, 0.7), ("Long leave.", 0.9, 0.4))
    )

    assert measured == Features(closest=0.4, words=1.0, pairs=1.0, ahead=pytest.approx(0.1))


def test_a_passage_that_is_found_alone_is_as_far_ahead_as_counts() -> None:
    assert features("leave", retrieved_of(("Leave.", 0.9, 0.5))).ahead == 5.0


def test_what_no_page_says_weighs_most() -> None:
    pages = [("Leave is long.", 0.9, 0.5), ("Leave is paid.", 0.8, 0.5)]

    assert 0 < features("leave zebra", retrieved_of(*pages)).words < 0.3


def test_a_question_without_words_shares_none() -> None:
    assert features("?!", retrieved_of(("Leave.", 0.9, 0.5))).words == 0.0


def test_confidence_is_a_logistic_curve_over_the_features() -> None:
    sure = Confidence(unread=Curve(bias=-1.0, closest=2.0, words=3.0, pairs=4.0))
    observed = features("parental leave", retrieved_of(("Parental leave.", 0.9, 0.5)))

    assert sure(observed) == pytest.approx(1 / (1 + exp(1.0 - 2.0 * 0.5 - 7.0)))


@pytest.mark.parametrize(
    ("measured", "curve"),
    [
        (Features(), Confidence().unread),
        (Features(read=1.0), Confidence().read),
        (Features(read=1.0, unit=1.0), Confidence().read),
    ],
)
def test_the_curve_is_the_one_for_what_was_read(measured: Features, curve: Curve) -> None:
    assert Confidence().curve(measured) == curve


@pytest.mark.parametrize(
    ("scores", "agreed"),
    [
        ((5.0, -1.0), 1.0),
        # The cross-encoder prefers the second passage, but the search's first stays first.
        ((1.0, 1.5), 0.0),
        ((None, None), 0.0),
    ],
)
def test_search_and_cross_encoder_agree_if_both_put_the_first_passage_first(
    scores: tuple[float | None, float | None], agreed: float
) -> None:
    pages = retrieved_of(("Leave.", 9.0, 0.5), ("Travel.", 1.0, 0.5))
    hits = [replace(hit, relevance=score) for hit, score in zip(pages.hits, scores, strict=True)]
    retrieved = Retrieved(by_page(hits), 0.0, 0.0)

    assert features("leave", retrieved).agreed == agreed


def test_a_passage_that_only_the_cross_encoder_put_first_is_not_agreed_on() -> None:
    # Blending added 3 points to the first passage's score from the search.
    first, second = retrieved_of(("Leave.", 6.0, 0.5), ("Travel.", 5.0, 0.5)).hits
    hits = [replace(first, relevance=6.0), replace(second, relevance=-2.0)]

    assert features("leave", Retrieved(by_page(hits), 0.0, 0.0)).agreed == 0.0


def test_more_nearness_and_more_words_make_surer() -> None:
    def chance(*page: tuple[str, float, float]) -> float:
        return Confidence()(features("leave zebra", retrieved_of(*page)))

    little = chance(("Leave.", 0.9, 0.2))
    near = chance(("Leave.", 0.9, 0.6))
    worded = chance(("Leave for zebras.", 0.9, 0.6))

    assert 0 < little < near < worded < 1


@pytest.mark.parametrize(
    ("precision", "expected"), [(0.0, 0.0), (0.44, 0.0), (0.78, 0.6), (0.8, 0.65), (1, 1)]
)
def test_how_sure_one_must_be_is_read_off_what_was_measured(
    precision: float, expected: float
) -> None:
    assert least_chance(precision) == pytest.approx(expected)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_precision_takes_more(one: float, other: float) -> None:
    lower, higher = sorted((one, other))

    assert 0 <= least_chance(lower) <= least_chance(higher) <= 1
