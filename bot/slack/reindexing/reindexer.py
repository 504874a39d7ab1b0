"""Reindex jobs: carried out one by one, each with a progress message, and resumed after a
restart."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.errors import (
    BotError,
    ChatRefused,
    ChatUnavailable,
    StateUnavailable,
    SyncRunning,
)
from footnote_bot.bot.operations.model import MOST_ATTEMPTS, Job, Order
from footnote_bot.bot.operations.ports import Jobs, Reindexing
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.reindexing import reports
from footnote_bot.bot.slack.rendering.blocks import notice
from footnote_bot.bot.slack.rendering.message import Message, say
from footnote_bot.bot.slack.texts import reindexing as texts
from footnote_bot.indexers.backoff import growing_pauses
from footnote_bot.indexers.daemons import lower_priority
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.model import Progress, SyncReport

logger = logging.getLogger(__name__)

ELSEWHERE = say(texts.SENT_DIRECTLY)

_TRIES = 26
"""Tries to show the end while Slack is unavailable: about ten minutes."""
STOPPED = say(texts.STOPPED)
ADMINS_ONLY = say(texts.ADMINS_ONLY, texts.ASK_AN_ADMIN)
OVER = say(texts.OVER)
_TRY_AGAIN = 1.0
"""Seconds between two checks whether another sync has ended."""
Respond = Callable[[Message], Awaitable[None]]


class ProgressMessage:
    """A progress message, stored with its job, so that it stays the same after a restart.
    ``message`` is empty if nothing could be posted: then its methods do nothing."""

    def __init__(self, api: SlackApi, channel: str, message: str) -> None:
        self._api, self._channel, self._message = api, channel, message

    async def show(self, message: Message) -> None:
        """Show progress. A failure is only logged: more progress follows."""
        try:
            await self._edit(message)
        except (ChatUnavailable, ChatRefused) as error:
            logger.info("Progress could not be shown: %s", error)

    async def end(self, message: Message) -> None:
        """Show the last message, the report. An edit can be repeated safely, so it is tried
        again."""
        for pause in islice(growing_pauses(0.5, 30.0), _TRIES):
            try:
                await self._edit(message)
            except ChatUnavailable:
                await asyncio.sleep(pause)
            except ChatRefused as error:
                logger.warning("The end of a reindex could not be shown: %s", error)
                return
            else:
                return
        logger.warning("The end of a reindex could not be shown: Slack is unavailable")

    async def _edit(self, message: Message) -> None:
        if self._message:
            await self._api.edit(self._channel, self._message, message)


class Reindexer:
    """The worker of reindex jobs."""

    def __init__(self, slack: SlackWorkspace, reindexing: Reindexing, jobs: Jobs) -> None:
        self._reindexing = reindexing
        self._jobs = jobs
        self._people = slack.people
        self._api = slack.api
        self._edit_every = slack.edit_every
        self._new_incident = slack.new_incident
        self._working: asyncio.Task[None] | None = None
        self._stopping = False
        self._unready: set[int] = set()
        """Posted jobs that the database does not call ready yet."""
        self._progress: Progress | None = None
        self._note = ""

    async def start(self, order: Order, channel: str, person: str, respond: Respond) -> None:
        """Store a reindex job and post its progress message. If another job runs, respond so."""
        job = await self._jobs.add(order, person, channel)
        if job is None:
            progress = [texts.done(self._progress)] if self._progress else []
            await respond(say(texts.ALREADY_RUNNING, *progress))
            return
        try:
            await self._post(job, respond)
        finally:
            # Even if the post failed: a job that is not ready would block all others.
            self._unready.add(job.id)
            with suppress(StateUnavailable):
                await self._make_ready()
            self.wake()

    def wake(self) -> None:
        """Begin to work on the stored jobs, unless this process does already or stops."""
        if not self._stopping and (self._working is None or self._working.done()):
            self._working = asyncio.create_task(self._work())

    async def cancelled(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """Handle the Cancel button."""
        person, channel = body["user"]["id"], body["channel"]["id"]
        if not await self._people.is_admin(person):
            await self._api.post_ephemeral(channel, person, ADMINS_ONLY)
        elif not await self._jobs.cancel(int(body["actions"][0]["value"])):
            await self._api.post_ephemeral(channel, person, OVER)
        else:
            self.wake()

    async def stop(self) -> None:
        """Stop the running job, and leave the jobs to other processes."""
        self._stopping = True
        if self._working and not self._working.done():
            self._working.cancel()
            await asyncio.wait([self._working])
        try:
            await self._jobs.release()
        except StateUnavailable as error:
            logger.warning("Reindex jobs wait until this process counts as dead: %s", error)

    async def _post(self, job: Job, respond: Respond | None = None) -> Job:
        """Post the progress message in the job's channel, or if the bot is no member there, to the
        admin alone with a note. Return the job with its message; without one if Slack is
        unavailable."""
        first = reports.progress(job, None)
        try:
            try:
                channel, ts = job.channel, await self._api.post(job.channel, first)
            except ChatRefused as error:
                logger.info(
                    "Progress goes to %s, not to %s: %s", job.person, job.channel, error.code
                )
                if respond:
                    await respond(ELSEWHERE)
                channel = await self._api.direct(job.person)
                ts = await self._api.post(channel, first)
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("A reindex cannot be shown: %s", error)
            return job
        await self._jobs.shown(job.id, channel, ts)
        return replace(job, channel=channel, message=ts)

    async def _make_ready(self) -> None:
        """Let processes take the jobs whose messages are posted.

        Raises:
            StateUnavailable
        """
        for id_ in list(self._unready):
            await self._jobs.ready(id_)
            self._unready.discard(id_)

    async def _work(self) -> None:
        """Carry out the stored jobs one by one, until none is left."""
        try:
            await self._make_ready()
            while job := await self._jobs.take():
                await self._carry_out(job)
        except StateUnavailable as error:
            logger.debug("Reindex jobs wait: %s", error)

    async def _carry_out(self, job: Job) -> None:
        """Run the job: show its progress, report its end, and send the details to its person.
        ``cancelled`` is set if somebody cancels the job, ``ending`` if this process stops."""
        self._progress, self._note = None, ""
        if not job.message:
            job = await self._post(job)
        shown_progress = ProgressMessage(self._api, job.channel, job.message)
        cancelled, ending = threading.Event(), threading.Event()
        if await self._is_cancelled(job):
            cancelled.set()

        def stopped() -> bool:
            return cancelled.is_set() or ending.is_set()

        watching = asyncio.create_task(self._watch(job, shown_progress, cancelled))
        try:
            report, details = await self._sync(job, stopped, cancelled)
        except asyncio.CancelledError:
            ending.set()
            await _end(watching)
            await shown_progress.show(STOPPED)
            raise
        await _end(watching)
        self._progress = None
        # If the process is killed in between, the job runs once more, which costs little and loses
        # nothing.
        await shown_progress.end(report)
        await self._jobs.ended(job.id)
        if details and job.person:
            await self._send(job.person, details)

    async def _send(self, person: str, details: Message) -> None:
        """Send the details to the person. The job may have taken hours, and they may be no admin
        any more."""
        try:
            if await self._people.is_admin(person):
                await self._api.post(person, details)
        except (ChatRefused, ChatUnavailable):
            logger.exception("The end of a reindex could not be reported")

    async def _sync(
        self, job: Job, stopped: Callable[[], bool], cancelled: threading.Event
    ) -> tuple[Message, Message | None]:
        """Run the job, once no other sync runs. ``stopped``: cancelled, or this process ends.
        Return two messages: the report for everybody who sees the progress message, and the
        details, if there are any, for the admin."""
        if job.attempts > MOST_ATTEMPTS:
            return say(texts.GIVEN_UP), None
        order = job.order

        def work() -> list[SyncReport]:
            lower_priority()  # the thread is this work's own
            synced = self._reindexing.carry_out(order, self._note_progress, stopped)
            # A cancelled job's half-built index is deleted; a process that ends leaves it.
            if order.full and not order.dry_run and cancelled.is_set():
                self._reindexing.abandon()
            return synced

        try:
            while not stopped():
                try:
                    synced = await in_own_thread(work, "reindex")
                except SyncRunning:
                    self._note = texts.WAITING
                    await asyncio.sleep(_TRY_AGAIN)
                else:
                    report = reports.report(order, synced, cancelled=cancelled.is_set())
                    return report, reports.details(order, synced)
        except (IndexersError, BotError) as error:
            logger.warning("A reindex ended early: %s", error)
            return say(texts.ENDED_EARLY), say(texts.ended_early_because(str(error)))
        except Exception as error:  # noqa: BLE001 - the edge: logged, and the admin is told
            incident = self._new_incident()
            incidents.note(incident, "a reindex failed", error)
            return notice(incidents.sorry(incident, error)), None
        return reports.report(order, [], cancelled=True), None

    def _note_progress(self, progress: Progress) -> None:
        """Keep the latest progress for `_watch` to show; called in the sync's thread."""
        self._progress = progress

    async def _watch(
        self, job: Job, shown_progress: ProgressMessage, cancelled: threading.Event
    ) -> None:
        """Show the job's progress, and set ``cancelled`` if somebody cancels it."""
        last_shown: tuple[Progress | None, str] = (None, "")
        while not cancelled.is_set():
            await asyncio.sleep(self._edit_every)
            if await self._is_cancelled(job):
                cancelled.set()
                await shown_progress.show(reports.cancelling(job.order))
                return
            latest = self._progress, self._note
            if latest != last_shown:
                last_shown = latest
                await shown_progress.show(reports.progress(job, *latest))

    async def _is_cancelled(self, job: Job) -> bool:
        """Return whether somebody cancelled the job; False while the database is unavailable."""
        try:
            return await self._jobs.is_cancelled(job.id)
        except StateUnavailable as error:
            logger.info("Whether a reindex was cancelled is unknown: %s", error)
            return False


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel the task and wait for its end, whatever it raises."""
    task.cancel()
    await asyncio.wait([task])
