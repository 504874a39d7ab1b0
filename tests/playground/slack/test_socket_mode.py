"""Socket Mode: one connection for each payload; refreshed, broken and restored."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from slack_bolt.app.async_app import AsyncApp

from footnote_bot.playground.slack.delivery import Ack, Delivery
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack

MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"
Start = Callable[[], Awaitable[None]]


async def test_an_event_waits_a_while_for_a_connection(
    slack: LocalSlack, app: AsyncApp, connect: Start
) -> None:
    texts: list[str] = []

    async def hear(event: dict[str, Any]) -> None:
        texts.append(event["text"])

    app.event("message")(hear)
    await slack.dm("U0ANNA", "Hello")

    await connect()
    await slack.settled()

    assert texts == ["Hello"]


async def test_without_a_connection_an_event_is_given_up_in_the_end(slack: LocalSlack) -> None:
    slack.sockets.timeout = 0.01

    await slack.dm("U0ANNA", "Hello")
    await slack.settled()

    [delivery] = slack.deliveries
    assert [attempt.reason for attempt in delivery.attempts] == ["connection_failed"] * 4
    assert not delivery.acked


async def test_each_event_goes_to_one_of_the_connections(
    slack: LocalSlack, app: AsyncApp, connect: Start
) -> None:
    deliveries: Counter[str] = Counter()

    async def hear(event: dict[str, Any]) -> None:
        deliveries[event["text"]] += 1

    app.event("message")(hear)
    await connect()
    await connect()

    for number in range(4):
        await slack.dm("U0ANNA", f"{number}")
    await slack.settled()

    assert deliveries == {"0": 1, "1": 1, "2": 1, "3": 1}
    assert [len(connection.sent) for connection in slack.sockets.connections] == [2, 2]


async def test_an_unacknowledged_envelope_comes_again(
    slack: LocalSlack, app: AsyncApp, connect: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may come on any connection, with its retry number; the first try has 0."""
    retries: list[str] = []
    again, send = asyncio.Event(), slack.sockets.send

    async def impatient_once(delivery: Delivery, number: int, reason: str) -> Ack:
        slack.sockets.timeout = PATIENCE if number else 0.1
        return await send(delivery, number, reason)

    async def once_asleep(request: Any, next_: Any) -> Any:
        retries.append(request.headers["x-slack-retry-num"][0])
        if len(retries) == 2:
            again.set()
        await again.wait()
        return await next_()

    async def hear(event: dict[str, Any]) -> None:
        pass

    async def middleware(req: Any, next: Any) -> Any:  # noqa: A002 - Bolt calls it so
        return await once_asleep(req, next)

    app.middleware(middleware)
    app.event("message")(hear)
    await connect()
    monkeypatch.setattr(slack.sockets, "send", impatient_once)

    await slack.dm("U0ANNA", "Hello")
    await slack.settled()

    assert retries == ["0", "1"]
    assert slack.deliveries[0].acked


async def test_a_refresh_brings_a_new_connection_and_loses_nothing(
    slack: LocalSlack, app: AsyncApp, connect: Start
) -> None:
    texts: list[str] = []

    async def hear(event: dict[str, Any]) -> None:
        texts.append(event["text"])

    app.event("message")(hear)
    await connect()
    [old] = slack.sockets.connections

    await slack.dm("U0ANNA", "before")
    await slack.sockets.refresh()
    await slack.dm("U0ANNA", "meanwhile")
    await slack.wait_for(lambda: old not in slack.sockets.connections)
    await slack.dm("U0ANNA", "after")
    await slack.settled()

    assert set(texts) == {"before", "meanwhile", "after"}


async def test_a_line_that_breaks_is_taken_up_again(
    slack: LocalSlack, app: AsyncApp, connect: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await connect()
    [old] = slack.sockets.connections

    await slack.sockets.cut()
    await slack.wait_for(lambda: [other for other in slack.sockets.usable() if other is not old])

    assert old not in slack.sockets.connections


async def test_a_ticket_opens_one_connection(slack: LocalSlack, app: AsyncApp) -> None:
    url = (await app.client.apps_connections_open(app_token=slack.app_token))["url"]

    async with ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(url)

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)


async def test_an_eleventh_connection_is_sent_away(slack: LocalSlack, app: AsyncApp) -> None:
    async with ClientSession() as session, AsyncExitStack() as sockets:
        for _ in range(11):
            url = (await app.client.apps_connections_open(app_token=slack.app_token))["url"]
            socket = await sockets.enter_async_context(session.ws_connect(url))
            last = await socket.receive_json()

        assert last == {
            "type": "disconnect",
            "reason": "too_many_websockets",
            "debug_info": {"host": "local"},
        }
        assert len(slack.sockets.connections) == 10
