"""All asynchronous stores of a database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.channels import DatabaseChannels
from footnote_bot.bot.state.cited_pages import DatabaseCitedPages
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.digests import DatabaseDigests
from footnote_bot.bot.state.figures import DatabaseFigures
from footnote_bot.bot.state.in_threads import (
    AsyncAnswers,
    AsyncAudit,
    AsyncChannels,
    AsyncCitedPages,
    AsyncDigests,
    AsyncFigures,
    AsyncInbox,
    AsyncJobs,
    AsyncPassLog,
    AsyncThreads,
    AsyncWrittenAnswers,
    Run,
)
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.job_log import DatabaseJobs
from footnote_bot.bot.state.locks import DatabaseLocks
from footnote_bot.bot.state.pass_log import DatabasePassLog
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.shared_locks import SharedLocks
from footnote_bot.bot.state.teams import Team
from footnote_bot.bot.state.threads import DatabaseThreads
from footnote_bot.bot.state.written import DatabaseWrittenAnswers


class Stores:
    """The stores of ``database``, in which ``process`` is this process. It satisfies
    `bot.conversation.ports.Stores` and `bot.flags.ports.Stores`. ``run`` is as in `InThreads`.
    ``team`` is the workspace whose rows they read, if several share the database; calls to
    ``channels`` and ``threads`` name it."""

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
        self.inbox = AsyncInbox(DatabaseInbox(database, clock, process, team), run)
        self.threads = AsyncThreads(DatabaseThreads(database, clock), run)
        self.channels = AsyncChannels(DatabaseChannels(database, clock), run)
        self.locks = SharedLocks(DatabaseLocks(database, process), team.folder if team else "")
        self.answers = AsyncAnswers(DatabaseAnswers(database, team), run)
        self.cited = AsyncCitedPages(DatabaseCitedPages(database, team), run)
        self.written = AsyncWrittenAnswers(DatabaseWrittenAnswers(database, team), run)
        self.figures = AsyncFigures(DatabaseFigures(database, team), run)
        self.passes = AsyncPassLog(DatabasePassLog(database, clock), run)
        self.digests = AsyncDigests(DatabaseDigests(database, process), run)
        self.audit = AsyncAudit(DatabaseAudit(database, clock, team, keeps=audits), run)
        self.jobs = AsyncJobs(DatabaseJobs(database, clock, process, team), run)
