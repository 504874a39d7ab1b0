"""The bot's main loop: sign in, listen until told to stop, leave nothing half done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any, TypeVar

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, SlackMisconfigured
from footnote_bot.bot.slack.api.slack_api import SlackConnection, call, web_client
from footnote_bot.bot.slack.environment import Environment
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.slack.health import Health, no_problem, no_slack
from footnote_bot.bot.slack.http import HttpServer
from footnote_bot.bot.slack.http_limits import HttpLimits
from footnote_bot.bot.slack.listeners import NOT_NOW
from footnote_bot.bot.slack.running import Dispatcher, cancel_and_wait
from footnote_bot.bot.slack.signals import signals
from footnote_bot.indexers.backoff import growing_pauses

logger = logging.getLogger(__name__)

DispatcherT = TypeVar("DispatcherT", bound=Dispatcher)
_LONGEST_PAUSE = 60.0
_CONNECTING = 20.0
_REOPENED_EVERY = 2.0
_LOGGED_EVERY = 60.0

Away = Mapping[type[Exception], tuple[str, str]]
"""Errors, with the name and the result of the check that they fail."""


def open_patiently(slack: SlackConnection, open_: Callable[[], object], away: Away) -> None:
    """Call ``open_``, again and again while it raises an error of ``away``. Health checks meanwhile
    report the process as alive, but not ready; SIGTERM and SIGINT end it."""
    try:
        open_()
    except tuple(away):
        asyncio.run(_open_later(slack, open_, away))


async def _open_later(slack: SlackConnection, open_: Callable[[], object], away: Away) -> None:
    """Call ``open_`` every two seconds until it works, or exit when the process is told to stop."""
    stop, health, logged_at = asyncio.Event(), Health({}), -_LOGGED_EVERY
    async with AsyncExitStack() as stack:
        stack.enter_context(signals(stop))
        if slack.port is not None or not slack.socket_mode:
            server = HttpServer(slack, {}, health, HttpLimits())
            await stack.enter_async_context(server.open())
        while not stop.is_set():
            try:
                await _until(stop, in_own_thread(open_, "opening"))
            except tuple(away) as error:
                name, problem = away[type(error)]
                health.checks = {name: partial(str, problem)}  # a check that returns the problem
                if time.monotonic() - logged_at >= _LOGGED_EVERY:
                    logged_at = time.monotonic()
                    logger.error("%s The bot starts when it can be used.", error)  # noqa: TRY400
                await _until(stop, asyncio.sleep(_REOPENED_EVERY))
            else:
                break
    if stop.is_set():
        raise SystemExit(0)


async def serve(  # noqa: PLR0913 - its composition, and hooks for tests
    slack: SlackConnection,
    build: Callable[[Identity], DispatcherT],
    env: Environment,
    *,
    stop: asyncio.Event | None = None,
    ready: Callable[[DispatcherT], None] | None = None,
    further: DispatcherT | None = None,
) -> None:
    """Answer until ``stop`` is set, or SIGTERM or SIGINT comes. ``build`` composes the app for the
    bot's identity in Slack. If the settings have no token, ``further`` is served: the app of the
    installations. ``ready`` is called once Slack can reach the bot.

    Raises:
        SlackMisconfigured: a wrong token or secret, or the port is taken.
        StateUnavailable: the inbox cannot be read.
    """
    stop = stop or asyncio.Event()
    server = HttpServer(
        slack, env.hooks, Health(env.checks), env.limits, metrics=env.metrics, pages=env.pages
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(signals(stop, env.reload))
        # Before anything waits for Slack: a bot that waits is alive.
        if slack.port is not None or not slack.socket_mode:
            await stack.enter_async_context(server.open())
        if further and not slack.bot_token:
            app = further
        else:
            client = web_client(slack.bot_token, slack.api_url)
            me = await _until(stop, sign_in(client, first_pause=env.first_pause))
            if me is None:
                return
            app = build(me)
        try:
            await _listen(app, slack, stop, env, server=server, ready=ready)
        finally:
            # For a load balancer before several bots: this one takes no events over HTTP any more.
            server.app, server.health.slack = None, no_slack
            await app.stop(env.grace)


async def _listen(  # noqa: PLR0913 - the parameters of `serve`, and what it made of them
    app: DispatcherT,
    slack: SlackConnection,
    stop: asyncio.Event,
    env: Environment,
    *,
    server: HttpServer,
    ready: Callable[[DispatcherT], None] | None,
) -> None:
    """Start the app, and give it Slack's payloads by socket or by ``server`` until ``stop``."""
    async with AsyncExitStack() as stack:
        await app.start()
        if slack.socket_mode:
            socket = await _until(stop, _connect(app, slack, env))
            if socket is None:
                return
            stack.push_async_callback(socket.close)
            server.health.slack = partial(_socket_problem, socket)
        else:
            server.app = app
            server.health.slack = no_problem
        chores = [asyncio.create_task(chore) for chore in app.chores()]
        stack.push_async_callback(cancel_and_wait, chores)
        logger.info("Listening to Slack over %s", "a socket" if slack.socket_mode else "HTTP")
        if ready:
            ready(app)
        await stop.wait()
        env.stopping()
        logger.info("Stopping; answers in flight have %.0f s", env.grace)


