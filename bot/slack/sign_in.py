"""Sign-in to a workspace by its installation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.slack.api.slack_api import call, pages, web_client
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.workspaces.model import Installation, Installations, Rights, WorkspaceRights

logger = logging.getLogger(__name__)


_PAGE = 1000
"""Workspaces of an organization that Slack lists at once, at most."""
_REMEMBERED = 60.0
"""Seconds for which the list is cached: Slack gives it 20 times a minute, and an organization may
have hundreds of workspaces."""
_FRESH = 10.0
"""Seconds after which the list is read again if a workspace is missing on it: it may be new."""


@dataclass(slots=True)
class OrganizationLists:
    """Slack's lists of the workspaces of each organization, by its token. ``seconds`` returns
    monotonic seconds."""

    seconds: Callable[[], float]
    _listing: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _listed: ExpiringCache[str, frozenset[str]] = field(init=False)
    _fresh: ExpiringCache[str, bool] = field(init=False)

    def __post_init__(self) -> None:
        self._listed, self._fresh = ExpiringCache(self.seconds), ExpiringCache(self.seconds)

    async def has(self, installation: Installation, team: str, client: AsyncWebClient) -> bool:
        """Return whether the workspace ``team`` belongs to the installation's organization. In a
        channel that the organization shares with another company, a payload may name that company's
        workspace, whose people must not count as the organization's.

        Raises:
            ChatRefused, ChatUnavailable
        """
        async with self._listing.setdefault(installation.token, asyncio.Lock()):
            listed = self._listed.get(installation.token)
            if listed is None or (team not in listed and not self._fresh.get(installation.token)):
                listed = await _workspaces_listed(client)
                self._listed.put(installation.token, listed, _REMEMBERED)
                self._fresh.put(installation.token, True, _FRESH)
            return team in listed


async def _workspaces_listed(client: AsyncWebClient) -> frozenset[str]:
    """Return the ids of the workspaces of the organization whose token the client has.

    Raises:
        ChatRefused, ChatUnavailable
    """
    listed = pages(client.auth_teams_list, limit=_PAGE)
    return frozenset(
        [str(team.get("id")) async for page in listed for team in page.get("teams") or ()]
    )


_GONE = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired"}
)
"""Slack's codes for a token that no longer works."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A workspace that the bot is signed in to as ``me``, and its rights."""

    me: Identity
    installation: Installation
    rights: WorkspaceRights


@dataclass(slots=True)
class SignIn:
    """The sign-in to workspaces: never to one that the operator has not named."""

    installations: Installations
    rights: Rights
    api_url: str
    seconds: Callable[[], float]
    _organizations: OrganizationLists = field(init=False)
    _logged: set[tuple[str, datetime, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._organizations = OrganizationLists(self.seconds)

    async def sign_in(self, team: str, organization: str) -> SignedIn | None:
        """Sign in to the workspace of an organization (empty: of none). Return None if Footnote is
        not installed there, the settings do not name it, or Slack refuses the token.

        Raises:
            ChatUnavailable, StateUnavailable
        """
        installation = await self._installation(team, organization)
        if installation is None:
            return None
        rights = self.rights(team, installation.enterprise)
        if rights is None:
            self._log_once(installation, "which no [[workspace]] names")
            return None
        client = web_client(installation.token, self.api_url, retries=False)
        try:
            identity = await call(client.auth_test())
            if installation.is_org_wide:
                is_covered = await self._organizations.has(installation, team, client)
            else:
                is_covered = identity.get("team_id") == team
        except ChatRefused as error:
            self._log_once(installation, f"whose token Slack refuses ({error.code})")
            return None
        if not is_covered:
            logger.debug("The installation %s does not cover %s", installation.id, team)
            return None
        me = Identity(
            team=team,
            user=identity.get("user_id") or installation.bot_user,
            bot=identity.get("bot_id") or installation.bot,
            name=identity.get("user") or "footnote",
            organization=installation.id if installation.is_org_wide else "",
        )
        return SignedIn(me, installation, rights)

    async def delete_if_void(self, team: str, organization: str) -> bool:
        """Delete the installation if its token no longer works, and return whether it was deleted.
        Slack's event may come late, or again, when the app was already installed anew.

        Raises:
            ChatUnavailable, StateUnavailable
        """
        installation = await self._installation(team, organization)
        if installation is None:
            return False
        client = web_client(installation.token, self.api_url, retries=False)
        try:
            await call(client.auth_test())
        except ChatRefused as error:
            if error.code in _GONE:
                await asyncio.to_thread(self.installations.delete, installation)
                logger.info("Footnote was uninstalled from %s", installation.id)
                return True
        return False

    async def _installation(self, team: str, organization: str) -> Installation | None:
        """Return the installation in the workspace, else the one in its whole organization."""
        installation = await asyncio.to_thread(self.installations.find, team)
        if installation is None and organization:
            installation = await asyncio.to_thread(self.installations.find, organization)
        return installation

    def _log_once(self, installation: Installation, why: str) -> None:
        """Log ``why`` the bot answers nobody in the workspace, once for each installation."""
        entry = (installation.id, installation.installed, why)
        if entry not in self._logged:
            self._logged.add(entry)
            logger.warning("Nobody is answered in %s, %s", installation.id, why)
