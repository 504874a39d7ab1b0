"""A cross-encoder as fastembed loads it and onnxruntime runs it; and one that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexers.errors import ModelUnavailable
from indexers.index.reranking import FastembedReranker
from tests.fakes import cross_encoder

WORDS = ["how", "long", "is", "leave", "travel", "days", "lead"]


@pytest.fixture
def reranker(tmp_path: Path) -> FastembedReranker:
    cross_encoder.shelve(tmp_path, WORDS)
    return FastembedReranker(cross_encoder.NAME, tmp_path, threads=1)


def test_each_text_has_its_score_in_the_order_of_the_texts(reranker: FastembedReranker) -> None:
    texts = ["travel days", "leave is long", "", "how long is leave", "lead"]

    assert reranker.scores("how long is leave", texts) == [0.0, 3.0, 0.0, 4.0, 0.0]


def test_more_texts_than_a_batch_are_all_scored(reranker: FastembedReranker) -> None:
    texts = ["leave", "travel", "long leave"] * 11

    assert reranker.scores("long leave", texts) == [1.0, 0.0, 2.0] * 11


@pytest.mark.parametrize("text", ["\ud800", "leave " * 500, "漢字", "\x00"])
def test_any_text_has_a_score(reranker: FastembedReranker, text: str) -> None:
    (score,) = reranker.scores(text, [text])

    assert score >= 0


def test_no_texts_no_scores(reranker: FastembedReranker) -> None:
    assert reranker.scores("leave", []) == []


def test_a_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no reranker 'acme/unheard-of'.*\[answer\]"):
        FastembedReranker("acme/unheard-of", tmp_path)


def test_a_model_that_is_neither_there_nor_to_be_had_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(ModelUnavailable, match="copy the model there"):
        FastembedReranker("Xenova/ms-marco-MiniLM-L-6-v2", tmp_path)


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    cross_encoder.shelve(tmp_path, WORDS, model=b"no model at all")

    with pytest.raises(ModelUnavailable, match="could be neither read"):
        FastembedReranker(cross_encoder.NAME, tmp_path)
