"""The workspaces of organizations (Enterprise Grid) that Footnote is installed in as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from bot.caching import ExpiringCache
from bot.slack.api.slack_api import call
from bot.workspaces.model import Installation

_PAGE = 1000
"""Workspaces of an organization that Slack lists at once, at most."""
_REMEMBERED = 60.0
"""Seconds for which the list is cached: Slack gives it 20 times a minute, and an organization may
have hundreds of workspaces."""
_FRESH = 10.0
"""Seconds for which a workspace that is not listed counts as none of the organization's; after
them, the list is read again first."""


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
        """Return whether the workspace is one of the organization. In a channel that this shares
        with another company, a payload for it may name that company's workspace, whose people must
        not count as its own.

        Raises:
            ChatRefused, ChatUnavailable: it cannot be told now.
        """
        async with self._listing.setdefault(installation.token, asyncio.Lock()):
            listed = self._listed.get(installation.token)
            if listed is None or (team not in listed and not self._fresh.get(installation.token)):
                listed = await _listed(client)
                self._listed.put(installation.token, listed, _REMEMBERED)
                self._fresh.put(installation.token, True, _FRESH)
            return team in listed


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
