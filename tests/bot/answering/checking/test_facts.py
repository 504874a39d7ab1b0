"""A number, a command or a quotation of a sentence stands in the words that it rests on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.checking.facts import flaw_of
from footnote_bot.bot.answering.checking.guards import Flaw
from tests.timing import seconds_of


def flaw(sentence: str, *evidence: str, also: str = "") -> Flaw | None:
    return flaw_of(sentence, evidence, [also])


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("You get 30 days.", "Leave is thirty days long."),
        ("You get 12 weeks.", "12-week leave"),
        ("You get twelve weeks.", "12-week leave"),
        ("It is 25 hours a year.", "twenty-five hours in 2024"),
        ("It is 6 hours.", "six hours per pay period since 2024"),
        ("It takes 2 weeks.", "It takes 14 days."),
        ("It takes 90 minutes.", "Plan 1.5 hours."),
        ("It costs $1,000.", "1000 dollars"),
        ("It costs 50 \u20ac.", "\u20ac50"),
        ("At most 75%.", "75 percent"),
        ("By 2 pm.", "by 14:00"),
        ("At 9:30 am.", "at 9.30"),
        ("On 5 March 2024.", "2024-03-05"),
        ("Two people sign; 2 in all.", "your lead and your director sign"),
        ("Room 3.", "room 3, 2nd floor"),
        ("Use 5GB.", "5 GB"),
        ("It is a SEV-1.", "SEV1 incidents"),
        ("Son 12 semanas.", "12 weeks"),
        ("Run `make all`.", "Run make  all first."),
        ("Post in #help-desk.", "Ask in #help-desk"),
        ("Pass --dry-run.", "with `--dry-run`"),
        ('It says "ask first".', "Please ask *first*."),
        ("See RFC2119.", "RFC 2119"),
        ("```\nx = 1\ny = 2\n```", "x = 1\ny = 2"),
    ],
)
def test_what_stands_there_in_another_form_is_no_flaw(sentence: str, evidence: str) -> None:
    assert flaw(sentence, evidence) is None


@pytest.mark.parametrize(
    ("sentence", "evidence", "expected"),
    [
        ("You get 40 days.", "Leave is thirty days long.", Flaw.NUMBER),
        ("You get 30 weeks.", "Leave is 30 days long.", Flaw.NUMBER),
        ("It is 8 hours.", "6 hours", Flaw.NUMBER),
        ("It is eight hours.", "six hours", Flaw.NUMBER),
        ("Leave is ninety days long.", "Leave is thirty days long.", Flaw.NUMBER),
        ("It costs $75.", "up to 50 dollars", Flaw.NUMBER),
        ("It costs 50 \u20ac.", "$50", Flaw.NUMBER),
        ("Use 5 MB.", "5 GB", Flaw.NUMBER),
        ("At 9 pm.", "at 9 am", Flaw.NUMBER),
        ("In 2025.", "in May 2024", Flaw.NUMBER),
        ("It takes 300 people.", "many people", Flaw.NUMBER),
        ("It is a SEV2.", "SEV1 incidents", Flaw.NAME),
        ("Post in #helpdesk-it.", "Ask in #help-desk", Flaw.NAME),
        ("Pass --force.", "with --dry-run", Flaw.NAME),
        ("Set max_size.", "max_length", Flaw.NAME),
        ("Run `make none`.", "Run make all first.", Flaw.QUOTATION),
        ('It says "ask last".', "Please ask first.", Flaw.QUOTATION),
        ("```\nrm -rf /\n```", "x = 1", Flaw.QUOTATION),
    ],
)
def test_another_fact_is_a_flaw(sentence: str, evidence: str, expected: Flaw) -> None:
    assert flaw(sentence, evidence) is expected


def test_a_title_and_the_question_may_be_repeated() -> None:
    assert flaw("100 hours are more than 80.", "over 80 hours") is Flaw.NUMBER
    assert flaw("100 hours are more than 80.", "over 80 hours", also="100 hours of leave?") is None


@given(st.text(max_size=80))
def test_what_a_page_says_word_for_word_has_no_flaw(text: str) -> None:
    assert flaw(text, text) is None


def test_a_hostile_sentence_takes_linear_time() -> None:
    def run() -> None:
        for piece in ("a", "1", "1,", "1,000", "`", '"', "#a", "-a", "a_", "$", "1 000 ", "a1"):
            flaw(piece * (2_000 // len(piece)), "1")

    assert seconds_of(run, 5) <= 5
