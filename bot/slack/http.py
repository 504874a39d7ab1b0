"""The bot's HTTP endpoints: Slack's events, the health checks, and hooks.

Everybody who reaches the port may send anything. So nothing is read before its signature is
checked, everything has a limit (`bot.slack.http_limits`), and malformed requests are refused.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import KW_ONLY, dataclass, field

from aiohttp import web
from aiohttp.http import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest

from footnote_bot.bot.errors import SlackMisconfigured
from footnote_bot.bot.slack.api.slack_api import SlackConnection
from footnote_bot.bot.slack.health import OK, Check, Health, no_problem
from footnote_bot.bot.slack.http_limits import (
    Connection,
    Connections,
    HttpLimits,
    connection_of,
    keep_time,
)
from footnote_bot.bot.slack.monitoring import PATH as METRICS
from footnote_bot.bot.slack.monitoring import MetricsPage
from footnote_bot.bot.slack.running import Dispatcher
from footnote_bot.bot.slack.signing import SIGNATURE, TIMESTAMP, Signatures

logger = logging.getLogger(__name__)

EVENTS = "/slack/events"
HEALTH = "/healthz"
LIVE = "/livez"
"""The same, by the name that Kubernetes gives it."""
READY = "/readyz"

Hook = Callable[[bytes, Mapping[str, str]], int]
"""A handler that takes a posted body with its headers and returns the HTTP status."""
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""A page for people's browsers."""

