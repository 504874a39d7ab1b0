"""The progress of a reindex: one message that is edited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import islice

from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.operations.model import Job
from footnote_bot.bot.operations.ports import Jobs
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.reindexing import reports
from footnote_bot.bot.slack.rendering.message import Message, say
from footnote_bot.bot.slack.texts import reindexing as texts
from footnote_bot.indexers.backoff import growing_pauses

logger = logging.getLogger(__name__)

ELSEWHERE = say(texts.SENT_DIRECTLY)

_TRIES = 26
"""Tries to show the end while Slack is unavailable: about ten minutes."""


class ProgressMessage:
    """A progress message. ``message`` is empty if nothing could be posted: then its methods do
    nothing."""

    def __init__(self, api: SlackApi, channel: str, message: str) -> None:
        self._api, self._channel, self._message = api, channel, message

    async def show(self, message: Message) -> None:
        try:
            await self._edit(message)
        except (ChatUnavailable, ChatRefused) as error:
            logger.info("Progress could not be shown: %s", error)

    async def end(self, message: Message) -> None:
        """Show the end. An edit can be repeated safely, so it is tried again."""
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
        await self.show(message)

    async def _edit(self, message: Message) -> None:
        if self._message:
            await self._api.edit(self._channel, self._message, message)


class ProgressMessages:
    """The progress messages. A job's message is stored with the job, so that it stays the same
    after a restart."""

    def __init__(self, api: SlackApi, jobs: Jobs) -> None:
        self._api = api
        self._jobs = jobs

    async def post(
        self, job: Job, respond: Callable[[Message], Awaitable[None]] | None = None
    ) -> Job:
        """Post the message in the job's channel, or if the bot is no member there, to the admin
        alone with a note. Return the job with its message; without one if Slack is unavailable."""
        first = reports.progress(job, None, 0)
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

    async def of(self, job: Job) -> ProgressMessage:
        if not job.message:
            job = await self.post(job)
        return ProgressMessage(self._api, job.channel, job.message)
