"""All stores of a database, for an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from footnote_bot.bot.conversation.ports import ChannelSettingsStore, Locks, Threads
from footnote_bot.bot.flags.maintenance import Passes
from footnote_bot.bot.flags.ports import AnswerStore, CitedPages, Figures, WrittenAnswers
from footnote_bot.bot.operations.ports import Jobs
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.channels import DatabaseChannels, DatabaseThreads
from footnote_bot.bot.state.cited_pages import DatabaseCitedPages
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import DatabaseFigures
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.job_log import DatabaseDigests, DatabaseJobs
from footnote_bot.bot.state.locks import DatabaseLocks, SharedLocks
from footnote_bot.bot.state.pass_log import DatabasePassLog
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.teams import Team
from footnote_bot.bot.state.written import DatabaseWrittenAnswers

T = TypeVar("T")


class Run(Protocol):
    """A function that runs work in a thread."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...


class InThreads:
    """An asynchronous facade of a store: each method is awaited, and runs in a thread. ``run`` is
    the event loop's pool of threads, or `in_own_thread` for calls that must not wait for that pool.

    SQLAlchemy's own asyncio would need a second driver for each database, and a second, blocking
    access to the same tables for the command line and for work that runs in threads anyway. A
    cancelled call still runs to its end, and so does its transaction.
    """

    def __init__(self, store: object, run: Run = asyncio.to_thread) -> None:
        self.store = store
        self.run = run

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.store, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            return await self.run(partial(method, *arguments, **named))

        return call


def in_threads(store: object, run: Run = asyncio.to_thread) -> Any:
    """Return ``store`` as its port, see `InThreads`. A test compares the methods of each store
    with those of its port, which mypy cannot do here."""
    return InThreads(store, run)


class Stores:
    """The stores of ``database``, in which ``process`` is this process. ``run`` is as in
    `InThreads`. ``audits``: keep the audit trail. ``team`` is the workspace whose rows they read,
    if several share the database; calls to ``channels`` and ``threads`` name it."""

    def __init__(  # noqa: PLR0913 - the database, and whose part of it
        self,
        database: Database,
        process: Process,
        clock: Callable[[], datetime],
        run: Run = asyncio.to_thread,
        *,
        audits: bool = True,
        team: Team | None = None,
    ) -> None:
        audit = DatabaseAudit(database, clock, team, keeps=audits)
        # The inbox and the trail have more methods than the ports of a conversation.
        self.inbox = in_threads(DatabaseInbox(database, clock, process, team), run)
        self.audit = in_threads(audit, run)
        self.digests = in_threads(DatabaseDigests(database, process), run)
        self.threads: Threads = in_threads(DatabaseThreads(database, clock), run)
        self.channels: ChannelSettingsStore = in_threads(DatabaseChannels(database, clock), run)
        self.locks: Locks = SharedLocks(
            DatabaseLocks(database, process), team.folder if team else ""
        )
        self.answers: AnswerStore = in_threads(DatabaseAnswers(database, team), run)
        self.cited: CitedPages = in_threads(DatabaseCitedPages(database, team), run)
        self.written: WrittenAnswers = in_threads(DatabaseWrittenAnswers(database, team), run)
        self.figures: Figures = in_threads(DatabaseFigures(database, team), run)
        self.passes: Passes = in_threads(DatabasePassLog(database, clock), run)
        self.jobs: Jobs = in_threads(DatabaseJobs(database, clock, process, team), run)