_FOR_BOLT = (SIGNATURE, TIMESTAMP, "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
"""Bolt also obeys headers of its own (X-Slack-Bolt-Lazy-Only), which are not signed."""
_LINGERING_SECONDS = 2.0
"""Seconds in which a refused body is still read, so that its sender gets the refusal."""
_AT_ONCE = 16 << 10
"""Bytes of one connection that are read at once, about: many small pieces take long to parse, and
block the event loop."""
_SHUTDOWN_SECONDS = 5.0
"""Seconds that requests in progress have when the server ends."""
_UNTIL_KNOWN = 5
"""Turns of the loop: an accepted connection takes three until its server knows of it."""
_LOG_EVERY = 60.0
"""Seconds between two log lines about wrong signatures."""
_NO_EVENTS = "none"
"""The token of a socket that nobody opens, so that the port takes no events of Slack."""


class RefusalLog:
    """Refusals of requests without a right signature. Few are logged: anybody can send them."""

    def __init__(self) -> None:
        self._unlogged = 0
        self._logged_at: float | None = None

    def refusal(self, request: web.Request) -> web.HTTPUnauthorized:
        """Return the refusal to raise; log it, unless one was logged a minute ago."""
        self._unlogged += 1
        now = time.monotonic()
        if self._logged_at is None or now - self._logged_at >= _LOG_EVERY:
            logger.warning(
                "Refused without a right signature: %d request(s), the last to %s. Is the secret "
                "the one that its sender has, and the clock right?",
                self._unlogged,
                request.path,
            )
            self._unlogged, self._logged_at = 0, now
        return web.HTTPUnauthorized()


@dataclass(slots=True)
class HttpServer:
    """The HTTP server. ``app`` handles Slack's events, once there is one."""

    slack: SlackConnection
    hooks: Mapping[str, Hook]
    health: Health
    limits: HttpLimits
    _: KW_ONLY
    metrics: MetricsPage | None = None
    pages: Mapping[str, Page] = field(default_factory=dict)
    app: Dispatcher | None = field(init=False, default=None)
    _refusals: RefusalLog = field(init=False, default_factory=RefusalLog)
    _signatures: Signatures | None = field(init=False, default=None)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen for Slack's events (unless they come by socket), for health checks, and for the
        hooks, by path.

        Raises:
            SlackMisconfigured: there is no signing secret, or the port is taken.
        """
        host, port = self.slack.host, self.slack.port
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            logger=_server_logger(),
            # Signatures cover the bytes that were sent, and small bytes can unpack to large ones.
            auto_decompress=False,
            keepalive_timeout=2 * self.limits.idle_seconds,
            lingering_time=_LINGERING_SECONDS,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await runner.setup()
        try:
            connections = Connections(self.limits)
            try:
                server = await asyncio.get_running_loop().create_server(
                    lambda: Connection(_aiohttp_protocol(runner), connections), host, port
                )
            except OSError as error:
                raise SlackMisconfigured(
                    f"Cannot listen on {host}:{port}: {error.strerror}. Set another "
                    "`[slack] host` or `port`."
                ) from error
            for listening in server.sockets:
                # The connections that the socket accepts inherit this.
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _AT_ONCE)
            try:
                yield
            finally:
                await _stop_accepting(server)
                server.close()
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        """Return the web application with its routes."""
        application = web.Application(
            middlewares=[keep_time], client_max_size=self.limits.body_bytes
        )
        application.router.add_get(HEALTH, self._is_alive)
        application.router.add_get(LIVE, self._is_alive)
        application.router.add_get(READY, self._is_ready)
        if self.metrics:
            metrics = self.metrics.on(self.slack.host, self._slack_problem)
            application.router.add_get(METRICS, metrics)
        for path, page in self.pages.items():
            application.router.add_get(path, page, allow_head=False)
        for path, hook in self.hooks.items():
            application.router.add_post(path, self._posted_to(hook))
        if not self.slack.socket_mode:
            if not self.slack.signing_secret:
                raise SlackMisconfigured(
                    "Without SLACK_APP_TOKEN (Socket Mode), SLACK_SIGNING_SECRET must be set: it "
                    "proves that events are Slack's."
                )
            self._signatures = Signatures(self.slack.signing_secret)
            application.router.add_post(EVENTS, self._event)
        return application

    async def _slack_problem(self) -> str:
        """Return why Slack does not reach the bot; empty if it does. The check may be replaced."""
        return await self.health.slack()

    async def _is_alive(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    async def _is_ready(self, _: web.Request) -> web.StreamResponse:
        checks = await self.health.look()
        is_ready = all(result == OK for result in checks.values())
        return web.json_response(
            {"status": "ready" if is_ready else "not ready", "checks": checks},
            status=200 if is_ready else 503,
        )

    async def _event(self, request: web.Request) -> web.StreamResponse:
        """Take an event from Slack, if its signature is valid."""
        signatures = self._signatures
        assert signatures is not None  # noqa: S101 - the route exists only with them
        if not signatures.may_be_valid(request.headers):
            raise self._refusals.refusal(request)
        body = await self._body(request)
        if not signatures.is_valid(request.headers, body):
            raise self._refusals.refusal(request)
        _mark_as_valid(request)
        headers = {name: request.headers[name] for name in _FOR_BOLT if name in request.headers}
        try:
            bolt_request = AsyncBoltRequest(
                body=body.decode(), headers={**headers, "Content-Type": request.content_type}
            )
        except ValueError:  # neither JSON nor a form
            raise web.HTTPBadRequest from None
        if self.app is None:
            raise web.HTTPServiceUnavailable
        return await to_aiohttp_response(await self.app.async_dispatch(bolt_request))

    def _posted_to(self, hook: Hook) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the handler that calls the hook in a thread and responds with its status."""

        async def posted(request: web.Request) -> web.StreamResponse:
            body = await self._body(request)
            status = await asyncio.to_thread(hook, body, request.headers)
            if status == web.HTTPUnauthorized.status_code:
                raise self._refusals.refusal(request)
            return web.Response(status=status)

        return posted

    async def _body(self, request: web.Request) -> bytes:
        """Return the body of a request.

        Raises:
            HTTPException: it is too large, too slow or broken.
        """
        limits = self.limits
        if (request.content_length or 0) > limits.body_bytes:
            raise web.HTTPRequestEntityTooLarge(limits.body_bytes, request.content_length or 0)
        try:
            async with asyncio.timeout(limits.body_seconds):
                return await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except web.RequestPayloadError:
            raise web.HTTPBadRequest from None


def _mark_as_valid(request: web.Request) -> None:
    """Let the request's connection stay open while room for others is made."""
    if connection := connection_of(request):
        connection.prove()


def _aiohttp_protocol(runner: web.AppRunner) -> asyncio.Protocol:
    assert runner.server is not None  # noqa: S101 - it was set up
    return runner.server()


async def _stop_accepting(server: asyncio.Server) -> None:
    """Stop accepting connections. One accepted just before its server closes would stay open in
    Python 3.11 (https://github.com/python/cpython/issues/109564)."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening)
    for _ in range(_UNTIL_KNOWN):
        await asyncio.sleep(0)


def _server_logger() -> logging.Logger:
    """Return aiohttp's logger without tracebacks of malformed requests, which anybody can send."""
    server_logger = logging.getLogger(f"{__name__}.server")
    server_logger.addFilter(_is_no_malformed_request)
    return server_logger


def _is_no_malformed_request(record: logging.LogRecord) -> bool:
    """Return False for the log record of a malformed request, which is then dropped."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


@contextmanager
def listening(
    host: str, port: int, metrics: MetricsPage, checks: Mapping[str, Check]
) -> Iterator[None]:
    """Serve the metrics and the health checks in a thread of its own, for a process without Slack.

    Raises:
        SlackMisconfigured: the port is taken.
    """
    connection = SlackConnection(bot_token="", app_token=_NO_EVENTS, host=host, port=port)
    health = Health(checks)
    health.slack = no_problem
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="metrics", daemon=True)
    thread.start()
    server = HttpServer(connection, {}, health, HttpLimits(), metrics=metrics)
    opened = AsyncExitStack()
    try:
        entering = opened.enter_async_context(server.open())
        asyncio.run_coroutine_threadsafe(entering, loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(opened.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
