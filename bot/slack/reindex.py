"""`/wiki reindex`: one sync at a time, shown by a message that is edited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.errors import SlackRefused, SlackUnavailable, SyncRunning
from bot.ports import Reindexing
from bot.slack import incidents, reports
from bot.slack.message import Message, say
from bot.slack.threads import in_own_thread
from bot.slack.web import Voice
from indexers.errors import IndexersError
from indexers.model import Progress

logger = logging.getLogger(__name__)

RUNNING = "A sync is running already. Try again when it is done."
STOPPED = say("Stopped: Footnote itself is being stopped. What is done is kept; start it again.")

Respond = Callable[[Message], Awaitable[None]]


class Board(Protocol):
    """Where an admin watches a reindex."""

    async def show(self, message: Message) -> None: ...

    async def end(self, message: Message) -> None: ...


class ChannelBoard:
    """A message in the channel, edited."""

    def __init__(self, voice: Voice, channel: str, ts: str) -> None:
        self._voice, self._channel, self._ts = voice, channel, ts

    async def show(self, message: Message) -> None:
        try:
            await self._voice.edit(self._channel, self._ts, message)
        except (SlackUnavailable, SlackRefused) as error:
            logger.info("Progress could not be shown: %s", error)

    async def end(self, message: Message) -> None:
        """An edit does the same when done twice, so it may be tried again."""
        for pause in (0.5, 2.0, 8.0):
            try:
                await self._voice.edit(self._channel, self._ts, message)
            except SlackUnavailable:
                await asyncio.sleep(pause)
            else:
                return
        await self.show(message)


class PersonBoard:
    """Where the bot is no member: to the admin alone, who may be told five times in
    half an hour, so the beginning and the end."""

    def __init__(self, voice: Voice, person: str, respond: Respond) -> None:
        self._voice, self._person, self._respond = voice, person, respond
        self._begun = False

    async def show(self, message: Message) -> None:
        if not self._begun:
            self._begun = True
            await self._respond(message)

    async def end(self, message: Message) -> None:
        """In a direct message: the way back to the command may be closed by then."""
        await self._voice.post(self._person, message)


class Reindexer:
    """``clock`` gives seconds that only go forward."""

    def __init__(
        self,
        reindexing: Reindexing,
        voice: Voice,
        *,
        edit_every: float,
        clock: Callable[[], float],
        new_incident: Callable[[], str],
    ) -> None:
        self._reindexing = reindexing
        self._voice = voice
        self._edit_every = edit_every
        self._clock = clock
        self._new_incident = new_incident
        self._run: asyncio.Task[None] | None = None
        self._progress: Progress | None = None

    def wikis(self) -> list[str]:
        return list(self._reindexing.wikis())

    async def start(self, wiki: str | None, channel: str, person: str, respond: Respond) -> None:
        """Returns once it has begun, or has said why not."""
        if self._run and not self._run.done():
            now = self._progress
            await respond(say(RUNNING, *([_so_far(now)] if now else [])))
            return
        self._progress = None
        self._run = asyncio.create_task(self._reindex(wiki, channel, person, respond))

    async def stop(self) -> None:
        if self._run and not self._run.done():
            self._run.cancel()
            await asyncio.wait([self._run])

    async def _reindex(self, wiki: str | None, channel: str, person: str, respond: Respond) -> None:
        try:
            board = await self._board(wiki, channel, person, respond)
            watching = asyncio.create_task(self._watch(wiki, board))
            try:
                last, details = await self._sync(wiki)
            except asyncio.CancelledError:
                last, details = STOPPED, None
            finally:
                watching.cancel()
                await asyncio.wait([watching])
            await board.end(last)
            if details:
                await self._voice.post(person, details)
        except (SlackRefused, SlackUnavailable):
            logger.exception("The end of a reindex could not be told")

    async def _board(self, wiki: str | None, channel: str, person: str, respond: Respond) -> Board:
        first = reports.progress(wiki, None, 0)
        try:
            return ChannelBoard(self._voice, channel, await self._voice.post(channel, first))
        except SlackRefused as error:
            logger.info("Progress goes to %s, not to %s: %s", person, channel, error.code)
        board = PersonBoard(self._voice, person, respond)
        await board.show(first)
        return board

    async def _sync(self, wiki: str | None) -> tuple[Message, Message | None]:
        """What came of it: for all who see the command's channel, and for the admin."""

        def work() -> tuple[Message, Message | None]:
            done = self._reindexing.sync(wiki, self._heard)
            return reports.report(done), reports.details(done)

        try:
            return await in_own_thread(work, "reindex")
        except SyncRunning:
            return say(RUNNING), None
        except IndexersError as error:
            logger.warning("A reindex ended early: %s", error)
            return say("The reindex ended early."), say(f"The reindex ended early. {error}")
        except Exception as error:  # noqa: BLE001 - the edge: logged, and the admin is told
            incident = self._new_incident()
            incidents.note(incident, "a reindex failed", error)
            return incidents.sorry(incident), None

    def _heard(self, progress: Progress) -> None:
        """Called from the sync's thread."""
        self._progress = progress

    async def _watch(self, wiki: str | None, board: Board) -> None:
        shown: Progress | None = None
        name, began = None, self._clock()
        while True:
            await asyncio.sleep(self._edit_every)
            now = self._progress
            if now and now.wiki != name:
                name, began = now.wiki, self._clock() - self._edit_every
            if now and now != shown:
                shown = now
                await board.show(reports.progress(wiki, now, self._clock() - began))


def _so_far(now: Progress) -> str:
    return f"{now.wiki}: {now.done:,} of {now.total:,} pages"