async def sign_in(client: AsyncWebClient, *, first_pause: float = 1.0) -> Identity:
    """Return the bot's identity. Waits while Slack is unavailable, and logs it.

    Raises:
        SlackMisconfigured: Slack does not accept the token.
    """
    identity = await _patiently(client.auth_test, client.base_url, "SLACK_BOT_TOKEN", first_pause)
    logger.info("Signed in to %s as %s", identity.get("team"), identity.get("user"))
    return Identity(
        team=identity["team_id"],
        user=identity["user_id"],
        bot=identity["bot_id"],
        name=identity.get("user") or "footnote",
    )


async def _socket_problem(socket: SocketModeClient) -> str:
    """Return the problem of the connection for a health check; empty if there is none."""
    return "" if await socket.is_connected() else "not connected"


async def _connect(app: Dispatcher, slack: SlackConnection, env: Environment) -> SocketModeClient:
    """Return a socket connected to Slack, which gives the app its payloads. Its address is
    requested here: the SDK's client would retry a wrong token, or an expired address, for ever."""
    client = web_client("", slack.api_url)
    while True:
        opened = await _patiently(
            lambda: client.apps_connections_open(app_token=slack.app_token),
            client.base_url,
            "SLACK_APP_TOKEN",
            env.first_pause,
        )
        # With the SDK's own logger: at DEBUG it logs whole events, which `config.logs` drops.
        socket = SocketModeClient(slack.app_token, web_client=client, ping_interval=env.ping_every)
        # As Bolt's own handler does for an app of one workspace.
        socket.socket_mode_request_listeners.append(partial(_handle, app))
        socket.wss_uri = opened["url"]
        try:
            async with asyncio.timeout(_CONNECTING):
                await socket.connect()  # type: ignore[no-untyped-call]
        except TimeoutError:
            logger.warning("Slack's socket does not open; trying again")
            await socket.close()  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            await socket.close()  # type: ignore[no-untyped-call]
            raise
        else:
            return socket


async def _handle(app: Dispatcher, socket: SocketModeClient, request: SocketModeRequest) -> None:
    """Give the app a payload, and acknowledge it unless the app cannot take it now."""
    began = time.time()
    payload = AsyncBoltRequest(
        mode="socket_mode", body=request.payload, headers=build_headers(request)
    )
    response = await app.async_dispatch(payload)
    if response.status != NOT_NOW:  # Bolt would log each delivery
        await send_async_response(socket, request, response, began)


async def _patiently(
    request: Callable[[], Awaitable[Any]], address: str, token_name: str, first_pause: float
) -> dict[str, Any]:
    """Return Slack's answer to ``request``, sent again while Slack is unavailable; a refusal raises
    SlackMisconfigured, which names the setting ``token_name`` and Slack's ``address``."""
    pauses = growing_pauses(first_pause, _LONGEST_PAUSE)
    while True:
        try:
            return await call(request())
        except ChatRefused as error:
            raise SlackMisconfigured(
                f"Slack at {address} refuses {token_name} ({error.code}). Copy it again from the "
                "app's page at api.slack.com/apps; README.md says where to find it.",
                error.code,
            ) from error
        except ChatUnavailable as error:
            pause = next(pauses)
            logger.warning("%s at %s; trying again in %.0f s", error, address, pause)
        await asyncio.sleep(pause)


async def _until(stop: asyncio.Event, work: Awaitable[Any]) -> Any:
    """Return the result of ``work``, or None if ``stop`` comes first."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        stopping.cancel()
        if not working.done():
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
