"""The port of a process without Slack: ``/metrics``, and whether it can work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager

from footnote_bot.bot.slack.connection import SlackConnection
from footnote_bot.bot.slack.health import Check, Health
from footnote_bot.bot.slack.http import Door
from footnote_bot.bot.slack.http_limits import HttpLimits
from footnote_bot.bot.slack.monitoring import MetricsPage

_NO_EVENTS = "none"
"""The token of a socket that nobody opens, so that the port takes no events of Slack."""


@contextmanager
def listening(
    host: str, port: int, metrics: MetricsPage, checks: Mapping[str, Check]
) -> Iterator[None]:
    """Serve the metrics and the health checks in a thread of its own, as the bot does.

    Raises:
        SlackMisconfigured: the port is taken.
    """
    connection = SlackConnection(bot_token="", app_token=_NO_EVENTS, host=host, port=port)
    health = Health(checks)
    health.slack = _needs_no_slack
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="metrics", daemon=True)
    thread.start()
    door = Door(connection, {}, health, HttpLimits(), metrics=metrics)
    opened = AsyncExitStack()
    try:
        entering = opened.enter_async_context(door.open())
        asyncio.run_coroutine_threadsafe(entering, loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(opened.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _needs_no_slack() -> str:
    return ""
