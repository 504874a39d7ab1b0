"""A workspace with the real manifest, and two ways to connect a minimal Bolt app to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack

MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"
SOON = Timing(ack=PATIENCE, retries=(0.0, 0.01, 0.02))
"""Slack's limit of three seconds is too short for a busy machine."""


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(MANIFEST, clock=clock, timing=SOON) as workspace:
        workspace.add_user("U0ANNA", name="anna", email="anna@example.com")
        workspace.add_user("U0BEN", name="ben", email="ben@example.com", is_admin=True)
        workspace.add_channel("C0TEAM", name="team", members=["U0ANNA", "U0BEN"])
        yield workspace


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def app(slack: LocalSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


Start = Callable[[], Awaitable[None]]


@pytest.fixture
async def over_http(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[Start]:
    """Starts Bolt's own aiohttp server and tells the workspace."""
    runner = web.AppRunner(app.web_app(path="/slack/events"))

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")

    yield start
    await runner.cleanup()


@pytest.fixture
async def connect(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[Start]:
    """Opens one Socket Mode connection each time."""
    handlers: list[AsyncSocketModeHandler] = []

    async def start() -> None:
        handler = AsyncSocketModeHandler(
            app, slack.app_token, web_client=app.client, ping_interval=1
        )
        handlers.append(handler)
        await handler.connect_async()
        await slack.wait_for(lambda: len(slack.sockets.usable()) == len(handlers))

    yield start
    for handler in handlers:
        await handler.close_async()
