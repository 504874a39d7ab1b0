"""How sure an answer is."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.deciding.confidence import (
    Confidence,
    Curve,
    Features,
    features,
    least_confidence,
)
from bot.answering.retrieval.retrieval import Retrieved, by_page
from indexers.model import Hit
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

    assert measured == Features(closest=0.4, words=1.0, pairs=1.0)


def test_what_no_page_says_weighs_most() -> None:
    pages = [("Leave is long.", 0.9, 0.5), ("Leave is paid.", 0.8, 0.5)]

    assert 0 < features("leave zebra", retrieved_of(*pages)).words < 0.3


def test_a_question_without_words_shares_none() -> None:
    assert features("?!", retrieved_of(("Leave.", 0.9, 0.5))).words == 0.0


def test_confidence_is_a_logistic_curve_over_the_features() -> None:
    sure = Confidence(bias=-1.0, closest=2.0, words=3.0, pairs=4.0)
    pages = retrieved_of(("Parental leave.", 0.9, 0.5))

    assert sure("parental leave", pages) == pytest.approx(1 / (1 + exp(1.0 - 2.0 * 0.5 - 7.0)))


@pytest.mark.parametrize(
    ("measured", "curve"),
    [
        (Features(), Curve(-7.1, 10.5, 4.4, 0.4)),
        (Features(sentence=1.0), Curve(-7.1, 10.5, 4.4, 0.4)),
        (Features(read=1.0), Confidence().read),
        (Features(read=1.0, sentence=1.0), Confidence().shown),
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
    sure = Confidence()
    little = sure("leave zebra", retrieved_of(("Leave.", 0.9, 0.2)))
    near = sure("leave zebra", retrieved_of(("Leave.", 0.9, 0.6)))
    worded = sure("leave zebra", retrieved_of(("Leave for zebras.", 0.9, 0.6)))

    assert 0 < little < near < worded < 1


@pytest.mark.parametrize(
    ("precision", "expected"), [(0.0, 0.0), (0.911, 0.2), (0.928, 0.25), (1, 1)]
)
def test_how_sure_one_must_be_is_read_off_what_was_measured(
    precision: float, expected: float
) -> None:
    assert least_confidence(precision) == pytest.approx(expected)


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_more_precision_never_takes_less_confidence(
    precision: float, other_precision: float, cross_encoded: bool
) -> None:
    precisions = sorted((precision, other_precision))
    least, most = (least_confidence(p, read=cross_encoded) for p in precisions)

    assert 0 <= least <= most <= 1


def test_where_a_cross_encoder_read_the_passages_its_best_score_counts() -> None:
    sure = Confidence(bias=9.0, read=Curve(-1.0, 2.0, 3.0, 4.0, read=0.5))
    hits = [
        Hit(passages(f"p{n}", "Parental leave.")[0], 0.9, 0.5, 0.5, relevance=relevance)
        for n, relevance in enumerate((1.0, 4.0, None))
    ]
    measured = features("parental leave", Retrieved(by_page(hits), 0.0, 0.0))

    assert measured == Features(0.5, 1.0, 1.0, read=4.0)
    assert sure.curve(measured)(measured) == pytest.approx(1 / (1 + exp(1.0 - 1.0 - 7.0 - 2.0)))


@given(st.floats(-1e6, 1e6), st.floats(-1, 1))
def test_whatever_a_model_scores_a_chance_is_between_none_and_certain(
    score: float, closest: float
) -> None:
    measured = Features(closest, 1.0, 0.0, score)

    assert 0 <= Confidence().curve(measured)(measured) <= 1
