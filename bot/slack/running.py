"""The running app: start, background tasks, and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.receiving import WaitingRoom
from footnote_bot.bot.conversation.replies import GIVE_UP, SearchOutage
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.flags.maintenance import Maintenance
from footnote_bot.bot.slack import listeners
from footnote_bot.bot.slack.api.slack_api import SlackConnection, connections
from footnote_bot.bot.slack.events.handling import Failures
from footnote_bot.bot.slack.reindexing.reindexer import Reindexer

logger = logging.getLogger(__name__)

_FORGETTING_EVERY = 6 * 3600.0


class ProcessInbox(Protocol):
    """The inbox as a process as a whole uses it. Every method raises StateUnavailable."""

    async def adopt(self) -> Sequence[IncomingMessage]:
        """Take over the messages of dead processes; return all that this process is to work on."""

    async def waiting(self, most: int, longest: timedelta) -> Sequence[IncomingMessage]:
        """Return the earliest ``most`` messages that wait until the wikis can be searched, and all
        that have waited for ``longest``."""

    async def release(self) -> None:
        """Leave the unfinished messages to other processes."""


class Dispatcher(Protocol):
    """The dispatcher of Slack's payloads: the app of one workspace, or those of several."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Take a payload, and return the response to Slack."""

    async def start(self) -> None:
        """Resume the work that an earlier process left.

        Raises:
            StateUnavailable
        """

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return the background tasks, which run until a stop."""

    async def stop(self, grace: float) -> None:
        """Finish the work that takes up to ``grace`` seconds; the rest stays stored."""


@dataclass(frozen=True, slots=True)
class SlackApp:
    """The app of one workspace, a `Dispatcher`. ``bolt`` takes Slack's payloads; the rest works on
    them between start and stop. ``forgetting`` and ``adopt_every`` as in `app_of`; ``search`` says
    how many waiting questions may be searched again now (None: no question waits for a search)."""

    bolt: AsyncApp
    inbox: ProcessInbox
    workers: Workers
    waiting_room: WaitingRoom
    reindexer: Reindexer
    clients: Sequence[AsyncWebClient]
    executor: ThreadPoolExecutor
    forgetting: Callable[[], int]
    search: SearchOutage | None
    adopt_every: float
    maintenance: Maintenance
    failures: Failures

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        return await self.bolt.async_dispatch(req)

    def use_token(self, token: str) -> None:
        """Make calls with this token from now on."""
        for client in self.clients:
            client.token = token

    async def start(self) -> None:
        """Let the clients share connections, and resume the work that an earlier process left."""
        session = connections()
        for client in self.clients:
            client.session = session
        await self.adopt()

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return the background tasks, which repeat until they are cancelled."""
        return (
            self._every(_FORGETTING_EVERY, self.forget),
            self._every(self.adopt_every, self.adopt),
            self._every(self.adopt_every, self.resume),
            self._every(self.maintenance.every, self.maintenance.run_once),
        )

    async def _every(self, seconds: float, chore: Callable[[], Awaitable[None]]) -> None:
        """Do a chore now and every ``seconds``. A chore that fails is tried again at its next
        turn."""
        while True:
            try:
                await chore()
            except StateUnavailable as error:
                logger.debug("%s waits for its next turn: %s", chore.__qualname__, error)
            except Exception as error:  # noqa: BLE001 - the edge of this task: logged and counted
                incidents.note(self.failures.new_incident(), f"{chore.__qualname__} failed", error)
            await asyncio.sleep(seconds)

    async def adopt(self) -> None:
        """Take over the messages of dead processes, and begin all work that nobody has begun.

        Raises:
            StateUnavailable
        """
        for message in await self.inbox.adopt():
            self.workers.submit(message)
        self.waiting_room.start_emptying()
        self.reindexer.wake()

    async def resume(self) -> None:
        """Work again on questions that wait because the index could not be searched: one to see
        whether it works again, more once it does, and those that have waited for an hour.

        Raises:
            StateUnavailable
        """
        most = await in_own_thread(self.search.retries, "retrying") if self.search else 0
        for message in await self.inbox.waiting(most, timedelta(seconds=GIVE_UP)):
            self.workers.submit(message)

    async def stop(self, grace: float) -> None:
        """End all work within ``grace`` seconds, and leave the rest to other processes."""
        await self.waiting_room.stop()
        await self.reindexer.stop()
        await asyncio.gather(self.workers.stop(grace), self.failures.finish(grace))
        try:
            await self.inbox.release()
        except StateUnavailable as error:
            logger.warning("Unfinished work waits until this process counts as dead: %s", error)
        self.executor.shutdown(wait=False, cancel_futures=True)
        for client in self.clients:
            if client.session is not None:
                await client.session.close()

    async def forget(self) -> None:
        """Delete answers that are older than the retention time.

        Raises:
            StateUnavailable
        """
        logger.debug("%d old answers deleted", await asyncio.to_thread(self.forgetting))


def app_of(  # noqa: PLR0913 - its features, and what they run on
    features: listeners.SlackFeatures,
    connection: SlackConnection,
    *,
    inbox: ProcessInbox,
    executor: ThreadPoolExecutor,
    forgetting: Callable[[], int],
    adopt_every: float,
) -> SlackApp:
    """Compose the app that offers ``features``. ``forgetting`` deletes answers that are too old and
    returns how many. Every ``adopt_every`` seconds the messages of dead processes are taken over.
    """
    slack, intake = features.workspace, features.intake
    bolt = listeners.bolt_app(connection, slack.me, lambda: slack.api.client.token or "")
    failures = Failures(slack.api, slack.new_incident)
    listeners.keep_questions(bolt, slack.me, intake.receiving)
    listeners.listen(bolt, failures, features)
    return SlackApp(
        bolt=bolt,
        inbox=inbox,
        workers=intake.workers,
        waiting_room=intake.waiting_room,
        reindexer=features.reindexer,
        clients=slack.clients,
        executor=executor,
        forgetting=forgetting,
        search=features.conversation.replies.search,
        adopt_every=adopt_every,
        maintenance=features.flagging.maintenance,
        failures=failures,
    )


async def cancel_and_wait(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel the tasks, and await their end. An error of one of them is raised."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()
