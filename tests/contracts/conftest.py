"""The stores of a conversation: in memory, and on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.conversation.model import IncomingMessage
from bot.conversation.ports import ChannelSettingsStore, Inbox, Locks, Threads
from bot.state.channels import DatabaseChannels
from bot.state.database import Database
from bot.state.in_threads import AsyncChannels, AsyncInbox, AsyncThreads
from bot.state.inbox import DatabaseInbox
from bot.state.locks import DatabaseLocks
from bot.state.process import Process
from bot.state.shared_locks import SharedLocks
from bot.state.threads import DatabaseThreads
from tests.bot.databases import POSTGRESQL, empty, lay_out
from tests.fakes.stores import MemoryChannels, MemoryInbox, MemoryLocks, MemoryThreads

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


@dataclass
class Stores:
    """``locks`` are those of this process, ``others_locks`` those of another."""

    inbox: Inbox
    unfinished: Callable[[], list[IncomingMessage]]
    threads: Threads
    settings: ChannelSettingsStore
    locks: Locks
    others_locks: Locks


def in_memory() -> Stores:
    inbox, taken = MemoryInbox(lambda: NOW), set[str]()
    return Stores(
        inbox,
        inbox.unfinished,
        MemoryThreads(inbox),
        MemoryChannels(),
        MemoryLocks(taken),
        MemoryLocks(taken),
    )


def in_database(database: Database, open_: ExitStack) -> Stores:
    def clock() -> datetime:
        return NOW

    one, other = (open_.enter_context(Process(database, clock)) for _ in range(2))
    inbox = DatabaseInbox(database, clock, one)
    return Stores(
        AsyncInbox(inbox),
        inbox.unfinished,
        AsyncThreads(DatabaseThreads(database, clock)),
        AsyncChannels(DatabaseChannels(database, clock)),
        SharedLocks(DatabaseLocks(database, one)),
        SharedLocks(DatabaseLocks(database, other)),
    )


@pytest.fixture(params=["memory", "sqlite", *(["postgresql"] if POSTGRESQL else [])])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "memory":
        yield in_memory()
        return
    if request.param == "postgresql":
        empty(POSTGRESQL)
    else:
        lay_out(tmp_path / "state.db")
    where = POSTGRESQL if request.param == "postgresql" else tmp_path / "state.db"
    with ExitStack() as open_:
        database = Database.open(where)
        open_.callback(database.close)
        yield in_database(database, open_)
