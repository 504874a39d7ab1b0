"""Answers whose pages were invalidated, whatever else happens to them at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer
from footnote_bot.bot.model import Answer
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.cited_pages import DatabaseCitedPages
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import answers
from footnote_bot.indexers.model import OPEN, KnownPage

from .test_inbox import until_it_waits

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
PAGES = {("handbook", "leave.md"): KnownPage("r1", OPEN)}


def answered(
    database: Database, question: str, pages: dict[tuple[str, str], KnownPage]
) -> RecordedAnswer:
    """Record an answer to always the same message."""
    question_asked = AskedQuestion(
        question, "U1", MessageRef("T1", "C1", "1.0", "1.0"), private=False
    )
    store = DatabaseAnswers(database)
    when = NOW + timedelta(seconds=len(question))
    recorded = store.keep(question_asked, Answer("So.", (), 0.9), when, None, pages)
    store.posted(recorded.id, "2.0")
    return recorded


@pytest.fixture
def watched(database: Database) -> DatabaseCitedPages:
    return DatabaseCitedPages(database)


def test_an_answer_with_an_invalidated_page_is_retracted_once(
    database: Database, watched: DatabaseCitedPages
) -> None:
    recorded = answered(database, "Where?", PAGES)
    (cited,) = watched.cited("handbook", NOW)
    watched.invalidate(cited, NOW)
    (falling,) = watched.invalidated()

    assert falling.id == recorded.id
    assert watched.is_invalid(falling)
    assert watched.retracted(falling, NOW)
    assert not watched.retracted(falling, NOW)
    assert watched.invalidated() == []


def test_an_answer_that_cannot_be_read_is_retracted_and_keeps_no_other_from_it(
    database: Database, watched: DatabaseCitedPages
) -> None:
    recorded = answered(database, "Where?", PAGES)
    other = DatabaseAnswers(database)
    place = MessageRef("T1", "C1", "3.0", "3.0")
    question = AskedQuestion("Which?", "U1", place, private=False)
    second = other.keep(question, Answer("So.", (), 0.9), NOW, None, PAGES)
    other.posted(second.id, "4.0")
    database.run(
        sa.update(answers).where(answers.c.id == recorded.id).values(answer='{"text": null}')
    )
    for cited in watched.cited("handbook", NOW):
        watched.invalidate(cited, NOW)
    falling = watched.invalidated()

    assert [answer.id for answer in falling] == [recorded.id, second.id]
    assert all(watched.retracted(answer, NOW) for answer in falling)


def test_what_is_answered_anew_after_its_page_was_looked_at_does_not_fall_with_it(
    database: Database, watched: DatabaseCitedPages
) -> None:
    answered(database, "Where?", PAGES)
    (cited,) = watched.cited("handbook", NOW)
    answered(database, "Where else?", {("handbook", "other.md"): KnownPage("r1", OPEN)})
    watched.invalidate(cited, NOW)

    assert watched.invalidated() == []


def test_what_is_answered_anew_while_it_is_taken_back_is_not_retracted(
    database: Database, watched: DatabaseCitedPages
) -> None:
    recorded = answered(database, "Where?", PAGES)
    (cited,) = watched.cited("handbook", NOW)
    watched.invalidate(cited, NOW)
    (falling,) = watched.invalidated()
    answered(database, "Where else?", {})

    assert not watched.is_invalid(falling)
    assert not watched.retracted(falling, NOW)
    stored = DatabaseAnswers(database).recorded(recorded.id)
    assert stored is not None
    assert stored.retracted is None


class Halting(Database):
    """Stops before other answers' pages are deleted, until it may go on."""

    written: Event
    go_on: Event

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        with super().begin() as connection:
            sa.event.listen(connection, "before_execute", self._halt)
            yield connection

    def _halt(self, _: object, statement: Any, *__: object) -> None:
        if isinstance(statement, sa.Delete) and statement.table.name == "cited":
            self.written.set()
            self.go_on.wait()


def test_a_page_that_falls_while_its_answer_is_made_anew_fails_neither(
    database: Database, watched: DatabaseCitedPages
) -> None:
    answered(database, "Where?", PAGES)
    (cited,) = watched.cited("handbook", NOW)
    halting = Halting(database._engine)
    halting.written, halting.go_on = Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        anew = pool.submit(answered, halting, "Where else?", {})
        halting.written.wait()
        invalidation = pool.submit(watched.invalidate, cited, NOW)
        until_it_waits(database, invalidation)
        halting.go_on.set()

    invalidation.result()
    assert anew.result().asked.question == "Where else?"
    assert watched.invalidated() == []
