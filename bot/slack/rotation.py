"""Rotation of tokens that expire: each is exchanged for the next one before it expires."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.conversation.ports import Locks
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, LockTaken, StateUnavailable
from footnote_bot.bot.slack.api.oauth_client import OAuthClient, oauth_web_client
from footnote_bot.bot.slack.api.slack_api import call, to_its_end
from footnote_bot.bot.workspaces.model import Installation, Installations

logger = logging.getLogger(__name__)

EARLY = timedelta(hours=2)
"""Time before its expiry at which a token is exchanged; it is valid for 12 hours."""
AGAIN = 300.0
"""Seconds before an exchange that Slack refused is tried again."""


@dataclass(slots=True, kw_only=True)
class Rotation:
    """The rotation of tokens. ``clock`` returns the time of day, ``seconds`` monotonic seconds.

    A refresh token works once. So processes that share the database take turns, a new token is kept
    in memory until the database has it, and a process that is told to end waits for the exchange.
    """

    installations: Installations
    locks: Locks
    client: OAuthClient
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    _unsaved: dict[str, tuple[Installation, Installation]] = field(default_factory=dict)
    """Installations before and after an exchange that the database does not have yet, by id."""
    _refused: ExpiringCache[str, bool] = field(init=False)

    def __post_init__(self) -> None:
        self._refused = ExpiringCache(self.seconds)

    async def __call__(self, installation: Installation) -> Installation:
        """Return the installation with a token that is valid for a while. If Slack gives no new
        token now, log it and return the installation unchanged.

        Raises:
            StateUnavailable: the token cannot be read or written now.
        """
        if installation.id in self._unsaved:
            return await self._save(installation)
        if not self._is_due(installation) or self._refused.get(installation.id):
            return installation
        try:
            async with self.locks.hold(f"(token {installation.id})", waiting=False):
                latest = await asyncio.to_thread(self.installations.find, installation.id)
                # Uninstalled, or another process has exchanged it meanwhile.
                if latest is None or not self._is_due(latest):
                    return latest or installation
                return await to_its_end(self._rotate(latest))
        except LockTaken:  # another process exchanges it now
            return installation

    def _is_due(self, installation: Installation) -> bool:
        return installation.expires is not None and installation.expires - self.clock() <= EARLY

    async def _rotate(self, before: Installation) -> Installation:
        """Exchange the tokens for new ones and save them; keep the old ones if Slack gives none."""
        request = oauth_web_client(self.client.api_url).oauth_v2_access(
            client_id=self.client.id,
            client_secret=self.client.secret,
            grant_type="refresh_token",
            refresh_token=before.refresh_token,
        )
        try:
            answer = await call(request)
        except (ChatRefused, ChatUnavailable) as error:
            self._refused.put(before.id, True, AGAIN)
            logger.warning("The token of %s cannot be rotated: %s", before.id, error)
            return before
        expires = self.clock() + timedelta(seconds=answer["expires_in"])
        after = before.rotated(answer["access_token"], answer["refresh_token"], expires)
        self._unsaved[before.id] = before, after
        return await self._save(after)

    async def _save(self, current: Installation) -> Installation:
        """Store the new token of the installation, and return the installation with the token that
        counts now."""
        before, after = self._unsaved[current.id]
        try:
            is_stored = await asyncio.to_thread(self.installations.rotate, before, after)
        except StateUnavailable as error:
            logger.warning("The new token of %s is not stored yet: %s", current.id, error)
            return after
        del self._unsaved[current.id]
        if not is_stored:  # uninstalled, or installed anew meanwhile
            return await asyncio.to_thread(self.installations.find, current.id) or current
        logger.info("The token of %s was rotated", current.id)
        return after
