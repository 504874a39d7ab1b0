"""Questions are stored until they are answered, each once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, MessageState
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.process import Process

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

    assert [(message.id, message.attempts) for message in again] == [(message.id, 1)]


def two(database: Database) -> tuple[DatabaseInbox, Process, DatabaseInbox, Process]:
    clock = lambda: NOW  # noqa: E731 - stands still
    first, other = Process(database, clock), Process(database, clock)
    first.beat()
    other.beat()
    return (
        DatabaseInbox(database, clock, first),
        first,
        DatabaseInbox(database, clock, other),
        other,
    )


HOUR = timedelta(hours=1)


def test_no_process_begins_a_message_that_another_holds(database: Database) -> None:
    ours, _, other, _ = two(database)
    message = ours.receive(MESSAGE)
    assert message is not None

    assert other.claim(message.id) is None
    assert other.adopt() == []
    assert ours.claim(message.id) == replace(message, attempts=1)
    assert ours.holds(message)
    assert not other.holds(message)


def test_another_process_adopts_the_messages_of_a_dead_one(database: Database) -> None:
    ours, process, other, _ = two(database)
    message = ours.receive(MESSAGE)
    assert message is not None
    ours.claim(message.id)
    process.leave()

    assert [adopted.id for adopted in other.adopt()] == [message.id]
    assert other.claim(message.id) == replace(message, attempts=2)
    assert not ours.holds(message)
    assert ours.claim(message.id) is None


def test_a_message_that_waits_for_the_search_holds_up_no_later_one_elsewhere(
    database: Database,
) -> None:
    ours, _, other, _ = two(database)
    earlier, later = waits(ours), other.receive(replace(MESSAGE, event="Ev2", ts="9.0"))
    assert later is not None

    assert other.is_next(later)
    assert ours.adopt() == []
    assert [message.id for message in ours.waiting(1, HOUR)] == [earlier.id]
    assert other.waiting(1, HOUR) == []


def test_the_earliest_messages_that_wait_are_tried_and_all_that_wait_for_long(
    database: Database,
) -> None:
    ours, *_ = two(database)
    waiting = [waits(ours, replace(MESSAGE, event=f"Ev{n}", ts=f"{n}.0")) for n in range(1, 4)]
    ids = [message.id for message in waiting]

    assert [message.id for message in ours.waiting(0, HOUR)] == []
    assert [message.id for message in ours.waiting(2, HOUR)] == ids[:2]
    assert [message.id for message in ours.waiting(0, timedelta(0))] == ids


def test_another_process_takes_over_what_waited_in_a_dead_one(database: Database) -> None:
    ours, process, other, _ = two(database)
    message = waits(ours)
    process.leave()

    assert other.adopt() == []
    assert [adopted.id for adopted in other.waiting(1, HOUR)] == [message.id]
    claimed = other.claim(message.id)
    assert claimed is not None
    assert claimed.begun_before


def waits(inbox: DatabaseInbox, message: IncomingMessage = MESSAGE) -> IncomingMessage:
    received = inbox.receive(message)
    assert received is not None
    claimed = inbox.claim(received.id)
    assert claimed is not None
    assert inbox.postpone(claimed, HOUR)
    return claimed


def test_what_is_released_is_adopted_at_once(database: Database) -> None:
    ours, _, other, _ = two(database)
    ours.receive(MESSAGE)
    ours.release()

    assert len(other.adopt()) == 1
    assert ours.adopt() == []


def test_a_channel_s_earlier_question_elsewhere_comes_first(database: Database) -> None:
    ours, _, other, _ = two(database)
    first = ours.receive(MESSAGE)
    second = other.receive(replace(MESSAGE, event="Ev2", ts="1.000200"))
    elsewhere = other.receive(replace(MESSAGE, event="Ev3", ts="1.000300", channel="C2"))
    assert first
    assert second
    assert elsewhere

    assert not other.is_next(second)
    assert other.is_next(elsewhere)
    assert ours.is_next(first)
    ours.finish(first, MessageState.DONE)
    assert other.is_next(second)


class Slow(Database):
    """Commits when a test says so."""

    written: Event
    commit: Event

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        with super().begin() as connection:
            yield connection
            self.written.set()
            self.commit.wait()


def test_an_edit_that_comes_while_another_process_keeps_its_message_is_not_lost(
    database: Database,
) -> None:
    slow = Slow(database._engine)
    slow.written, slow.commit = Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        receiving = pool.submit(DatabaseInbox(slow, lambda: NOW).receive, MESSAGE)
        slow.written.wait()
        edit = replace(MESSAGE, event="Ev2", text="edited", edited="3.0")
        edited = pool.submit(DatabaseInbox(database, lambda: NOW).receive, edit)
        until_it_waits(database, edited)
        slow.commit.set()

    assert receiving.result() is not None
    assert edited.result() is not None
    assert [message.text for message in DatabaseInbox(database, lambda: NOW).unfinished()] == [
        "edited"
    ]


class Halting(Database):
    """Stops after the first insert of a transaction, until it may go on."""

    written: Event
    go_on: Event

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        with super().begin() as connection:
            sa.event.listen(connection, "after_execute", self._halt)
            yield connection

    def _halt(self, *_: object) -> None:
        self.written.set()
        self.go_on.wait()


def test_two_processes_that_get_the_same_messages_in_another_order_keep_them_all(
    database: Database,
) -> None:
    """A mention comes as two events, and each process may get either."""
    halting = Halting(database._engine)
    halting.written, halting.go_on = Event(), Event()
    other = replace(MESSAGE, event="Ev2", ts="2.0", thread="2.0")
    twins = [replace(other, event="Ev3"), replace(MESSAGE, event="Ev4")]
    with ThreadPoolExecutor(2) as pool:
        receiving = pool.submit(DatabaseInbox(halting, lambda: NOW).receive_all, [MESSAGE, other])
        halting.written.wait()
        two = pool.submit(DatabaseInbox(database, lambda: NOW).receive_all, twins)
        until_it_waits(database, two)
        halting.go_on.set()

    assert [message.event for message in receiving.result()] == ["Ev1", "Ev2"]
    assert two.result() == []


def until_it_waits(database: Database, other: Future[Any]) -> None:
    """Wait until it waits for the other's row, or has finished without waiting. On SQLite no other
    transaction can begin meanwhile."""
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while database._engine.dialect.name == "postgresql" and not other.done():
        with database.read() as connection:
            if connection.scalar(waits):
                return
