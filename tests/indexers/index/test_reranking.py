"""Cross-encoders loaded by fastembed and run by onnxruntime: the bundled model, other models by
name, and missing models."""

from __future__ import annotations

import math
import os
import shutil
import threading
from pathlib import Path

import pytest

from footnote_bot.indexers.errors import ModelUnavailable
from footnote_bot.indexers.index.reranking import (
    _DIGESTS,
    BUNDLED,
    FastembedReranker,
    LocalReranker,
)
from tests.fakes import cross_encoder

WORDS = ["how", "long", "is", "leave", "travel", "days", "lead"]


@pytest.fixture
def reranker(tmp_path: Path) -> FastembedReranker:
    cross_encoder.shelve(tmp_path, WORDS)
    return FastembedReranker(cross_encoder.NAME, tmp_path)


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


def test_an_unknown_name_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no reranker 'acme/unheard-of'.*\[answer\]"):
        FastembedReranker("acme/unheard-of", tmp_path)


def test_a_model_that_can_be_neither_found_nor_downloaded_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(ModelUnavailable, match="copy the model there"):
        FastembedReranker("Xenova/ms-marco-MiniLM-L-6-v2", tmp_path)


def test_a_file_that_is_no_model_is_reported(tmp_path: Path) -> None:
    cross_encoder.shelve(tmp_path, WORDS, model=b"no model at all")

    with pytest.raises(ModelUnavailable, match="could be neither read"):
        FastembedReranker(cross_encoder.NAME, tmp_path)


@pytest.fixture(scope="module")
def bundled() -> LocalReranker:
    return LocalReranker()


def test_the_bundled_one_tells_an_answer_from_a_passage_on_the_subject(
    bundled: LocalReranker,
) -> None:
    texts = [
        "Leave\nAsk your lead before you book a holiday.",
        "Leave\nEverybody gets twenty days of paid leave a year.",
        "The printer\nThe printer is on the second floor, next to the kitchen.",
    ]
    subject, answer, other = bundled.scores("how many days off do i get?", texts)

    assert answer > subject > other


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "漢字", "word " * 5_000])
def test_the_bundled_one_has_a_score_for_any_text(bundled: LocalReranker, text: str) -> None:
    (score,) = bundled.scores(text, [text])

    assert math.isfinite(score)


def test_text_beyond_the_bundled_model_s_limit_is_cut_off(bundled: LocalReranker) -> None:
    long = "leave " * 250
    cut, longer = bundled.scores("leave", [long, long + "printer " * 300])

    assert cut == pytest.approx(longer, abs=1e-3)


@pytest.mark.parametrize("name", ["model.onnx", "word_embeddings.bin", "tokenizer.json"])
def test_another_model_in_place_of_the_bundled_one_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED, folder)
    with (folder / name).open("ab") as file:
        file.write(b" ")

    with pytest.raises(ModelUnavailable, match=rf"{name} is not the reranker it should be"):
        LocalReranker(folder).scores("leave", ["leave"])


def test_a_missing_bundled_model_is_named_and_where_another_can_be(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"model\.onnx cannot be read.*\[answer\] reranker"):
        LocalReranker(tmp_path).scores("leave", ["leave"])


@pytest.mark.parametrize(
    ("holds", "says"),
    [(None, "cannot be read"), ('{"model_max_length"', "is not the reranker it should be")],
)
def test_a_damaged_file_beside_the_weights_is_reported_like_damaged_weights(
    holds: str | None, says: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED, folder)
    beside = folder / "tokenizer_config.json"
    beside.unlink() if holds is None else beside.write_text(holds)

    with pytest.raises(ModelUnavailable, match=rf"tokenizer_config\.json {says}"):
        LocalReranker(folder).scores("leave", ["leave"])


def test_indexes_of_one_process_share_the_bundled_one() -> None:
    first, second = LocalReranker(), LocalReranker()
    assert first.scores("leave", ["leave"]) == second.scores("leave", ["leave"])

    assert first._loaded() is second._loaded()


def test_the_digests_of_the_bundled_one_are_those_of_its_provenance() -> None:
    provenance = (BUNDLED / "PROVENANCE.md").read_text()

    assert LocalReranker().identity.partition("@")[2] in provenance
    assert all(digest in provenance for digest in _DIGESTS.values())
    assert {file.name for file in BUNDLED.iterdir()} == {*_DIGESTS, "PROVENANCE.md"}


def test_texts_that_are_read_at_once_have_the_scores_that_they_have_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    reranker = LocalReranker()
    texts = [f"Leave is {days} days. " * days for days in range(1, 30, 4)]
    alone = [score for text in texts for score in reranker.scores("How long is leave?", [text])]

    assert reranker.scores("How long is leave?", texts) == alone


def test_threads_share_one_bundled_model_from_the_first_use_on() -> None:
    reranker = LocalReranker()
    together = threading.Barrier(3)
    scores: list[float] = []

    def score() -> None:
        together.wait()
        scores.extend(reranker.scores("How long is leave?", ["Leave is thirty days."]))

    threads = [threading.Thread(target=score) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert scores == [scores[0]] * 3
