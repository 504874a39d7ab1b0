"""The workspaces that the bot is installed in: each has an app of its own."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.caching import ExpiringCache
from bot.errors import ChatRefused, ChatUnavailable, StateUnavailable
from bot.slack.api.slack_api import call, web_client
from bot.slack.events.parsing import Identity
from bot.slack.rotation import Rotation
from bot.slack.running import SlackApp, ended
from bot.workspaces.model import ORGANIZATION, Installation, WorkspaceRights
from bot.workspaces.ports import Installations

logger = logging.getLogger(__name__)

LOOK_EVERY = 15.0
"""Seconds between two looks at the installations: other processes change them, too."""
_REMEMBERED = 10.0
"""Seconds for which a workspace without an app is not looked up again."""
_REST_OF_ID = re.compile("[A-Z0-9]{1,31}")
_PAGE = 1000
"""Workspaces of an organization that Slack lists at once, at most."""
_LIST_REMEMBERED = 60.0
"""Seconds for which it is cached: Slack gives it 20 times a minute, and an organization may have
hundreds. Before one counts as none of them, it is read again if it is older than `_REMEMBERED`."""
_LOST = {"app_uninstalled", "tokens_revoked"}
_GONE = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired"}
)
"""Slack's words for a token that works no more."""
NOT_HERE = "Footnote does not answer in this workspace. The people who run it can change that."

Rights = Callable[[str, str], WorkspaceRights | None]
"""Returns what a workspace of an organization (empty: of none) is allowed; None: it is not
named."""
Build = Callable[[Identity, str, WorkspaceRights], SlackApp]
"""Composes the app of a further workspace; the text is its token."""


@dataclass(slots=True)
class _Open:
    """The app of a workspace. ``installation`` is None for the one whose token is in the
    settings."""

    app: SlackApp
    installation: Installation | None
    chores: list[asyncio.Task[None]]


