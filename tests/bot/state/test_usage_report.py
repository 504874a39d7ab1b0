"""The questions that the database counts for `footnote usage`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import (
    AskedQuestion,
    IncomingMessage,
    MessageKind,
    MessageRef,
    MessageState,
)
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result, Source
from footnote_bot.bot.operations.usage_report import QuestionOutcome, QuestionsAsked
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.schema import answers, inbox
from footnote_bot.bot.state.usage import DatabaseUsageReport

NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
PAGE = Source("Leave", "", "https://wiki.example.com/leave", "Book it.", "handbook", "leave.md", "")
FOUND, NOTHING = Answer("Book it. [1]", (PAGE,), 0.9), NoAnswer(Reason.NOTHING_FITS, "Nothing.")
NEAREST = NoAnswer(Reason.NOTHING_FITS, "Not sure.", (PAGE,))


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
        QuestionsAsked("2026-11-25", QuestionOutcome.ANSWERED, 1),
        QuestionsAsked("2026-11-25", QuestionOutcome.UNANSWERED, 1),
        QuestionsAsked("2026-11-26", QuestionOutcome.ANSWERED, 1),
        QuestionsAsked("2027-01-04", QuestionOutcome.ANSWERED, 1),
    ]


def test_a_channel_and_a_person_are_one_row_each(report: DatabaseUsageReport) -> None:
    assert set(report.asked("channel", NIGHT)) == {
        QuestionsAsked("C0TEAM", QuestionOutcome.ANSWERED, 2),
        QuestionsAsked("C0TEAM", QuestionOutcome.UNANSWERED, 1),
        QuestionsAsked("D0BEN", QuestionOutcome.ANSWERED, 1, direct=True),
    }
    assert set(report.asked("person", NIGHT + timedelta(seconds=1))) == {
        QuestionsAsked("U0ANNA", QuestionOutcome.UNANSWERED, 1),
        QuestionsAsked("U0BEN", QuestionOutcome.ANSWERED, 2),
    }


BACK = '{"text": "Which?", "readings": []}'


@pytest.mark.parametrize("kind", ["day", "channel", "person"])
def test_each_question_is_counted_once_whatever_came_of_it(database: Database, kind: str) -> None:
    store = DatabaseAnswers(database)
    box = DatabaseInbox(database, lambda: NIGHT)
    results = {
        QuestionOutcome.ANSWERED: FOUND,
        QuestionOutcome.UNANSWERED: NOTHING,
        QuestionOutcome.NEAREST: NEAREST,
        QuestionOutcome.ASKED_BACK: NOTHING,
    }
    ends = {
        "aside": (MessageState.PASSED, None),
        "greeting": (MessageState.DONE, NoAnswer(Reason.NO_QUESTION, "Hello.")),
        "lost after its answer": (MessageState.FAILED, FOUND),
        **{outcome: (MessageState.DONE, result) for outcome, result in results.items()},
        **{
            outcome: (MessageState(outcome.value), None)
            for outcome in (
                QuestionOutcome.FAILED,
                QuestionOutcome.REFUSED,
                QuestionOutcome.STOPPED,
            )
        },
    }
    for number, (end, (state, result)) in enumerate(ends.items()):
        place = MessageRef("T0", "C0TEAM", f"{number}.0", f"{number}.0")
        letter = IncomingMessage(
            f"e{number}", MessageKind.MENTION, "T0", "C0TEAM", place.ts, place.ts, "U0ANNA", "Q?"
        )
        received = box.receive(letter)
        assert received
        if result:
            store.keep(AskedQuestion("Q?", "U0ANNA", place, private=False), result, NIGHT, None, {})
        with database.begin() as connection:
            if end == QuestionOutcome.ASKED_BACK:  # as versions before stored a question back
                row = answers.c.ts == place.ts
                connection.execute(sa.update(answers).where(row).values(answer=BACK))
            row = inbox.c.id == received.id
            connection.execute(sa.update(inbox).where(row).values(state=state.value))
    counts = {
        asked.outcome: asked.questions
        for asked in DatabaseUsageReport(database).asked(kind, NIGHT - timedelta(days=1))
    }

    assert counts == {**dict.fromkeys(QuestionOutcome, 1), QuestionOutcome.ANSWERED: 2}


def test_a_failed_question_of_a_forgotten_person_is_counted_no_more(database: Database) -> None:
    letter = IncomingMessage("e", MessageKind.MENTION, "T0", "C0", "1.0", "1.0", "U0ANNA", "Q?")
    DatabaseInbox(database, lambda: NIGHT).receive(letter)
    with database.begin() as connection:
        connection.execute(sa.update(inbox).values(state=MessageState.FAILED.value))
    before = [*DatabaseUsageReport(database).asked("person", NIGHT)]
    forget_person(database, "U0ANNA")

    assert before == [QuestionsAsked("U0ANNA", QuestionOutcome.FAILED, 1)]
    assert not [*DatabaseUsageReport(database).asked("person", NIGHT)]
