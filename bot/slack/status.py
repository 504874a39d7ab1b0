"""The line below a thread that says that the bot is at work.

It is a courtesy: a workspace that has no such method, or a call that fails, costs
nothing but the effect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.web import told

logger = logging.getLogger(__name__)


class Status:
    """``client`` should not be patient: a late status is worse than none."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._missing = False

    @asynccontextmanager
    async def shown(self, channel: str, thread: str, words: str) -> AsyncIterator[None]:
        """Shown meanwhile, cleared however it ends. The work does not wait for it."""
        showing = asyncio.create_task(self._set(channel, thread, words))
        try:
            yield
        finally:
            if await _finished(showing):
                await self._set(channel, thread, "")

    async def show(self, channel: str, thread: str, words: str) -> None:
        """Until something is posted in the thread, or Slack takes it away (two minutes)."""
        await self._set(channel, thread, words)

    async def _set(self, channel: str, thread: str, words: str) -> bool:
        """Whether it is shown."""
        if self._missing:
            return False
        call = self._client.assistant_threads_setStatus(
            channel_id=channel, thread_ts=thread, status=words
        )
        try:
            await told(call)
        except SlackRefused as error:
            self._missing = error.code in ("unknown_method", "missing_scope")
            logger.debug("No status: %s", error)
            return False
        except SlackUnavailable as error:
            logger.debug("No status: %s", error)
        return True


async def _finished(showing: asyncio.Task[bool]) -> bool:
    """A status still on its way would come after it was cleared, so it is waited for."""
    return await showing