@dataclass(slots=True, kw_only=True)
class Workspaces:
    """The apps of all workspaces. ``home`` is that of the token in the settings, with its
    workspace; None: there is no such token. ``front`` takes what is of no workspace.

    An installation is opened when the bot starts, when it is made, and when a payload comes first;
    never without the operator's naming the workspace.
    """

    installations: Installations
    rights: Rights
    rotation: Rotation
    build: Build
    front: AsyncApp
    home: tuple[str, SlackApp] | None
    api_url: str
    grace: float
    seconds: Callable[[], float]
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Is set when an installation was made, so that it is opened at once."""
    _open: dict[str, _Open] = field(default_factory=dict)
    _opening: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _without: ExpiringCache[tuple[str, str], bool] = field(init=False)
    _listing: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _reached: ExpiringCache[str, frozenset[str]] = field(init=False)
    """The workspaces of organizations, by their tokens."""
    _fresh: ExpiringCache[str, bool] = field(init=False)
    _told: set[tuple[str, datetime, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._without = ExpiringCache(self.seconds)
        self._reached, self._fresh = ExpiringCache(self.seconds), ExpiringCache(self.seconds)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Give a payload to the app of its workspace. One that cannot be taken now is not
        acknowledged, so that Slack delivers it again."""
        team, organization = workspace_of(req)
        try:
            if _event_of(req.body).get("type") in _LOST:
                await self._check(team, organization)
            app = await self._app(team, organization) if team else None
        except (ChatUnavailable, StateUnavailable) as error:
            logger.debug("A payload for %s is not taken now: %s", team, error)
            return BoltResponse(status=503)
        if app is None:
            refused = "command" in req.body and not req.body.get("ssl_check")
            return (
                BoltResponse(status=200, body=NOT_HERE)
                if refused
                else await self.front.async_dispatch(req)
            )
        return await app.bolt.async_dispatch(req)

    async def start(self) -> None:
        if self.home:
            team, app = self.home
            await self._begin(team, app, None)
        await self.look()

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (self._look_for_ever(),)

    async def stop(self, grace: float) -> None:
        await asyncio.gather(*(self._close(team, grace) for team in list(self._open)))

    async def look(self) -> None:
        """Open and close apps as the installations now are, and rotate tokens.

        Raises:
            StateUnavailable: the installations cannot be read.
        """
        stored = await asyncio.to_thread(self.installations.all)
        current = {one.id: await self.rotation(one) for one in stored}
        for team, opened in list(self._open.items()):
            before = opened.installation
            if before is None:
                continue
            now = current.get(before.id)
            if now is None or now.installed != before.installed:
                logger.info("The installation in %s is over", team)
                await self._close(team, self.grace)
            elif now.token != before.token:
                opened.app.use_token(now.token)
                opened.installation = now
        for installation in current.values():
            for team in await self._teams_of(installation):
                try:
                    await self._app(team, installation.enterprise)
                except ChatUnavailable as error:
                    logger.warning("Slack does not sign us in to %s yet: %s", team, error)

    async def _look_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self.changed.wait()
            except TimeoutError:
                pass
            self.changed.clear()
            self._without = ExpiringCache(self.seconds)
            try:
                await self.look()
            except StateUnavailable as error:
                logger.debug("The installations cannot be read: %s", error)

    async def _teams_of(self, installation: Installation) -> Sequence[str]:
        if not installation.is_org_wide:
            return [installation.id]
        return await asyncio.to_thread(self.installations.workspaces_of, installation.id)

    async def _app(self, team: str, organization: str) -> SlackApp | None:
        """Return the app of the workspace, opened if need be; None if there is none.

        Raises:
            ChatUnavailable, StateUnavailable: it cannot be opened now.
        """
        if opened := self._open.get(team):
            return opened.app
        async with self._opening.setdefault(team, asyncio.Lock()):
            if opened := self._open.get(team):
                return opened.app
            if self._without.get((team, organization)):
                return None
            app = await self._opened(team, organization)
            if app is None:
                self._without.put((team, organization), True, _REMEMBERED)
            return app

    async def _opened(self, team: str, organization: str) -> SlackApp | None:
        installation = await self._installation(team, organization)
        if installation is None:
            return None
        rights = self.rights(team, installation.enterprise)
        if rights is None:
            self._tell(installation, "which no [[workspace]] names")
            return None
        client = web_client(installation.token, self.api_url, patient=False)
        try:
            found = await call(client.auth_test())
            reached = not installation.is_org_wide or await self._reaches(
                installation, team, client
            )
        except ChatRefused as error:
            self._tell(installation, f"whose token Slack refuses ({error.code})")
            return None
        if not reached:
            logger.debug("%s is no workspace of %s", team, installation.id)
            return None
        if not installation.is_org_wide and found.get("team_id") != team:
            self._tell(installation, "whose token is another workspace's")
            return None
        me = Identity(
            team=team,
            user=found.get("user_id") or installation.bot_user,
            bot=found.get("bot_id") or installation.bot,
            name=found.get("user") or "footnote",
            organization=installation.id if installation.is_org_wide else "",
        )
        app = self.build(me, installation.token, rights)
        if installation.is_org_wide:
            note = self.installations.note_workspace
            await asyncio.to_thread(note, team, installation.id)
        await self._begin(team, app, installation)
        logger.info("Answering in %s (%s)", team, installation.name)
        return app

    async def _reaches(self, installation: Installation, team: str, client: AsyncWebClient) -> bool:
        """Return whether the workspace is one of the organization. In a channel that this shares
        with another company, a payload for it may name that company's workspace, whose people must
        not count as its own.

        Raises:
            ChatRefused, ChatUnavailable: it cannot be told now.
        """
        async with self._listing.setdefault(installation.token, asyncio.Lock()):
            listed = self._reached.get(installation.token)
            if listed is None or (team not in listed and not self._fresh.get(installation.token)):
                listed = await _listed(client)
                self._reached.put(installation.token, listed, _LIST_REMEMBERED)
                self._fresh.put(installation.token, True, _REMEMBERED)
            return team in listed

    async def _installation(self, team: str, organization: str) -> Installation | None:
        found = await asyncio.to_thread(self.installations.find, team)
        if found is None and organization:
            found = await asyncio.to_thread(self.installations.find, organization)
        return found

    def _tell(self, installation: Installation, why: str) -> None:
        """Log once why nobody is answered there."""
        said = (installation.id, installation.installed, why)
        if said not in self._told:
            self._told.add(said)
            logger.warning("Nobody is answered in %s, %s", installation.id, why)

    async def _begin(self, team: str, app: SlackApp, installation: Installation | None) -> None:
        try:
            await app.start()
        except StateUnavailable:
            await app.stop(self.grace)
            raise
        chores = [asyncio.create_task(chore) for chore in app.chores()]
        self._open[team] = _Open(app, installation, chores)

    async def _close(self, team: str, grace: float) -> None:
        # Until it has stopped, none is opened in its place: both would hold the same messages.
        async with self._opening.setdefault(team, asyncio.Lock()):
            opened = self._open.pop(team)
            await ended(opened.chores)
            await opened.app.stop(grace)

    async def _check(self, team: str, organization: str) -> None:
        """Delete the installation if its token works no more. Slack's word of it may come late, or
        again, when the app was installed anew.

        Raises:
            ChatUnavailable, StateUnavailable: it cannot be told now.
        """
        installation = await self._installation(team, organization)
        if installation is None:
            return
        client = web_client(installation.token, self.api_url, patient=False)
        try:
            await call(client.auth_test())
        except ChatRefused as error:
            if error.code in _GONE:
                await asyncio.to_thread(self.installations.delete, installation)
                logger.info("Footnote was uninstalled from %s", installation.id)
                self.changed.set()


async def _listed(client: AsyncWebClient) -> frozenset[str]:
    """Return the workspaces of the organization whose token the client has.

    Raises:
        ChatRefused: Slack does not say.
        ChatUnavailable: it cannot be told now.
    """
    teams: set[str] = set()
    cursor = ""
    while True:
        found = await call(client.auth_teams_list(limit=_PAGE, cursor=cursor or None))
        teams.update(str(one.get("id")) for one in found.get("teams") or ())
        cursor = (found.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return frozenset(teams)


def workspace_of(req: AsyncBoltRequest) -> tuple[str, str]:
    """Return the workspace and the organization that a payload is for; empty if it names none. An
    organization's own installation is authorized for no workspace: there the event's counts."""
    body, user = req.body, req.body.get("user")
    named = [
        req.context.team_id,
        body.get("team_id"),
        user.get("team_id") if isinstance(user, Mapping) else None,
    ]
    team = next(filter(None, (_id("T", one) for one in named)), "")
    return team, _id(ORGANIZATION, req.context.enterprise_id)


def _id(kind: str, value: object) -> str:
    """Return the value if it is an id as Slack makes them, else nothing: it becomes a key, and the
    name of a folder."""
    is_one = isinstance(value, str) and value[:1] == kind and _REST_OF_ID.fullmatch(value, 1)
    return str(value) if is_one else ""


def _event_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    event = body.get("event")
    return event if isinstance(event, Mapping) else {}
