"""Slack accepts any text on the Home tab, and no text on it becomes a link or a ping."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer
from footnote_bot.bot.flags.insights import Gap
from footnote_bot.bot.flags.model import Complaint, Flag, FlagState, Often, Volume
from footnote_bot.bot.model import NoAnswer, Reason, Source
from footnote_bot.bot.slack.home import home_page
from footnote_bot.bot.slack.home.home_page import FLAGS_SHOWN, HomeSection, view
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.message import section
from footnote_bot.bot.slack.texts.home import CUT
from footnote_bot.playground.slack.kit.views import check_view
from footnote_bot.playground.slack.pings import live_pings

from .test_commands import ROW
from .test_mrkdwn import EVIL

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
TODAY = NOW.date()
ALLOWED = origins(["https://wiki.example.com"])


def recorded_answer(question: str) -> RecordedAnswer:
    question_asked = AskedQuestion(
        question, "U1", MessageRef("T1", "C1", "1.0", "1.0"), private=False
    )
    return RecordedAnswer(1, question_asked, NoAnswer(Reason.NOTHING_FITS, ""), NOW)


def flag(question: str) -> Flag:
    return Flag(1, recorded_answer(question), "U1", Complaint.WRONG, "", FlagState.OPEN, NOW, NOW)


def stale(words: str) -> Often:
    return Often(Source(words, words, words, words, "w", "p", "r", updated=date(2020, 1, 1)), 3)


def whole(words: list[str]) -> list[HomeSection]:
    row = ROW | {"error": " ".join(words), "failed": dict.fromkeys(words, " ".join(words))}
    rows = {"building": True, "wikis": dict.fromkeys(words, row)}
    flags = [flag(word) for word in words]
    gaps = [Gap([recorded_answer(word)]) for word in words]
    return [
        HomeSection("How to ask", home_page.asking(words)),
        HomeSection("What I read", home_page.wikis(rows, whole=True)),
        HomeSection(
            "Your open flags",
            home_page.flags(flags, words[:FLAGS_SHOWN], [""] * len(flags[:FLAGS_SHOWN]), TODAY),
        ),
        HomeSection("How it goes", home_page.volumes({7: Volume(), 30: Volume(3, 2, 1, 1, 1)})),
        HomeSection("Not answered", home_page.unanswered(gaps, 3, TODAY)),
        HomeSection(
            "Old pages", home_page.stale_pages([stale(word) for word in words], ALLOWED, TODAY)
        ),
    ]


@given(st.lists(EVIL.filter(str.strip), max_size=30))
def test_whatever_is_said_slack_takes_the_page_and_nothing_on_it_is_alive(words: list[str]) -> None:
    page = check_view(view(whole(words)), "home")

    assert {ping.host for ping in live_pings(page)} <= {"wiki.example.com"}
    assert {ping.kind for ping in live_pings(page)} <= {"link"}


@given(st.lists(st.integers(1, 3000), max_size=150))
def test_a_page_is_cut_only_where_it_must_be_and_says_so(lengths: list[int]) -> None:
    blocks = [section("\u00e9" * length) for length in lengths]
    page = (
        check_view(view([HomeSection("", blocks), HomeSection("", [])]), "home") if blocks else None
    )
    page_blocks = page["blocks"] if page else []

    if page_blocks == blocks:
        assert len(blocks) <= 100
    else:
        assert page_blocks[:-1] == blocks[: len(page_blocks) - 1]
        assert page_blocks[-1]["elements"][0]["text"] == CUT
        assert len(blocks) > 100 or sum(lengths) > 25_000
