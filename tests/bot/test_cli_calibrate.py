"""``footnote calibrate``: as people run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.answering.calibration import Calibration, load
from bot.answering.confidence import Confidence, Curve
from bot.evaluation import calibrating, fitting
from indexers.index.embedding import LocalEmbedder
from indexers.index.reranking import LocalReranker
from tests.bot.shell import Shell

NEVER = Confidence(bias=-50.0, closest=0.0, words=0.0, pairs=0.0, read=Curve(-50.0, 0.0, 0.0, 0.0))


@pytest.fixture
def handbook(shell: Shell) -> Shell:
    """A folder with settings and a wiki of two pages, not yet synced."""
    shell.write(
        "footnote.toml",
        '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
        'site_url = "https://handbook.example.com"\n',
    )
    shell.write("pages/leave.md", "# Leave\n\n## How long\n\nLeave is thirty days long.\n")
    shell.write("pages/travel.md", "# Travel\n\nTravel is booked by train, never by plane.\n")
    return shell


def curve_of(handbook: Shell) -> Path:
    return handbook.folder / "data" / "confidence.json"


def made(embedder: str) -> Calibration:
    return Calibration(NEVER, embedder, LocalReranker().identity, 50, False, "2026-11-26")


def test_a_small_wiki_keeps_the_curve_and_is_told_so(handbook: Shell) -> None:
    handbook.footnote("sync")
    ran = handbook.footnote("calibrate", "--json")

    assert ran.code == 0
    assert ran.json["calibrated"] is False
    assert "The curve that comes with Footnote is kept." in ran.json["why"]
    assert not curve_of(handbook).exists()


def test_too_few_questions_keep_the_curve_and_are_told_so(handbook: Shell) -> None:
    handbook.footnote("sync")
    questions = handbook.write(
        "questions.jsonl",
        json.dumps({"question": "How long is leave?", "answers": ["thirty days"]}) + "\n",
    )
    ran = handbook.footnote("calibrate", str(questions))

    assert ran.code == 0
    assert "1 of 1 question answered right: a curve takes 40" in ran.out
    assert not curve_of(handbook).exists()


def test_a_curve_is_fitted_to_questions_and_used_from_then_on(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "FEWEST", 8)
    handbook.footnote("sync")
    right = {"question": "How long is leave?", "answers": ["thirty days"]}
    wrong = {"question": "How long is leave at Christmas?", "answerable": False}
    rows = [right, right, wrong, wrong, wrong] * 8
    questions = handbook.write("questions.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
    before = handbook.footnote("ask", "How long is leave?", "--json").json["confidence"]
    ran = handbook.footnote("calibrate", str(questions), "--json")
    after = handbook.footnote("ask", "How long is leave?", "--json").json["confidence"]

    assert (ran.code, ran.json["questions"], ran.json["right"]) == (0, 40, 16)
    assert ran.json["calibrated"] is (after != before)
    assert ran.json["calibrated"] is curve_of(handbook).exists()


def test_what_was_calibrated_counts_until_it_is_reset(handbook: Shell) -> None:
    handbook.footnote("sync")
    made(LocalEmbedder().identity).save(curve_of(handbook))
    silent = handbook.footnote("ask", "How long is leave?", "--json").json
    ran = handbook.footnote("calibrate", "--reset")
    again = handbook.footnote("calibrate", "--reset", "--json")

    assert (silent["kind"], silent["tone"]) == ("no_answer", "silence")
    assert (ran.code, ran.out.strip()) == (0, "The curve that comes with Footnote is used.")
    assert again.json == {"calibrated": False, "why": "There was no other curve."}
    assert handbook.footnote("ask", "How long is leave?", "--json").json["kind"] == "answer"


def test_a_curve_of_another_model_is_ignored_with_a_clear_word(handbook: Shell) -> None:
    handbook.footnote("sync")
    made("another-model").save(curve_of(handbook))
    ran = handbook.footnote("ask", "How long is leave?", "--json")

    assert ran.json["kind"] == "answer"
    assert "made for other models" in ran.err
    assert load(curve_of(handbook), "another-model", LocalReranker().identity) is not None


def test_interrupted_the_curve_stays_as_it_was(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(calibrating.Calibrating, "by_pages", interrupted)
    handbook.footnote("sync")
    ran = handbook.footnote("calibrate")

    assert ran.code == 130
    assert "Interrupted; the curve stays as it was." in ran.err
    assert not curve_of(handbook).exists()


def test_reset_takes_nothing_else(handbook: Shell) -> None:
    questions = handbook.write("questions.jsonl", "{}\n")

    assert handbook.footnote("calibrate", str(questions), "--reset").code == 2


def test_a_set_that_cannot_be_read_is_told(handbook: Shell) -> None:
    handbook.footnote("sync")
    ran = handbook.footnote("calibrate", str(handbook.write("questions.jsonl", "{")))

    assert ran.code == 1
    assert "questions.jsonl, line 1" in ran.err
