"""The questions that the database counts for `footnote usage`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.model import AskedQuestion, MessageRef
from bot.model import Answer, NoAnswer, Reason, Result, Source
from bot.operations.usage_report import QuestionsAsked
from bot.state.answers import DatabaseAnswers
from bot.state.database import Database
from bot.state.usage_report import DatabaseUsageReport

NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
PAGE = Source("Leave", "", "https://wiki.example.com/leave", "Book it.", "handbook", "leave.md", "")
FOUND, NOTHING = Answer("Book it. [1]", (PAGE,), 0.9), NoAnswer(Reason.NOTHING_FITS, "Nothing.")


@pytest.fixture(autouse=True)
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the time zone: in UTC+9 a day ends at 15:00 UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def report(database: Database) -> DatabaseUsageReport:
    """Return a report of three questions in a channel and, weeks later, one in a direct message."""
    answers = DatabaseAnswers(database)

    def ask(person: str, channel: str, ts: str, result: Result, given: datetime) -> None:
        question = AskedQuestion("Q?", person, MessageRef("T0", channel, ts, ts), private=False)
        answers.keep(question, result, given, None, {})

    ask("U0ANNA", "C0TEAM", "1.0", FOUND, NIGHT)
    ask("U0ANNA", "C0TEAM", "2.0", NOTHING, NIGHT + timedelta(hours=15))
    ask("U0BEN", "C0TEAM", "3.0", FOUND, NIGHT + timedelta(hours=16))
    ask("U0BEN", "D0BEN", "4.0", FOUND, NIGHT + timedelta(days=40))
    return DatabaseUsageReport(database)


def test_a_day_is_one_of_this_machines_time_zone(report: DatabaseUsageReport) -> None:
    assert [*report.asked("day", NIGHT)] == [
        QuestionsAsked("2026-11-25", 2, 1),
        QuestionsAsked("2026-11-26", 1, 1),
        QuestionsAsked("2027-01-04", 1, 1),
    ]


def test_a_channel_and_a_person_are_one_row_each(report: DatabaseUsageReport) -> None:
    assert set(report.asked("channel", NIGHT)) == {
        QuestionsAsked("C0TEAM", 3, 2),
        QuestionsAsked("D0BEN", 1, 1, direct=True),
    }
    assert set(report.asked("person", NIGHT + timedelta(seconds=1))) == {
        QuestionsAsked("U0ANNA", 1, 0),
        QuestionsAsked("U0BEN", 2, 2),
    }
