"""A model of inference from a folder, run by onnxruntime."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexers.errors import ModelUnavailable
from indexers.index.entailment import EntailmentModel
from tests.fakes import cross_encoder

LABELS = ("contradiction", "Entailment", "neutral")
WORDS = ("leave", "is", "long", "short")


def test_a_text_says_a_sentence_as_the_label_tells(tmp_path: Path) -> None:
    cross_encoder.infer(tmp_path / "nli", WORDS, LABELS)
    model = EntailmentModel(tmp_path / "nli", threads=1)
    chances = model.entailed([("leave is long", "leave is long"), ("leave is long", "is short")])

    assert chances[0] > 0.9
    assert chances[1] < 0.1
    assert model.entailed([]) == []


def test_any_text_is_taken(tmp_path: Path) -> None:
    cross_encoder.infer(tmp_path / "nli", WORDS, LABELS)
    model = EntailmentModel(tmp_path / "nli", threads=1)

    assert len(model.entailed([("", ""), ("\ud800 \x00", "leave " * 2000)])) == 2


def test_a_model_that_scores_how_near_a_passage_is_is_refused(tmp_path: Path) -> None:
    cross_encoder.infer(tmp_path / "reranker", WORDS, ("LABEL_0",))

    with pytest.raises(ModelUnavailable, match="no label `entailment`"):
        EntailmentModel(tmp_path / "reranker")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"missing.config\.json cannot be read"):
        EntailmentModel(tmp_path / "missing")
    cross_encoder.infer(tmp_path / "broken", WORDS, LABELS)
    (tmp_path / "broken" / "model.onnx").write_bytes(b"garbage")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        EntailmentModel(tmp_path / "broken").entailed([("a", "b")])
    (tmp_path / "broken" / "model.onnx").unlink()
    with pytest.raises(ModelUnavailable, match="holds no"):
        EntailmentModel(tmp_path / "broken").entailed([("a", "b")])
