"""Recorded answers go through the check before readers, and are counted as shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.evidence import with_evidence
from footnote_bot.bot.answering.composing.judge import JudgedSentence, SentenceVerdict
from footnote_bot.bot.answering.llm.usage import Meter
from footnote_bot.bot.evaluation.lines import BadSet
from footnote_bot.bot.evaluation.recordings import Label, Recording, read_recordings
from footnote_bot.bot.evaluation.replay_report import replay_report
from footnote_bot.bot.evaluation.replaying import Fate, Judge, Replaying, by_labels, nobody

PASSAGES = [
    {"n": 1, "title": "Leave", "page": "leave.md", "text": "Leave is thirty days long. Ask Ann."},
    {"n": 2, "title": "Travel", "page": "travel.md", "text": "Travel is booked by train."},
]
TRUE, WRONG = "Leave is 30 days long [1].", "Leave is 40 days long [1]."
ALSO_TRUE = "Travel is booked by train [2]."


def label(text: str, *, faithful: bool = True, kind: str = "claim", error: str = "") -> Any:
    return {"text": text, "kind": kind, "faithful": faithful, "error": error or None}


def recorded(*answers: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": "q1",
        "question": "How long is leave?",
        "passages": PASSAGES,
        "answers": list(answers),
        **fields,
    }


def answer(*sentences: Any, style: str = "natural") -> dict[str, Any]:
    text = " ".join(sentence["text"] for sentence in sentences)
    return {"style": style, "text": text, "sentences": list(sentences)}


def believing(_labels: Sequence[Label], _sentence: JudgedSentence) -> SentenceVerdict:
    """Believe everything."""
    return SentenceVerdict(supported=True)


def replaying(judge: Judge = believing) -> Replaying:
    return Replaying(Meter(len, lambda: date.min), judge)


def recordings(folder: Path, *rows: dict[str, Any]) -> list[Recording]:
    file = folder / "answers.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return read_recordings(file)


def replayed(folder: Path, *rows: dict[str, Any], judge: Judge = believing) -> dict[str, Any]:
    replay = replaying(judge).replay
    return replay_report([(each, replay(each)) for each in recordings(folder, *rows)])


def test_what_the_pages_bear_out_is_kept_and_the_rest_dropped_with_its_flaw(
    tmp_path: Path,
) -> None:
    measures = replayed(
        tmp_path,
        recorded(
            answer(label(TRUE), label(WRONG, faithful=False, error="number"), label(ALSO_TRUE))
        ),
    )
    (row,) = measures["replayed"]

    assert row["id"] == "q1"
    (replayed_answer,) = row["answers"]
    assert replayed_answer["shown"] == "composed"
    assert replayed_answer["text"] == "Leave is 30 days long. [1] Travel is booked by train. [2]"
    assert replayed_answer["kept"] == [
        {"text": TRUE, "verified": True},
        {"text": ALSO_TRUE, "verified": True},
    ]
    assert replayed_answer["dropped"] == [{"text": WRONG, "reason": "number"}]
    assert (measures["faithful_shown"], measures["wrong_unmarked"]) == (1.0, 0.0)
    assert measures["wrong_shown"] == {"number": 0.0}
    assert measures["cut"] == 0
    assert measures["whole"] is None


def test_an_answer_that_falls_is_quotations_and_its_true_sentence_is_not_seen(
    tmp_path: Path,
) -> None:
    wrong = [
        label(f"Leave is {days} days long [1].", faithful=False, error="number")
        for days in (40, 50)
    ]
    measures = replayed(tmp_path, recorded(answer(label(TRUE), *wrong)))
    (replayed_answer,) = measures["replayed"][0]["answers"]

    assert replayed_answer["shown"] == "quotations"
    assert "Leave is thirty days long." in replayed_answer["text"]
    assert replayed_answer["kept"] == []
    assert [sentence["reason"] for sentence in replayed_answer["dropped"]] == [
        "answer",
        "number",
        "number",
    ]
    assert measures["faithful_shown"] == 0.0
    assert measures["passed"] == {"faithful": 1.0, "wrong": 0.0}
    assert measures["cut"] == 0


def test_a_wrong_claim_that_gets_out_is_counted_by_its_error(tmp_path: Path) -> None:
    """The measure must be able to find a wrong claim: here only the label knows that it is
    wrong."""
    measures = replayed(
        tmp_path,
        recorded(
            answer(label(TRUE), label(ALSO_TRUE, faithful=False, error="invented")),
            answer(label(WRONG, faithful=False, error="number"), label(TRUE)),
        ),
    )

    assert measures["wrong_shown"] == {"invented": 1.0, "number": 0.0}
    assert measures["wrong_unmarked"] == 0.5
    assert measures["counts"]["wrong"] == {"invented": 1, "number": 1}


def test_without_a_judge_nothing_is_verified(tmp_path: Path) -> None:
    row = recorded(answer(label(TRUE), label(WRONG, faithful=False, error="number")))
    measures = replayed(tmp_path, row, judge=nobody)

    assert (measures["faithful_shown"], measures["faithful_verified"]) == (1.0, 0.0)
    assert measures["wrong_shown"] == {"number": 0.0}


def test_whole_answers_are_counted_by_style_and_frames_claim_nothing(tmp_path: Path) -> None:
    frame = label("Here is what I found:", kind="frame")
    measures = replayed(
        tmp_path,
        recorded(
            {**answer(frame, label(TRUE), style="close"), "text": f"{frame['text']}\n\n{TRUE}"},
            answer(label(TRUE), label("Leave is 31 days long [1]."), style="natural"),
        ),
    )

    assert measures["whole"] == 0.5
    assert measures["by_style"]["close"]["whole"] == 1.0
    assert measures["by_style"]["natural"]["whole"] == 0.0
    assert measures["by_style"]["natural"]["faithful_shown"] == 0.5
    assert measures["counts"]["faithful"] == 3


def test_labels_that_are_cut_at_other_places_are_found(tmp_path: Path) -> None:
    """Two of our sentences are one of the label's. List marks belong to neither."""
    two_sentences = f"{TRUE} {ALSO_TRUE}"
    bullets = {"style": "bullets", "text": f"1. {TRUE}\n2. {two_sentences}"}
    labels = [label(TRUE), label(two_sentences)]
    measures = replayed(tmp_path, recorded({**bullets, "sentences": labels}))

    assert measures["faithful_shown"] == 1.0
    assert measures["counts"]["faithful"] == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_labels_are_found_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    recorded_answer = answer(
        label(TRUE), label(ALSO_TRUE), label(WRONG, faithful=False, error="number")
    )
    labels = [recorded_answer["sentences"][place] for place in order]
    measures = replayed(tmp_path, recorded({**recorded_answer, "sentences": labels}))

    assert measures["faithful_shown"] == measures["faithful_verified"] == 1.0
    assert measures["wrong_shown"] == {"number": 0.0}


