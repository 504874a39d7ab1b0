"""Which threads are followed, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.conversation.model import IncomingMessage, MessageKind, Thread
from bot.state.database import Database
from bot.state.inbox import DatabaseInbox
from bot.state.threads import DatabaseThreads

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
THREAD = Thread("T1", "C1", "1.0")
ASKED = IncomingMessage("Ev1", MessageKind.MENTION, "T1", "C1", "1.0", "1.0", "U1", "leave?")
FOLLOW_UP = replace(ASKED, event="Ev2", kind=MessageKind.FOLLOW_UP, ts="2.0", person="U2")


@pytest.fixture
def inbox(database: Database) -> DatabaseInbox:
    return DatabaseInbox(database, lambda: NOW)


@pytest.fixture
def threads(database: Database) -> DatabaseThreads:
    return DatabaseThreads(database, lambda: NOW)


def test_whoever_asked_is_an_asker_there_and_nowhere_else(
    inbox: DatabaseInbox, threads: DatabaseThreads
) -> None:
    inbox.receive(ASKED)

    assert threads.askers(THREAD) == {"U1"}
    assert threads.askers(replace(THREAD, ts="9.0")) == frozenset()
    assert threads.askers(replace(THREAD, channel="C2")) == frozenset()


def test_a_follow_up_makes_an_asker_once_it_is_answered(
    inbox: DatabaseInbox, threads: DatabaseThreads
) -> None:
    inbox.receive(ASKED)
    message, other = (
        inbox.receive(FOLLOW_UP),
        replace(FOLLOW_UP, event="Ev3", ts="3.0", person="U3"),
    )
    passed = inbox.receive(other)
    assert message is not None
    assert passed is not None
    before = threads.askers(THREAD)
    inbox.done(message)
    inbox.passed(passed)

    assert before == {"U1"}
    assert threads.askers(THREAD) == {"U1", "U2"}


def test_a_question_that_is_gone_asked_nothing(
    inbox: DatabaseInbox, threads: DatabaseThreads
) -> None:
    inbox.receive(ASKED)
    inbox.update(replace(ASKED, text="", deleted=True))

    assert threads.askers(THREAD) == frozenset()


def test_nobody_asks_in_a_thread_that_is_to_be_quiet_until_it_is_followed_again(
    inbox: DatabaseInbox, threads: DatabaseThreads
) -> None:
    inbox.receive(ASKED)
    threads.follow(THREAD, quiet=True)
    quiet = threads.askers(THREAD)
    threads.follow(THREAD, quiet=False)

    assert quiet == frozenset()
    assert threads.askers(THREAD) == {"U1"}


def test_the_first_answer_is_the_first_once(threads: DatabaseThreads) -> None:
    assert threads.is_first_answer(THREAD)
    assert not threads.is_first_answer(THREAD)
