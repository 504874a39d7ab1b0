"""How sure an answer is."""

from __future__ import annotations

from math import exp

import pytest

from bot.answering.confidence import Confidence, Features, features
from bot.answering.retrieval import Retrieved, by_page
from indexers.model import Hit
from tests.fakes.passages import passages


def found(*pages: tuple[str, float, float]) -> Retrieved:
    """A passage a page: its text, score and cosine."""
    hits = [
        Hit(passages(f"p{n}", text)[0], score, cosine)
        for n, (text, score, cosine) in enumerate(pages)
    ]
    return Retrieved(by_page(hits), 0.0, 0.0)


def test_nothing_found_shows_nothing() -> None:
    assert features("How long is leave?", found()) == Features(0.0, 0.0)


def test_the_cosine_is_that_of_the_best_passage() -> None:
    seen = features("leave", found(("Leave.", 0.9, 0.4), ("Travel.", 0.8, 0.7)))

    assert seen.cosine == 0.4


def test_coverage_is_the_share_of_the_question_that_one_page_holds() -> None:
    pages = [("Parental leave.", 0.9, 0.5), ("Travel abroad.", 0.8, 0.5)]

    assert features("parental leave", found(*pages)).coverage == pytest.approx(1.0)
    assert features("zebra", found(*pages)).coverage == 0.0
    # Both words are as rare, and no page holds both.
    assert features("leave abroad", found(*pages)).coverage == pytest.approx(0.5)


def test_what_no_page_says_weighs_most() -> None:
    pages = [("Leave is long.", 0.9, 0.5), ("Leave is paid.", 0.8, 0.5)]

    assert 0 < features("leave zebra", found(*pages)).coverage < 0.2


def test_a_question_without_words_is_covered_by_nothing() -> None:
    assert features("?!", found(("Leave.", 0.9, 0.5))).coverage == 0.0


def test_confidence_is_a_logistic_curve_over_the_features() -> None:
    sure = Confidence(bias=-1.0, cosine=2.0, coverage=3.0)
    pages = found(("Parental leave.", 0.9, 0.5))

    assert sure("parental leave", pages) == pytest.approx(1 / (1 + exp(1.0 - 2.0 * 0.5 - 3.0)))


def test_more_nearness_and_more_words_make_surer() -> None:
    sure = Confidence()
    little = sure("leave zebra", found(("Leave.", 0.9, 0.2)))
    near = sure("leave zebra", found(("Leave.", 0.9, 0.8)))
    worded = sure("leave zebra", found(("Leave for zebras.", 0.9, 0.8)))

    assert 0 < little < near < worded < 1
