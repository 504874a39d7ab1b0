"""The tone of a result, and the line of a nearest section."""

from __future__ import annotations

import pytest

from footnote_bot.bot.model import LONGEST_LINE as LINE
from footnote_bot.bot.model import Answer, Clarify, NoAnswer, Reason, Result, Source, Tone
from footnote_bot.bot.shown import as_unsure, line_of, tone_of

SOURCE = Source("Leave", "", "https://x.example/leave", "Thirty days.", "handbook", "leave", "1")
SURE = Answer("Thirty days. [1]", (SOURCE,), 0.9)
CLOSEST = Answer("Thirty days. [1]", (SOURCE,), 0.3, tone=Tone.CLOSEST, nearest=(SOURCE,))


@pytest.mark.parametrize(
    ("result", "tone"),
    [
        (SURE, "plain"),
        (CLOSEST, "nearest"),
        (Answer("The pages do not say. [1]", (SOURCE,), 0.9, denial=True), "nearest"),
        (NoAnswer(Reason.NOTHING_FITS, "Not sure.", (SOURCE,)), "nearest"),
        (NoAnswer(Reason.NOTHING_FITS, "Nothing."), "silent"),
        (Clarify("Which?", ()), "silent"),
    ],
)
def test_a_tone_is_plain_nearest_or_silent(result: Result, tone: str) -> None:
    assert tone_of(result).value == tone


def test_the_closest_is_no_answer_with_its_first_source_among_the_nearest() -> None:
    unsure = as_unsure(CLOSEST)

    assert unsure == NoAnswer(Reason.NOTHING_FITS, CLOSEST.text, (SOURCE, SOURCE), 0.3)
    assert as_unsure(SURE) is SURE


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("", ""),
        ("Leave is `long`.\nMore.", "Leave is long."),
        ("\n[Leave](https://x.example) is long.", "Leave is long."),
        ("a" * LINE + " b", "a" * LINE),
        ("a " * LINE, ("a " * LINE)[: LINE - 1]),
        ("a" * 2 * LINE, "a" * LINE),
    ],
)
def test_a_line_is_plain_and_cut_between_words(quote: str, line: str) -> None:
    assert line_of(quote) == line
    assert len(line) <= LINE
