"""Asynchronous facades of the stores: each method is awaited, and runs in a thread.

SQLAlchemy's own asyncio would need a second driver for each database, and a second, blocking access
to the same tables for the command line and for work that runs in threads anyway. A cancelled call
still runs to its end, and so does its transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.channels import DatabaseChannels
from footnote_bot.bot.state.cited_pages import DatabaseCitedPages
from footnote_bot.bot.state.digests import DatabaseDigests
from footnote_bot.bot.state.figures import DatabaseFigures
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.job_log import DatabaseJobs
from footnote_bot.bot.state.pass_log import DatabasePassLog
from footnote_bot.bot.state.threads import DatabaseThreads
from footnote_bot.bot.state.written import DatabaseWrittenAnswers

StoreT = TypeVar("StoreT")
P = ParamSpec("P")
T = TypeVar("T")


class Run(Protocol):
    """A function that runs work in a thread."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...


class InThreads(Generic[StoreT]):
    """A store's asynchronous facade. ``run`` is the event loop's pool of threads, or
    `in_own_thread` for calls that must not wait for that pool."""

    def __init__(self, store: StoreT, run: Run = asyncio.to_thread) -> None:
        self.store = store
        self.run = run


def awaited(
    method: Callable[Concatenate[StoreT, P], T],
) -> Callable[Concatenate[InThreads[StoreT], P], Coroutine[Any, Any, T]]:
    """Return ``method`` of a store as a coroutine method of `InThreads`."""

    async def call(self: InThreads[StoreT], /, *args: P.args, **kwargs: P.kwargs) -> T:
        # Look it up by name, because the store may be of a subclass.
        bound: Callable[P, T] = getattr(self.store, method.__name__)
        return await self.run(partial(bound, *args, **kwargs))

    return call


class AsyncInbox(InThreads[DatabaseInbox]):
    """The port `bot.conversation.ports.Inbox`, with the methods for the process as a whole."""

    receive = awaited(DatabaseInbox.receive)
    receive_all = awaited(DatabaseInbox.receive_all)
    update = awaited(DatabaseInbox.update)
    claim = awaited(DatabaseInbox.claim)
    holds = awaited(DatabaseInbox.holds)
    note_ephemeral = awaited(DatabaseInbox.note_ephemeral)
    had_ephemeral = awaited(DatabaseInbox.had_ephemeral)
    before = awaited(DatabaseInbox.before)
    finish = awaited(DatabaseInbox.finish)
    stop = awaited(DatabaseInbox.stop)
    received = awaited(DatabaseInbox.received)
    is_next = awaited(DatabaseInbox.is_next)
    postpone = awaited(DatabaseInbox.postpone)
    adopt = awaited(DatabaseInbox.adopt)
    waiting = awaited(DatabaseInbox.waiting)
    release = awaited(DatabaseInbox.release)


class AsyncThreads(InThreads[DatabaseThreads]):
    """The port `bot.conversation.ports.Threads`."""

    askers = awaited(DatabaseThreads.askers)
    follow = awaited(DatabaseThreads.follow)
    is_first_answer = awaited(DatabaseThreads.is_first_answer)


class AsyncAnswers(InThreads[DatabaseAnswers]):
    """The port `bot.flags.ports.AnswerStore`."""

    keep = awaited(DatabaseAnswers.keep)
    posted = awaited(DatabaseAnswers.posted)
    recorded = awaited(DatabaseAnswers.recorded)
    recorded_in = awaited(DatabaseAnswers.recorded_in)
    vote = awaited(DatabaseAnswers.vote)
    unvote = awaited(DatabaseAnswers.unvote)
    tally = awaited(DatabaseAnswers.tally)
    praised = awaited(DatabaseAnswers.praised)
    unanswered = awaited(DatabaseAnswers.unanswered)
    earlier = awaited(DatabaseAnswers.earlier)
    in_thread = awaited(DatabaseAnswers.in_thread)
    raise_flag = awaited(DatabaseAnswers.raise_flag)
    flag = awaited(DatabaseAnswers.flag)
    flag_of = awaited(DatabaseAnswers.flag_of)
    flags = awaited(DatabaseAnswers.flags)
    flags_by = awaited(DatabaseAnswers.flags_by)
    due = awaited(DatabaseAnswers.due)
    carded = awaited(DatabaseAnswers.carded)
    move = awaited(DatabaseAnswers.move)
    asked_again = awaited(DatabaseAnswers.asked_again)
    shown = awaited(DatabaseAnswers.shown)
    notified = awaited(DatabaseAnswers.notified)
    lapsed = awaited(DatabaseAnswers.lapsed)
    steps = awaited(DatabaseAnswers.steps)
    remind = awaited(DatabaseAnswers.remind)


class AsyncAudit(InThreads[DatabaseAudit]):
    """The port `bot.conversation.ports.AuditTrail`, and the queries of admins."""

    note = awaited(DatabaseAudit.note)
    entries = awaited(DatabaseAudit.entries)


class AsyncChannels(InThreads[DatabaseChannels]):
    """The port `bot.conversation.ports.ChannelSettingsStore`."""

    of = awaited(DatabaseChannels.of)
    set = awaited(DatabaseChannels.set)


class AsyncCitedPages(InThreads[DatabaseCitedPages]):
    """The port `bot.flags.ports.CitedPages`."""

    wikis = awaited(DatabaseCitedPages.wikis)
    cited = awaited(DatabaseCitedPages.cited)
    seen = awaited(DatabaseCitedPages.seen)
    invalidate = awaited(DatabaseCitedPages.invalidate)
    invalidated = awaited(DatabaseCitedPages.invalidated)
    is_invalid = awaited(DatabaseCitedPages.is_invalid)
    retracted = awaited(DatabaseCitedPages.retracted)


class AsyncWrittenAnswers(InThreads[DatabaseWrittenAnswers]):
    """The port `bot.flags.ports.WrittenAnswers`."""

    write = awaited(DatabaseWrittenAnswers.write)
    valid = awaited(DatabaseWrittenAnswers.valid)
    expired = awaited(DatabaseWrittenAnswers.expired)
    end = awaited(DatabaseWrittenAnswers.end)
    vouch = awaited(DatabaseWrittenAnswers.vouch)
    announcement = awaited(DatabaseWrittenAnswers.announcement)
    unannounced = awaited(DatabaseWrittenAnswers.unannounced)
    announced = awaited(DatabaseWrittenAnswers.announced)


class AsyncFigures(InThreads[DatabaseFigures]):
    """The port `bot.flags.ports.Figures`."""

    volume = awaited(DatabaseFigures.volume)
    flagged = awaited(DatabaseFigures.flagged)
    cited_often = awaited(DatabaseFigures.cited_often)


class AsyncPassLog(InThreads[DatabasePassLog]):
    """The port `bot.flags.maintenance.Passes`."""

    since = awaited(DatabasePassLog.since)


class AsyncDigests(InThreads[DatabaseDigests]):
    """The store of the digests that were posted."""

    begin = awaited(DatabaseDigests.begin)
    done = awaited(DatabaseDigests.done)


class AsyncJobs(InThreads[DatabaseJobs]):
    """The port `bot.operations.ports.Jobs`."""

    add = awaited(DatabaseJobs.add)
    ready = awaited(DatabaseJobs.ready)
    take = awaited(DatabaseJobs.take)
    shown = awaited(DatabaseJobs.shown)
    cancel = awaited(DatabaseJobs.cancel)
    is_cancelled = awaited(DatabaseJobs.is_cancelled)
    ended = awaited(DatabaseJobs.ended)
    release = awaited(DatabaseJobs.release)
