"""The workspaces that the bot is installed in: each has an app of its own."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from weakref import WeakValueDictionary

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.conversation.ports import Locks
from footnote_bot.bot.errors import ChatUnavailable, StateUnavailable
from footnote_bot.bot.slack.api.oauth_client import OAuthClient
from footnote_bot.bot.slack.api.slack_api import SlackConnection
from footnote_bot.bot.slack.environment import Environment
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.slack.http import Page
from footnote_bot.bot.slack.listeners import NOT_NOW, front_app
from footnote_bot.bot.slack.oauth import install_pages
from footnote_bot.bot.slack.rotation import Rotation
from footnote_bot.bot.slack.running import SlackApp, cancel_and_wait
from footnote_bot.bot.slack.sign_in import SignIn
from footnote_bot.bot.slack.texts import installing as texts
from footnote_bot.bot.workspaces.model import (
    ORGANIZATION,
    Installation,
    Installations,
    Rights,
    WorkspaceRights,
)

logger = logging.getLogger(__name__)


UPDATE_EVERY = 15.0
"""Seconds after which the installations are read again: other processes change them, too."""
_REMEMBERED = 10.0
"""Seconds for which a workspace without an app is not looked up again."""

Build = Callable[[Identity, str, WorkspaceRights], SlackApp]
"""Composes the app of a further workspace; the text is its token."""


@dataclass(slots=True)
class _RunningApp:
    """The running app of a workspace. ``installation`` is None for the one whose token is in the
    settings."""

    app: SlackApp
    installation: Installation | None
    chores: list[asyncio.Task[None]]


@dataclass(slots=True, kw_only=True)
class Workspaces:
    """The apps of all workspaces: those of ``client``'s installations, and if ``connection`` has a
    token, that of its workspace (`with_home`).

    An installation is opened when the bot starts, when it is made, and when its first payload
    comes; never in a workspace that the operator does not name.
    """

    client: OAuthClient
    connection: SlackConnection
    env: Environment
    installations: Installations
    locks: Locks
    rights: Rights
    build: Build
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Is set when an installation was made, so that it is opened at once."""
    _home: tuple[str, SlackApp] | None = field(init=False, default=None)
    _front: AsyncApp = field(init=False)
    """Takes payloads without a workspace of ours."""
    _sign_in: SignIn = field(init=False)
    _rotation: Rotation = field(init=False)
    _running: dict[str, _RunningApp] = field(default_factory=dict)
    """By workspace, as the next two."""
    _opening: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _without_app: ExpiringCache[tuple[str, str], bool] = field(init=False)

    def __post_init__(self) -> None:
        env, installations = self.env, self.installations
        self._front = front_app(self.connection)
        self._sign_in = SignIn(installations, self.rights, self.connection.api_url, env.seconds)
        self._rotation = Rotation(
            installations=installations,
            locks=self.locks,
            client=self.client,
            clock=env.clock,
            seconds=env.seconds,
        )
        self._without_app = ExpiringCache(env.seconds)

    def with_home(self, team: str, app: SlackApp) -> Self:
        """Add the app of the workspace whose token is in the settings, and return this object."""
        self._home = team, app
        return self

    def pages(self) -> Mapping[str, Page]:
        """Return the pages that install Footnote, by path."""
        return install_pages(
            self.client,
            self.installations,
            rights=self.rights,
            clock=self.env.clock,
            installed=self.changed.set,
            home=self.connection.bot_token,
        )

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Give a payload to the app of its workspace. A payload that cannot be taken now is not
        acknowledged, so that Slack delivers it again."""
        team, organization = workspace_of(req)
        try:
            if may_be_uninstalled(req.body):
                is_deleted = await self._sign_in.delete_if_void(team, organization)
                if is_deleted:
                    self.changed.set()
            app = await self._app(team, organization) if team else None
        except (ChatUnavailable, StateUnavailable) as error:
            logger.debug("A payload for %s is not taken now: %s", team, error)
            return BoltResponse(status=NOT_NOW)
        if app:
            return await app.bolt.async_dispatch(req)
        if is_command(req.body):
            return BoltResponse(status=200, body=texts.NOT_HERE)
        return await self._front.async_dispatch(req)

    async def start(self) -> None:
        """Start the apps of the home workspace, if there is one, and of all installations."""
        if self._home:
            team, app = self._home
            await self._begin(team, app, None)
        await self.update()

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return the background task that follows changes of the installations."""
        return (self._keep_up_to_date(),)

    async def stop(self, grace: float) -> None:
        await asyncio.gather(*(self._close(team, grace) for team in list(self._running)))

    async def update(self) -> None:
        """Read the installations: rotate their tokens, close the apps of those that are gone, and
        open the apps of new ones.

        Raises:
            StateUnavailable: the installations cannot be read.
        """
        stored = await asyncio.to_thread(self.installations.all)
        current = {installation.id: await self._rotation(installation) for installation in stored}
        for team, running in list(self._running.items()):
            await self._update_app(team, running, current)
        for installation in current.values():
            for team in await self._teams_of(installation):
                await self._try_to_open(team, installation.enterprise)

    async def _update_app(
        self, team: str, running: _RunningApp, current: Mapping[str, Installation]
    ) -> None:
        """Give the app its new token, or close it if its installation is gone or was made anew."""
        before = running.installation
        if before is None:  # its token is in the settings, and does not change
            return
        latest = current.get(before.id)
        if latest is None or latest.installed != before.installed:
            logger.info("The installation in %s is over", team)
            await self._close(team, self.env.grace)
        elif latest.token != before.token:
            running.app.use_token(latest.token)
            running.installation = latest

    async def _try_to_open(self, team: str, organization: str) -> None:
        """Open the app of the workspace. A failure is logged: one workspace must not keep the
        others shut.

        Raises:
            StateUnavailable
        """
        try:
            await self._app(team, organization)
        except ChatUnavailable as error:
            logger.warning("Slack does not sign us in to %s yet: %s", team, error)
        except StateUnavailable:
            raise
        except Exception:
            logger.exception("The app of %s cannot be opened", team)

    async def _keep_up_to_date(self) -> None:
        """Call `update` when `changed` is set, and every 15 seconds."""
        while True:
            try:
                async with asyncio.timeout(UPDATE_EVERY):
                    await self.changed.wait()
            except TimeoutError:
                pass
            self.changed.clear()
            self._without_app = ExpiringCache(self.env.seconds)
            try:
                await self.update()
            except StateUnavailable as error:
                logger.debug("The installations cannot be read: %s", error)
            except Exception:
                # The edge of this task: without it no token is rotated any more.
                logger.exception("The workspaces cannot be updated")

    async def _teams_of(self, installation: Installation) -> Sequence[str]:
        """Return the ids of the workspaces that the installation covers, as far as is known."""
        if not installation.is_org_wide:
            return [installation.id]
        return await asyncio.to_thread(self.installations.workspaces_of, installation.id)

    async def _app(self, team: str, organization: str) -> SlackApp | None:
        """Return the running app of the workspace, or open it; None if nothing is installed there.

        Raises:
            ChatUnavailable, StateUnavailable: it cannot be opened now.
        """
        if opened := self._running.get(team):
            return opened.app
        async with self._opening.setdefault(team, asyncio.Lock()):
            if opened := self._running.get(team):
                return opened.app
            if self._without_app.get((team, organization)):
                return None
            app = await self._open_app(team, organization)
            if app is None:
                self._without_app.put((team, organization), True, _REMEMBERED)
            return app

    async def _open_app(self, team: str, organization: str) -> SlackApp | None:
        """Sign in to the workspace and start its app; return None if it has no installation."""
        signed_in = await self._sign_in.sign_in(team, organization)
        if signed_in is None:
            return None
        installation = signed_in.installation
        app = self.build(signed_in.me, installation.token, signed_in.rights)
        if installation.is_org_wide:
            note = self.installations.note_workspace
            await asyncio.to_thread(note, team, installation.id)
        await self._begin(team, app, installation)
        logger.info("Answering in %s (%s)", team, installation.name)
        return app

    async def _begin(self, team: str, app: SlackApp, installation: Installation | None) -> None:
        """Start the app and its background tasks.

        Raises:
            StateUnavailable
        """
        try:
            await app.start()
        except BaseException:  # cancelled, too: its connections must be closed
            await app.stop(self.env.grace)
            raise
        chores = [asyncio.create_task(chore) for chore in app.chores()]
        self._running[team] = _RunningApp(app, installation, chores)

    async def _close(self, team: str, grace: float) -> None:
        """Stop the app of the workspace within ``grace`` seconds."""
        # Until it has stopped, none is opened in its place: both would hold the same messages.
        async with self._opening.setdefault(team, asyncio.Lock()):
            opened = self._running.pop(team)
            try:
                await cancel_and_wait(opened.chores)
                await opened.app.stop(grace)
            except asyncio.CancelledError:
                self._running[team] = opened  # the bot stops, and closes it then
                raise


