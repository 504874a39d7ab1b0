"""The queries for each message read a few rows of a database with a hundred thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import CountedBy, Thread
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.channels import DatabaseThreads
from footnote_bot.bot.state.cited_pages import DatabaseCitedPages
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from tests.bot.databases import lay_out

from .test_inbox import MESSAGE, NOW


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    lay_out(tmp_path / "state.db")
    with closing(Database.open(tmp_path / "state.db")) as database:
        yield database


def plans(database: Database, work: Callable[[], object]) -> list[str]:
    """Return the steps of SQLite's plans for the statements of ``work``."""
    statements: list[tuple[str, Any]] = []

    def note(_one: object, _two: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    sa.event.listen(database._engine, "before_cursor_execute", note)
    work()
    sa.event.remove(database._engine, "before_cursor_execute", note)
    with database.read() as connection:
        return [
            str(row.detail)
            for statement, parameters in statements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def test_a_thread_is_read_from_its_first_message_on(sqlite: Database) -> None:
    """A channel may have as many messages as all others together."""
    answers, threads = DatabaseAnswers(sqlite), DatabaseThreads(sqlite, lambda: NOW)
    steps = plans(sqlite, lambda: answers.in_thread("T1", "C1", "1.0"))
    steps += plans(sqlite, lambda: threads.askers(Thread("T1", "C1", "1.0")))
    of_messages = [step for step in steps if " answers " in step or " inbox " in step]

    assert len(of_messages) == 2
    assert all("ts>?" in step for step in of_messages)


def test_what_other_processes_have_is_looked_for_among_what_is_unfinished(
    sqlite: Database,
) -> None:
    inbox = DatabaseInbox(sqlite, lambda: NOW)

    assert plans(sqlite, lambda: inbox.is_next(MESSAGE)) == [
        "SEARCH inbox USING INDEX ix_inbox_state (state=?)"
    ]


def test_the_questions_of_a_minute_are_counted_among_those_of_that_minute(
    sqlite: Database,
) -> None:
    inbox = DatabaseInbox(sqlite, lambda: NOW)
    received = inbox.receive(MESSAGE)
    assert received is not None
    minute = timedelta(minutes=1)
    steps = plans(sqlite, lambda: inbox.questions_before(received, CountedBy.PERSON, minute))

    assert "SEARCH inbox USING INDEX ix_inbox_changed (changed>?)" in steps
    assert not [step for step in steps if step.startswith("SCAN inbox")]


def test_what_falls_and_what_a_message_says_are_looked_up(sqlite: Database) -> None:
    cited, answers = DatabaseCitedPages(sqlite), DatabaseAnswers(sqlite)

    assert plans(sqlite, cited.invalidated) == [
        "SCAN answers USING INDEX ix_answers_falling",
    ]
    assert plans(sqlite, lambda: answers.recorded_in("C1", "1.0"))[0] == (
        "SEARCH answers USING INDEX ix_answers_message (message=?)"
    )
