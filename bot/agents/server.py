"""The server of agents: MCP at ``/mcp``, the same as HTTP and JSON at ``/api/v1``. It runs in a
thread of its own: what agents send is parsed where Slack waits for nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from mcp.server.auth.middleware.bearer_auth import (
    BearerAuthBackend,
    RequireAuthMiddleware,
)
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.routes import build_resource_metadata_url
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import (
    TransportSecurityMiddleware,
    TransportSecuritySettings,
)
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.authentication import AuthenticationError
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.errors import AWAY, AgentsMisconfigured, CallRefused
from footnote_bot.bot.agents.model import AgentEndpoint, Caller
from footnote_bot.bot.agents.protocol import Context, server_of
from footnote_bot.bot.agents.schemas import openapi
from footnote_bot.bot.version import own_version

logger = logging.getLogger(__name__)

MCP, API = "/mcp", "/api/v1"
_BODY = 64 << 10
"""Bytes of a request: a question has 4,000 characters."""
_SECONDS = 10.0
"""That a request may take to come."""
_IDLE = 75
_CONNECTIONS = 256
_ENDING = 5
"""Seconds that a stop waits for calls in flight."""


class _Verifier:
    """Tells the SDK whose token a request carries."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            caller = await self._agents.caller(token)
        except AWAY as error:
            logger.warning("An agent has to try again: %s", error)
            raise AuthenticationError(texts.TRY_LATER) from None
        if caller is None:
            return None
        return _Token(token="", client_id=caller.agent, scopes=[], caller=caller)


class _Token(AccessToken):
    """A valid token."""

    caller: Caller


def application(agents: Agents, endpoint: AgentEndpoint) -> Starlette:
    """Return the server's routes."""

    async def call_tool(context: Context, name: str, arguments: object) -> dict[str, Any]:
        assert context.request is not None  # noqa: S101 - HTTP has one
        return await agents.call(_caller(context.request), name, arguments)

    hosts = _hosts(endpoint)
    security = TransportSecurityMiddleware(hosts)
    sessions = StreamableHTTPSessionManager(
        server_of(call_tool), json_response=True, stateless=True, security_settings=hosts
    )

    async def call_over_http(request: Request) -> Response:
        if refusal := await security.validate_request(request):
            return refusal
        try:
            # A body of this size takes less than a millisecond, in a loop that is ours alone.
            arguments = json.loads(await request.body())
        except (ValueError, RecursionError):
            return _failure(texts.NOT_AN_OBJECT, 400)
        try:
            tool = request.path_params["tool"]
            return JSONResponse(await agents.call(_caller(request), tool, arguments))
        except CallRefused as error:
            return _failure(str(error), error.status)

    async def openapi_document(_: Request) -> Response:
        return JSONResponse(openapi(own_version()))

    own_url = endpoint.url.rstrip("/") or f"http://{_in_brackets(endpoint.host)}:{endpoint.port}"
    resource = AnyHttpUrl(f"{own_url}{MCP}")
    metadata = build_resource_metadata_url(resource) if endpoint.issuer else None
    with_token = partial(RequireAuthMiddleware, required_scopes=[], resource_metadata_url=metadata)
    routes = [
        # A stream of GET would never end: there is nothing to tell without a question.
        Route(MCP, with_token(StreamableHTTPASGIApp(sessions)), methods=["POST"]),
        Route(f"{API}/openapi.json", openapi_document, methods=["GET"]),
        Route(f"{API}/{{tool}}", with_token(request_response(call_over_http)), methods=["POST"]),
    ]
    if endpoint.issuer:
        # Not the SDK's: it adds a slash to an issuer without a path, which no client takes.
        described_by = {"resource": str(resource), "authorization_servers": [endpoint.issuer]}
        routes.append(Route(urlsplit(str(metadata)).path, lambda _: JSONResponse(described_by)))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(_WholeRequests),
            Middleware(
                AuthenticationMiddleware,
                backend=BearerAuthBackend(_Verifier(agents)),
                on_error=lambda _, error: _failure(str(error), 503),
            ),
        ],
        lifespan=lambda _: sessions.run(),
    )
    app.router.redirect_slashes = False  # it would redirect to whatever host a request names
    return app


@contextmanager
def serve(agents: Agents, endpoint: AgentEndpoint) -> Iterator[None]:
    """Serve agents until the context ends.

    Raises:
        AgentsMisconfigured: the port is taken.
    """
    try:
        family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
        listening = socket.create_server((endpoint.host, endpoint.port), family=family, backlog=128)
        # asyncio sets it for sockets of its own alone; without it each response takes 40 ms longer.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise AgentsMisconfigured(
            f"Cannot listen on {endpoint.host}:{endpoint.port}: {error.strerror}. Set another "
            "`[agents] host` or `port`."
        ) from error
    server = uvicorn.Server(
        uvicorn.Config(
            application(agents, endpoint),
            http=_Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_ENDING,
        )
    )
    run = partial(server.run, sockets=[listening])
    thread = threading.Thread(target=run, name="agents", daemon=True)
    thread.start()
    logger.info("Agents are served on %s:%s", endpoint.host, listening.getsockname()[1])
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(2 * _ENDING)


def _in_brackets(host: str) -> str:
    """Return the host as a URL has it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def _hosts(endpoint: AgentEndpoint) -> TransportSecuritySettings:
    """Return the allowed hosts and origins of requests. This is against DNS rebinding: a page in
    somebody's browser that reaches loopback under a name of its own."""
    public = urlsplit(endpoint.url).netloc
    local = ["127.0.0.1:*", "localhost:*", "[::1]:*"]
    hosts = [*local, f"{_in_brackets(endpoint.host)}:*", *([public] if public else [])]
    origins = [*(f"http://{each}" for each in local), *([f"https://{public}"] if public else [])]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


def _caller(request: Request) -> Caller:
    token = request.user.access_token
    assert isinstance(token, _Token)  # noqa: S101 - the routes require one
    return token.caller


def _failure(words: str, status: int) -> JSONResponse:
    """Return an error response; with 429 and 503 it asks the agent to try again in 10 s."""
    again = {"Retry-After": "10"} if status in (429, 503) else None
    return JSONResponse({"error": words}, status, headers=again)


class _WholeRequests:
    """Takes requests that come whole and are not too large, and lets none end in an error when the
    server stops."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, is_whole = b"", False
        while not is_whole:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has left
            body += message.get("body", b"")
            is_whole = not message.get("more_body", False)
            if len(body) > _BODY:
                await _failure(texts.TOO_LARGE, 413)(scope, receive, send)
                return
        messages = [{"type": "http.request", "body": body}]

        async def again() -> Message:
            """Return the request that was read, and then what the client sends after it."""
            return messages.pop() if messages else await receive()

        try:
            await self._app(scope, again, send)
        except asyncio.CancelledError:
            await _failure(texts.TRY_LATER, 503)(scope, receive, send)


class _Protocol(H11Protocol):
    """Closes connections whose request takes too long to come, which uvicorn lacks."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        # The next request on this connection begins.
        if self._timer is None and (self.cycle is None or self.cycle.response_complete):
            self._start_timer()
        super().data_received(data)
        if self.cycle and not (self.cycle.response_complete or self.cycle.more_body):
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        """Close the connection in ten seconds, unless the timer is stopped before."""
        self._timer = self.loop.call_later(_SECONDS, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
