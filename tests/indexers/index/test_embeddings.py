"""Embeddings are stored as bytes and compare nearly as well as before."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.index.embeddings import cosines, pack, sentences, to_payload
from footnote_bot.indexers.ports import Embedding, Vector

DIMENSIONS = 16
vectors = st.lists(
    st.floats(-1, 1), min_size=DIMENSIONS, max_size=DIMENSIONS
).filter(lambda values: math.hypot(*values) > 0.1)  # fmt: skip


def unit(values: Vector) -> Vector:
    length = math.hypot(*values)
    return [value / length for value in values]


def cosine(left: Vector, right: Vector) -> float:
    return sum(a * b for a, b in zip(unit(left), unit(right), strict=True))


@given(vectors, st.lists(vectors, min_size=1, max_size=5))
def test_the_nearest_sentence_is_told_to_two_decimals(
    question: list[float], rows: list[list[float]]
) -> None:
    whole, *parts = rows
    payload = to_payload(Embedding(unit(whole), pack(parts) if parts else b""))
    ((of_whole, closest),) = cosines(unit(question), [payload])

    assert of_whole == pytest.approx(cosine(question, whole), abs=0.02)
    assert closest == pytest.approx(
        max((cosine(question, part) for part in parts), default=of_whole), abs=0.02
    )


def test_sentences_come_back_as_they_were_kept() -> None:
    parts = pack([[1.0, 0.0], [0.0, -1.0]])

    assert sentences(to_payload(Embedding([0.6, 0.8], parts)), 2) == parts


def test_without_a_question_or_a_meaning_nothing_is_near() -> None:
    payload = to_payload(Embedding([0.6, 0.8]))

    assert cosines((), [payload, ""]) == [(0.0, 0.0), (0.0, 0.0)]
    assert cosines([1.0, 0.0], ["", payload])[0] == (0.0, 0.0)
    assert cosines([1.0, 0.0], ["", payload])[1] == pytest.approx((0.6, 0.6), abs=0.01)
    assert cosines([1.0, 0.0], []) == []
