"""Questions are kept until they are answered, each once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.model import IncomingMessage, MessageKind, MessageState
from bot.state.database import Database
from bot.state.inbox import DatabaseInbox
from bot.state.process import Process

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
MESSAGE = IncomingMessage(
    event="Ev1",
    kind=MessageKind.MENTION,
    team="T1",
    channel="C1",
    ts="1.000100",
    thread="1.000100",
    person="U1",
    text="<@UBOT> how do I take leave?",
)


@pytest.fixture
def inbox(database: Database) -> DatabaseInbox:
    return DatabaseInbox(database, lambda: NOW)


def test_deliveries_at_the_same_time_are_received_once(inbox: DatabaseInbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        received = list(pool.map(inbox.receive, [MESSAGE] * 32))

    assert sum(message is not None for message in received) == 1


def test_what_was_being_answered_is_unfinished_after_a_kill(
    inbox: DatabaseInbox, database: Database
) -> None:
    message = inbox.receive(MESSAGE)
    assert message is not None
    inbox.claim(message.id)

    again = DatabaseInbox(database, lambda: NOW).unfinished()

    assert [(found.id, found.attempts) for found in again] == [(message.id, 1)]


def two(database: Database) -> tuple[DatabaseInbox, Process, DatabaseInbox, Process]:
    clock = lambda: NOW  # noqa: E731 - stands still
    one, other = Process(database, clock), Process(database, clock)
    one.beat()
    other.beat()
    return DatabaseInbox(database, clock, one), one, DatabaseInbox(database, clock, other), other


def test_what_one_process_holds_no_other_one_begins(database: Database) -> None:
    mine, _, theirs, _ = two(database)
    message = mine.receive(MESSAGE)
    assert message is not None

    assert theirs.claim(message.id) is None
    assert theirs.adopt() == []
    assert mine.claim(message.id) == replace(message, attempts=1)
    assert mine.holds(message)
    assert not theirs.holds(message)


def test_what_a_dead_process_held_another_adopts(database: Database) -> None:
    mine, process, theirs, _ = two(database)
    message = mine.receive(MESSAGE)
    assert message is not None
    mine.claim(message.id)
    process.leave()

    assert [adopted.id for adopted in theirs.adopt()] == [message.id]
    assert theirs.claim(message.id) == replace(message, attempts=2)
    assert not mine.holds(message)
    assert mine.claim(message.id) is None


def test_what_is_released_is_adopted_at_once(database: Database) -> None:
    mine, _, theirs, _ = two(database)
    mine.receive(MESSAGE)
    mine.release()

    assert len(theirs.adopt()) == 1
    assert mine.adopt() == []


def test_a_channel_s_earlier_question_elsewhere_comes_first(database: Database) -> None:
    mine, _, theirs, _ = two(database)
    first = mine.receive(MESSAGE)
    second = theirs.receive(replace(MESSAGE, event="Ev2", ts="1.000200"))
    elsewhere = theirs.receive(replace(MESSAGE, event="Ev3", ts="1.000300", channel="C2"))
    assert first
    assert second
    assert elsewhere

    assert not theirs.is_next(second)
    assert theirs.is_next(elsewhere)
    assert mine.is_next(first)
    mine.finish(first, MessageState.DONE)
    assert theirs.is_next(second)


class Slow(Database):
    """Commits when it is told to."""

    written: Event
    commit: Event

    @contextmanager
    def begin(self, *, urgent: bool = False) -> Iterator[sa.Connection]:
        with super().begin(urgent=urgent) as connection:
            yield connection
            self.written.set()
            self.commit.wait()


def test_an_edit_that_comes_while_another_process_keeps_its_message_is_not_lost(
    database: Database,
) -> None:
    slow = Slow(database._engine)
    slow.written, slow.commit = Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        kept = pool.submit(DatabaseInbox(slow, lambda: NOW).receive, MESSAGE)
        slow.written.wait()
        edit = replace(MESSAGE, event="Ev2", text="edited", edited="3.0")
        edited = pool.submit(DatabaseInbox(database, lambda: NOW).receive, edit)
        until_it_waits(database, edited)
        slow.commit.set()

    assert kept.result() is not None
    assert edited.result() is not None
    assert [message.text for message in DatabaseInbox(database, lambda: NOW).unfinished()] == [
        "edited"
    ]


class Halting(Database):
    """Halts after the first insert of a transaction, until it may go on."""

    written: Event
    go_on: Event

    @contextmanager
    def begin(self, *, urgent: bool = False) -> Iterator[sa.Connection]:
        with super().begin(urgent=urgent) as connection:
            sa.event.listen(connection, "after_execute", self._halt)
            yield connection

    def _halt(self, *_: object) -> None:
        self.written.set()
        self.go_on.wait()


def test_two_processes_that_get_the_same_messages_in_another_order_keep_them_all(
    database: Database,
) -> None:
    """A mention comes as two events, and either process may get either."""
    halting = Halting(database._engine)
    halting.written, halting.go_on = Event(), Event()
    other = replace(MESSAGE, event="Ev2", ts="2.0", thread="2.0")
    twins = [replace(other, event="Ev3"), replace(MESSAGE, event="Ev4")]
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(DatabaseInbox(halting, lambda: NOW).receive_all, [MESSAGE, other])
        halting.written.wait()
        two = pool.submit(DatabaseInbox(database, lambda: NOW).receive_all, twins)
        until_it_waits(database, two)
        halting.go_on.set()

    assert [message.event for message in one.result()] == ["Ev1", "Ev2"]
    assert two.result() == []


def until_it_waits(database: Database, other: Future[Any]) -> None:
    """For the other's row, or is done without. SQLite lets nobody begin meanwhile."""
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while database._engine.dialect.name == "postgresql" and not other.done():
        with database.look() as connection:
            if connection.scalar(waits):
                return
