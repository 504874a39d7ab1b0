"""A confidence curve that was made for one index and its models."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import pytest

from footnote_bot.bot.answering.deciding.calibration import (
    Calibration,
    CalibrationUnwritable,
    load,
    reset,
)
from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve

MADE = Calibration(
    Confidence(unread=Curve(-1.0, 2.0, 3.0, 4.0), read=Curve(1.0, 2.0, 0.0, 0.0, 0.5)),
    "model-a",
    "reader-b",
    questions=120,
    generated=False,
    made="2026-11-26",
)


def test_what_was_made_is_read_again(tmp_path: Path) -> None:
    MADE.save(tmp_path / "confidence.json")

    assert load(tmp_path / "confidence.json", "model-a", "reader-b") == MADE


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "confidence.json", "model-a", "") is None


@pytest.mark.parametrize(
    ("embedder", "reranker"), [("other", "reader-b"), ("model-a", ""), ("model-a", "other")]
)
def test_the_calibration_of_other_models_is_ignored_and_the_reason_is_logged(
    embedder: str, reranker: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    MADE.save(tmp_path / "confidence.json")
    with caplog.at_level(logging.WARNING):
        calibration = load(tmp_path / "confidence.json", embedder, reranker)

    assert calibration is None
    assert "made for other models (model-a; reader-b)" in caplog.text
    assert "footnote calibrate" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"footnote_confidence": 99},
        {"confidence": {}},
        {"confidence": {"read": {}, "unread": {}}},
        {"confidence": asdict(MADE.confidence) | {"read": {"bias": "x"}}},
        {"questions": "many"},
        {"embedder": None, "confidence": None},
        {"confidence": asdict(MADE.confidence) | {"read": None}},
        {"confidence": {n: c | {"bias": 1e999} for n, c in asdict(MADE.confidence).items()}},
        {"confidence": {n: c | {"bias": 10**400} for n, c in asdict(MADE.confidence).items()}},
        {"questions": 1e999},
    ],
)
def test_what_is_no_calibration_is_ignored_and_it_is_said(
    change: dict[str, object], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "confidence.json"
    MADE.save(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))

    assert load(file, "model-a", "reader-b") is None
    assert "is no calibration" in caplog.text


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"x"', "[" * 100_000])
def test_whatever_else_stands_in_the_file_is_ignored(text: str, tmp_path: Path) -> None:
    (tmp_path / "confidence.json").write_text(text)

    assert load(tmp_path / "confidence.json", "model-a", "reader-b") is None


def test_it_is_taken_back_once(tmp_path: Path) -> None:
    MADE.save(tmp_path / "confidence.json")

    assert reset(tmp_path / "confidence.json")
    assert not reset(tmp_path / "confidence.json")


def test_where_it_cannot_be_written_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(CalibrationUnwritable, match="cannot be written"):
        MADE.save(tmp_path / "none" / "confidence.json")