_REST_OF_ID = re.compile("[A-Z0-9]{1,31}")
_UNINSTALLED = {"app_uninstalled", "tokens_revoked"}


def workspace_of(req: AsyncBoltRequest) -> tuple[str, str]:
    """Return the ids of the workspace and of the organization that a payload is for, each empty if
    none is named. The installation of a whole organization names no workspace: then the payload's
    own team counts, or else its user's."""
    body, user = req.body, req.body.get("user")
    candidates = [
        req.context.team_id,
        body.get("team_id"),
        user.get("team_id") if isinstance(user, Mapping) else None,
    ]
    team = next(filter(None, (_id("T", candidate) for candidate in candidates)), "")
    return team, _id(ORGANIZATION, req.context.enterprise_id)


def _id(letter: str, value: object) -> str:
    """Return the value if it is an id of Slack's that begins with ``letter``, else nothing: it
    becomes a key, and the name of a folder."""
    is_id = isinstance(value, str) and value[:1] == letter and _REST_OF_ID.fullmatch(value, 1)
    return str(value) if is_id else ""


def may_be_uninstalled(body: Mapping[str, Any]) -> bool:
    """Return whether the payload says that the app was uninstalled, or lost its token."""
    event = body.get("event")
    return isinstance(event, Mapping) and event.get("type") in _UNINSTALLED


def is_command(body: Mapping[str, Any]) -> bool:
    """Return whether a person typed a command, and waits for an answer to it."""
    return "command" in body and not body.get("ssl_check")
