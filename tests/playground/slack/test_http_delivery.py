"""Events over HTTP: signed, and retried until the app takes them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from footnote_bot.playground.slack.delivery import Ack, Delivery
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack

MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"
Start = Callable[[], Awaitable[None]]


class Receiver:
    """An app that answers each request with the next of ``statuses``, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.delay = 0.0
        self.seen: list[tuple[dict[str, str], str]] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.seen.append((dict(request.headers), await request.text()))
        await asyncio.sleep(self.delay)
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    application = web.Application()
    application.add_routes([web.post("/", receiver.serve)])
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield receiver, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.fixture
async def quick() -> AsyncIterator[LocalSlack]:
    """A workspace that waits long for a response, but not before a retry."""
    timing = Timing(ack=PATIENCE, retries=(0.0, 0.01, 0.02))
    async with LocalSlack(MANIFEST, timing=timing) as slack:
        slack.add_user("U0ANNA")
        slack.add_channel("C0TEAM", members=["U0ANNA"])
        yield slack


async def test_requests_are_signed(quick: LocalSlack, receiver: tuple[Receiver, str]) -> None:
    app, url = receiver
    await quick.deliver_to(url)

    await quick.dm("U0ANNA", "Hello")
    await quick.settled()

    [(headers, body)] = app.seen
    base = f"v0:{headers['X-Slack-Request-Timestamp']}:{body}"
    digest = hmac.new(quick.signing_secret.encode(), base.encode(), hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={digest}"
    assert "X-Slack-Retry-Num" not in headers
    event = json.loads(body)["event"]
    assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "Hello")


async def test_an_event_is_tried_four_times_at_most(
    quick: LocalSlack, receiver: tuple[Receiver, str]
) -> None:
    app, url = receiver
    app.statuses = [500, 404, 500, 500, 500]
    await quick.deliver_to(url)

    await quick.dm("U0ANNA", "Hello")
    await quick.settled()

    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in app.seen]
    assert numbers == [None, "1", "2", "3"]
    assert app.seen[1][0]["X-Slack-Retry-Reason"] == "http_error"
    assert len({body for _, body in app.seen}) == 1
    assert not quick.deliveries[0].acked


async def test_a_slow_app_hears_of_its_timeout(
    quick: LocalSlack, receiver: tuple[Receiver, str]
) -> None:
    app, url = receiver
    app.delay = 0.5
    quick.timing = replace(quick.timing, ack=0.1)
    await quick.deliver_to(url)

    await quick.dm("U0ANNA", "Hello")
    await quick.settled()

    assert app.seen[1][0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_an_app_can_decline_retries(
    quick: LocalSlack, receiver: tuple[Receiver, str]
) -> None:
    app, url = receiver
    app.statuses = [500]
    app.headers = {"X-Slack-No-Retry": "1"}
    await quick.deliver_to(url)

    await quick.dm("U0ANNA", "Hello")
    await quick.settled()

    assert len(app.seen) == 1


async def test_an_app_that_is_down_gets_its_event_when_it_is_back(
    quick: LocalSlack, receiver: tuple[Receiver, str]
) -> None:
    app, url = receiver
    await quick.deliver_to("http://127.0.0.1:1/")
    down = quick.deliverer.transport

    class OnceDown:
        async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
            assert down
            try:
                return await down.send(delivery, number, reason)
            finally:
                await quick.deliver_to(url)

    quick.deliverer.transport = OnceDown()

    await quick.dm("U0ANNA", "Hello")
    await quick.settled()

    assert quick.deliveries[0].attempts[0].reason == "connection_failed"
    assert len(app.seen) == 1


async def test_a_request_that_a_person_waits_for_is_not_retried(
    quick: LocalSlack, receiver: tuple[Receiver, str]
) -> None:
    app, url = receiver
    app.statuses = [500]
    await quick.deliver_to(url)

    delivery = await quick.command("U0ANNA", "C0TEAM", "/wiki", "help")

    [(headers, body)] = app.seen
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body)["text"] == ["help"]
    assert not delivery.acked


async def test_bolt_refuses_another_secret(
    slack: LocalSlack, app: AsyncApp, over_http: Start
) -> None:
    slack.signing_secret = "another"
    await over_http()

    await slack.dm("U0ANNA", "Hello")
    await slack.settled()

    assert {attempt.status for attempt in slack.deliveries[0].attempts} == {401}


async def test_an_event_without_a_listener_comes_four_times(
    slack: LocalSlack, app: AsyncApp, over_http: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await over_http()

    await slack.dm("U0ANNA", "Hello")
    await slack.settled()

    assert [attempt.status for attempt in slack.deliveries[0].attempts] == [404] * 4
