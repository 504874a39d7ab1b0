"""Three tones: a section, the nearest sections, silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve
from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason, Result
from footnote_bot.bot.shown import ResultTone, tone_of
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

WRITTEN = [
    *passages("leave", "Leave exists.\n\nParental leave is twelve weeks long."),
    *passages("travel", "Travel is booked by the office."),
    *passages("pay", "Parental pay is that of a working week."),
    *passages("hosts", "Host web-12 has the address 10.0.0.12."),
]


def answering(logit: float, **changes: Any) -> Answerer:
    """Return an answerer for which every section answers with the same chance."""
    constant = Confidence(unread=Curve(logit, 0.0, 0.0, 0.0))
    answerer = Answerer(retrieval_over(WRITTEN), constant, clock=TickingClock())
    return replace(answerer, sure=0.5, near=0.1, **changes)


def ask(answerer: Answerer, text: str, **changes: Any) -> Result:
    return answerer.answer(Question(text, Principal.of(EVERYONE), **changes))


@pytest.mark.parametrize(
    ("logit", "tone"),
    [(0.1, ResultTone.PLAIN), (-0.1, ResultTone.NEAREST), (-9.0, ResultTone.SILENT)],
)
def test_the_chance_of_being_right_sets_the_tone(logit: float, tone: ResultTone) -> None:
    assert tone_of(ask(answering(logit), "how long is parental leave?")) is tone


def test_a_sure_answer_is_the_section_with_further_sections_as_links_only() -> None:
    result = ask(answering(1.0), "how long is parental leave?")

    assert isinstance(result, Answer)
    assert result.text.startswith("Parental leave is twelve weeks long.\n\n")
    assert result.text.endswith("Leave exists.\n\u2014 **Leave** [1]")
    assert result.sources[0].quote == "Parental leave is twelve weeks long."


def test_an_unsure_reply_names_three_sections_each_with_a_line_and_quotes_none() -> None:
    result = ask(answering(-1.0), "how long is parental leave?")

    assert isinstance(result, NoAnswer)
    assert (result.reason, result.text) == (Reason.NOTHING_FITS, texts.NOT_SURE)
    assert len(result.nearest) == 3
    assert result.nearest[0].quote == "Parental leave is twelve weeks long."


def test_silence_leads_to_no_page() -> None:
    result = ask(answering(-9.0), "you are useless")

    assert isinstance(result, NoAnswer)
    assert (result.text, result.nearest) == (texts.NOTHING_FOUND, ())


def test_why_says_the_chance_and_what_follows_from_it() -> None:
    question = Question("how long is parental leave?", Principal.of(EVERYONE))

    assert "So it is shown." in answering(1.0).why(question).rule
    assert "So the nearest are named." in answering(-1.0).why(question).rule
    assert "So nothing is." in answering(-9.0).why(question).rule
