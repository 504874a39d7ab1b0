"""Rotation of tokens that expire: each is exchanged for the next one before it expires."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.conversation.ports import Locks
from footnote_bot.bot.errors import LockTaken, StateUnavailable
from footnote_bot.bot.slack.api.oauth_client import OAuthClient, oauth_web_client
from footnote_bot.bot.slack.api.slack_api import to_its_end
from footnote_bot.bot.workspaces.model import Installation, Installations

logger = logging.getLogger(__name__)

EARLY = timedelta(hours=2)
"""Time before its expiry at which a token is exchanged; it is valid for 12 hours."""
AGAIN = 300.0
"""Seconds before an exchange that Slack refused is tried again."""
_AT_ONCE = 60 * 24 * 366
"""Minutes, so many that the library always exchanges: our own clock decides when."""


def rotator_of(client: OAuthClient) -> AsyncTokenRotator:
    return AsyncTokenRotator(
        client_id=client.id, client_secret=client.secret, client=oauth_web_client(client.api_url)
    )


@dataclass(slots=True, kw_only=True)
class Rotation:
    """The rotation of tokens. ``clock`` returns the time of day, ``seconds`` monotonic seconds.

    A refresh token works once. So processes that share the database take turns, a new token is kept
    in memory until the database has it, and a process that is told to end waits for the exchange.
    """

    installations: Installations
    locks: Locks
    rotator: AsyncTokenRotator
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    _unsaved: dict[str, tuple[Installation, Installation]] = field(default_factory=dict)
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
                if latest is None or not self._is_due(latest):
                    return latest or installation
                return await to_its_end(self._rotate(latest))
        except LockTaken:
            return installation

    def _is_due(self, installation: Installation) -> bool:
        return installation.expires is not None and installation.expires - self.clock() <= EARLY

    async def _rotate(self, before: Installation) -> Installation:
        """Exchange the tokens for new ones and save them; keep the old ones if Slack gives none."""
        try:
            bot = await self.rotator.perform_bot_token_rotation(
                bot=_as_bolt(before), minutes_before_expiration=_AT_ONCE
            )
        except (SlackTokenRotationError, aiohttp.ClientError, TimeoutError, OSError) as error:
            self._refused.put(before.id, True, AGAIN)
            logger.warning("The token of %s cannot be rotated: %s", before.id, _words(error))
            return before
        if bot is None:
            self._refused.put(before.id, True, AGAIN)
            logger.warning("Slack gave no token of a bot for %s", before.id)
            return before
        expires = datetime.fromtimestamp(float(bot.bot_token_expires_at or 0), UTC)
        after = before.rotated(bot.bot_token, bot.bot_refresh_token or "", expires)
        self._unsaved[before.id] = before, after
        return await self._save(after)

    async def _save(self, current: Installation) -> Installation:
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


def _as_bolt(installation: Installation) -> Bot:
    expires = installation.expires
    return Bot(
        team_id=None if installation.is_org_wide else installation.id,
        enterprise_id=installation.enterprise or None,
        bot_token=installation.token,
        bot_id=installation.bot,
        bot_user_id=installation.bot_user,
        bot_refresh_token=installation.refresh_token,
        bot_token_expires_at=int(expires.timestamp()) if expires else None,
        installed_at=installation.installed.timestamp(),
    )


def _words(error: Exception) -> str:
    """Return words that are safe to log: Slack's code, or the kind of failure."""
    if isinstance(error, SlackTokenRotationError):
        return str(error.api_error.response.get("error", "refused"))
    return type(error).__name__
