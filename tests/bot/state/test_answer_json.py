"""Answers in the format of the database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from footnote_bot.bot import texts
from footnote_bot.bot.model import (
    Answer,
    Clarify,
    Doubt,
    Fallback,
    Linked,
    Narrowed,
    NoAnswer,
    Reading,
    Reason,
    Result,
    Source,
    Timings,
    Tone,
    Unchecked,
)
from footnote_bot.bot.state import answer_json
from footnote_bot.indexers.model import OPEN

SOURCE = Source("Leave", "Paid", "https://x.example/leave", "q", "w", "p", "1")
ANSWER = Answer("Long. [1]", (replace(SOURCE, updated=date(2026, 3, 1)),), 0.8, Timings(1, 2, 3, 4))
CLOSEST = replace(ANSWER, tone=Tone.CLOSEST, nearest=(replace(SOURCE, quote=""),))
NOTHING = NoAnswer(Reason.NOTHING_FITS, "Nothing.", (SOURCE,), 0.1)

BACK = Clarify(
    "Do you mean that?",
    (Reading("Paid leave", "Paid leave?", SOURCE), Reading("Sick leave", "Sick leave?", SOURCE)),
    0.7,
    Timings(1, 2, 3, 4),
)


@pytest.mark.parametrize(
    "result",
    [
        ANSWER,
        CLOSEST,
        replace(ANSWER, fallback=Fallback.SLOW),
        NOTHING,
        replace(NOTHING, fallback=Fallback.CAPPED),
        BACK,
        NoAnswer(Reason.UNCHECKED, "Not now."),
    ],
)
@pytest.mark.parametrize(
    "unchecked", [None, Unchecked(), Unchecked(datetime(2026, 11, 24, 14, 2, tzinfo=UTC))]
)
@pytest.mark.parametrize("linked", [(), (Linked("w", "p", "https://x/1", Doubt.EDITED),)])
def test_an_answer_comes_back_as_it_went(
    result: Result, unchecked: Unchecked | None, linked: tuple[Linked, ...]
) -> None:
    narrowed = Narrowed(("wiki.example.com",), several=True) if unchecked else None
    whole = replace(result, unchecked=unchecked, linked=linked, narrowed=narrowed)

    assert answer_json.load(answer_json.dump(whole), "answer 1") == whole


@pytest.mark.parametrize("result", [ANSWER, NOTHING])
def test_what_was_kept_before_answers_were_checked_still_loads(result: Answer | NoAnswer) -> None:
    stored = json.loads(answer_json.dump(result))
    del stored["unchecked"], stored["timings"]["check"]

    loaded = answer_json.load(json.dumps(stored), "answer 1")
    assert loaded == replace(result, timings=replace(result.timings, check=0.0))


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "3", "[]", "{}", '"Secret."', '{"text": "Secret.", "sources": null}',
        '{"reason": "of later", "text": "Secret."}', "[" * 100_000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_answer_and_its_words_are_not_logged(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer_json._log_unreadable.cache_clear()
    loaded = [answer_json.load(text, "answer 7") for _ in range(2)]

    assert loaded == 2 * [NoAnswer(Reason.UNCHECKED, texts.UNREADABLE)]
    assert answer_json.load_basis(text, "[]", str(OPEN), "written answer 7")[0] == ()
    assert "Secret" not in caplog.text
    assert caplog.text.count("in answer 7 ") == 1
