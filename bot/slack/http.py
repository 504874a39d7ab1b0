"""What the bot answers over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.errors import SlackMisconfigured
from bot.slack.settings import SlackSettings

EVENTS = "/slack/events"
HEALTH = "/healthz"

Hook = Callable[[bytes, Mapping[str, str]], int]
"""Takes what is posted, with its headers, and gives the status to answer with."""


@asynccontextmanager
async def listening(
    bolt: AsyncApp, settings: SlackSettings, hooks: Mapping[str, Hook]
) -> AsyncIterator[None]:
    """Slack's events, unless they come by socket; whether we are alive; and ``hooks``, by
    path.

    Raises:
        SlackMisconfigured: there is no signing secret, or the port is taken.
    """

    async def events(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    async def health(_: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    application = web.Application()
    application.router.add_get(HEALTH, health)
    for path, hook in hooks.items():
        application.router.add_post(path, _posted_to(hook))
    if not settings.socket_mode:
        if not settings.signing_secret:
            raise SlackMisconfigured(
                "Without SLACK_APP_TOKEN (Socket Mode), SLACK_SIGNING_SECRET must be set: it "
                "proves that events are Slack's."
            )
        application.router.add_post(EVENTS, events)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            raise SlackMisconfigured(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
                "Set another port."
            ) from error
        yield
    finally:
        await runner.cleanup()


def _posted_to(hook: Hook) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def posted(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        return web.Response(status=await asyncio.to_thread(hook, body, request.headers))

    return posted