def test_a_label_that_is_not_in_the_answer_moves_no_other(tmp_path: Path) -> None:
    absent = label(
        "I have looked through the pages of the wiki, and this is what I found:", kind="frame"
    )
    recorded_answer = answer(label(TRUE), label(ALSO_TRUE))
    measures = replayed(
        tmp_path,
        recorded({**recorded_answer, "sentences": [absent, *recorded_answer["sentences"]]}),
    )

    assert measures["faithful_shown"] == measures["whole"] == 1.0


def test_an_answer_without_a_word_is_replaced_by_quotations(tmp_path: Path) -> None:
    measures = replayed(tmp_path, recorded({"style": "natural", "text": "", "sentences": []}))
    (replayed_answer,) = measures["replayed"][0]["answers"]

    assert replayed_answer["shown"] == "quotations"
    assert replayed_answer["kept"] == replayed_answer["dropped"] == []


def test_a_frame_needs_no_label_and_a_recording_no_id(tmp_path: Path) -> None:
    frame = {"text": "Here is what I found:", "kind": "frame", "faithful": None}
    measures = replayed(tmp_path, recorded(answer(frame, label(TRUE)), id=None))

    assert measures["replayed"][0]["id"] == "1"
    assert measures["counts"]["faithful"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, "no 'question'"),
        ({"passages": "none"}, "'passages' is not a list of objects"),
        ({"passages": [{"n": 2, "text": "x"}]}, "not in the order of their numbers"),
        ({"passages": [{"text": "x", "headings": "y"}]}, "'headings' is no list"),
        ({"answers": [{"style": "close"}]}, "no 'text'"),
        ({"answers": [answer({"text": "x"})]}, "'faithful' of a sentence"),
    ],
)
def test_an_invalid_recording_is_named_with_its_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadSet, match=r"line 1: ") as error:
        replayed(tmp_path, recorded(answer(label(TRUE)), **change))

    assert message in str(error.value)


def test_the_labels_decide_what_rules_cannot(tmp_path: Path) -> None:
    true, wrong = "You may go for a month [1].", "Whoever asks is paid twice [1]."
    row = recorded(answer(label(true), label(wrong, faithful=False, error="invented"), label(TRUE)))
    [recording] = recordings(tmp_path, row)
    labelled = replaying(by_labels)
    [replayed_answer] = labelled.replay(recording)

    assert (labelled.unclear, labelled.judged) == (3, 3)
    assert replayed_answer.sentences == (
        Fate(true, verified=True),
        Fate(wrong, "unsupported"),
        Fate(TRUE, verified=True),
    )


def test_the_label_of_a_word_is_of_no_sentence_that_holds_it(tmp_path: Path) -> None:
    holds, word = "You may go for a month [1].", "May [1]."
    row = recorded(answer(label(holds), label(word, faithful=False, error="time"), label(TRUE)))
    [recording] = recordings(tmp_path, row)
    [replayed_answer] = replaying(by_labels).replay(recording)

    assert Fate(holds, verified=True) in replayed_answer.sentences


@pytest.mark.parametrize(("mark", "expected"), [("", ""), ("- ", "\u2022 ")])
def test_an_answer_is_replayed_as_a_model_writes_it_that_gives_the_words(
    tmp_path: Path, mark: str, expected: str
) -> None:
    sentence = {**label(TRUE), "evidence": ["Leave is thirty  days long."]}
    row = recorded({"style": "bullets", "text": f"{mark}{TRUE}", "sentences": [sentence]})
    [recording] = recordings(tmp_path, with_evidence(row))
    [replayed_answer] = replaying().replay(recording)

    assert replayed_answer.text == f"{expected}Leave is 30 days long. [1]"
    assert replay_report([(recording, [replayed_answer])])["faithful_verified"] == 1.0
