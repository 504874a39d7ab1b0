"""The stores of a conversation, in memory and on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.ports import ChannelSettingsStore, Inbox, Locks, Threads
from footnote_bot.bot.flags.ports import AnswerStore
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.channels import DatabaseChannels
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.bot.state.in_threads import AsyncAnswers, AsyncChannels, AsyncInbox, AsyncThreads
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.locks import DatabaseLocks
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.shared_locks import SharedLocks
from footnote_bot.bot.state.teams import Team
from footnote_bot.bot.state.threads import DatabaseThreads
from tests.bot.databases import POSTGRESQL, empty, lay_out
from tests.fakes.answers import MemoryAnswers
from tests.fakes.stores import MemoryChannels, MemoryInbox, MemoryLocks, MemoryThreads

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


@dataclass
class Stores:
    """``locks`` belong to this process, ``others_locks`` to another one."""

    inbox: Inbox
    unfinished: Callable[[], list[IncomingMessage]]
    threads: Threads
    settings: ChannelSettingsStore
    locks: Locks
    others_locks: Locks


def in_memory() -> Stores:
    inbox, names_taken = MemoryInbox(lambda: NOW), set[str]()
    return Stores(
        inbox,
        inbox.unfinished,
        MemoryThreads(inbox),
        MemoryChannels(),
        MemoryLocks(names_taken),
        MemoryLocks(names_taken),
    )


def in_database(database: Database, open_: ExitStack) -> Stores:
    def clock() -> datetime:
        return NOW

    first, other = (open_.enter_context(Process(database, clock)) for _ in range(2))
    inbox = DatabaseInbox(database, clock, first)
    return Stores(
        AsyncInbox(inbox),
        inbox.unfinished,
        AsyncThreads(DatabaseThreads(database, clock)),
        AsyncChannels(DatabaseChannels(database, clock)),
        SharedLocks(DatabaseLocks(database, first)),
        SharedLocks(DatabaseLocks(database, other)),
    )


DATABASES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


def opened(name: str, folder: Path) -> Database:
    """Open an empty database."""
    if name == "postgresql":
        empty(POSTGRESQL)
        return Database.open(POSTGRESQL)
    lay_out(folder / "state.db")
    return Database.open(folder / "state.db")


@pytest.fixture(params=["memory", *DATABASES])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "memory":
        yield in_memory()
        return
    with ExitStack() as open_:
        database = opened(request.param, tmp_path)
        open_.callback(database.close)
        yield in_database(database, open_)


@dataclass
class Answered:
    """The store of answers and flags of the workspace T1, and its inbox. ``others`` is the store of
    another workspace in the same database, or None."""

    store: AnswerStore
    inbox: Inbox
    forget: Callable[[str], object]
    others: AnswerStore | None = None


@pytest.fixture(params=["memory", *DATABASES, *(f"{name}, shared" for name in DATABASES)])
def answered(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Answered]:
    if request.param == "memory":
        inbox = MemoryInbox(lambda: NOW)
        store = MemoryAnswers(inbox)
        yield Answered(store, inbox, store.forget)
        return
    name, *shared = request.param.split(", ")
    team = Team("T1", home=True) if shared else None
    with ExitStack() as open_:
        database = opened(name, tmp_path)
        open_.callback(database.close)
        process = open_.enter_context(Process(database, lambda: NOW))
        yield Answered(
            AsyncAnswers(DatabaseAnswers(database, team)),
            AsyncInbox(DatabaseInbox(database, lambda: NOW, process)),
            lambda person: forget_person(database, person, team),
            AsyncAnswers(DatabaseAnswers(database, Team("T2"))) if shared else None,
        )
