"""Channels in Slack: whether anybody may join, and who is in them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.slack.api.slack_api import call, pages

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. ``private``: by invitation only. ``shared``: with another company. ``has_bot``:
    the bot is in it."""

    private: bool = False
    shared: bool = False
    creator: str = ""
    has_bot: bool = True


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels as Slack describes them. All methods raise ChatUnavailable."""

    client: AsyncWebClient

    async def channel(self, id_: str) -> Channel | None:
        """Return the channel; None if Slack does not say."""
        try:
            answer = await call(self.client.conversations_info(channel=id_))
        except ChatRefused as error:
            logger.info("Slack does not say what channel %s is: %s", id_, error.code)
            return None
        channel = answer.get("channel") or {}
        return Channel(
            private=bool(channel.get("is_private") or channel.get("is_mpim")),
            shared=bool(channel.get("is_ext_shared") or channel.get("is_org_shared")),
            creator=str(channel.get("creator") or ""),
            has_bot=channel.get("is_member") is not False,
        )

    async def is_public(self, id_: str) -> bool:
        """Return whether every member of the workspace can read the channel, and nobody else; False
        if Slack does not say."""
        channel = await self.channel(id_)
        return channel is not None and not channel.private and not channel.shared

    async def has(self, id_: str, person: str) -> bool:
        """Return whether the person is in the channel now; False if Slack does not say."""
        try:
            async for page in self._pages(id_):
                if person in (page.get("members") or ()):
                    return True
        except ChatRefused as error:
            logger.info("Slack does not say who is in channel %s: %s", id_, error.code)
        return False

    async def members(self, id_: str) -> list[str] | None:
        """Return the ids of the channel's members, also apps; None if Slack does not say."""
        try:
            return [id_ async for page in self._pages(id_) for id_ in page.get("members") or ()]
        except ChatRefused as error:
            logger.info("Slack does not say who is in channel %s: %s", id_, error.code)
            return None

    def _pages(self, id_: str) -> AsyncIterator[dict[str, Any]]:
        return pages(self.client.conversations_members, channel=id_, limit=1000)
