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
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from mcp.server.auth.middleware.bearer_auth import (
    AuthenticatedUser,
    BearerAuthBackend,
    RequireAuthMiddleware,
)
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.routes import build_resource_metadata_url, create_protected_resource_routes
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import (
    RequestBodyLimitMiddleware,
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
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.errors import AgentsMisconfigured, CallRefused
from footnote_bot.bot.agents.model import Caller, Place
from footnote_bot.bot.agents.protocol import Context, server_of
from footnote_bot.bot.agents.schemas import openapi
from footnote_bot.bot.errors import ChatUnavailable, StateUnavailable
from footnote_bot.bot.version import own_version

logger = logging.getLogger(__name__)

MCP, API = "/mcp", "/api/v1"
_BODY = 64 << 10
"""Bytes of a request: a question has 4,000 characters."""
_SECONDS = 10.0
"""That a request may take to come: its head, and then its body."""
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
        except (ChatUnavailable, StateUnavailable) as error:
            logger.warning("An agent has to try again: %s", error)
            raise AuthenticationError(texts.TRY_LATER) from None
        if caller is None:
            return None
        claims = {"team": caller.team, "person": caller.person, "agent": caller.agent}
        return AccessToken(token="", client_id=caller.agent, scopes=[], claims=claims)


def application(agents: Agents, place: Place) -> Starlette:
    """Return the server's routes."""

    async def called(context: Context, name: str, arguments: object) -> dict[str, Any]:
        assert context.request is not None  # noqa: S101 - HTTP has one
        return await agents.call(_caller(context.request), name, arguments)

    sessions = StreamableHTTPSessionManager(server_of(called), json_response=True, stateless=True)

    async def one_call(request: Request) -> Response:
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

    async def described(_: Request) -> Response:
        return JSONResponse(openapi(own_version()))

    own = place.url.rstrip("/") or f"http://{place.host}:{place.port}"
    resource = AnyHttpUrl(f"{own}{MCP}")
    metadata = build_resource_metadata_url(resource) if place.issuer else None
    for_people = partial(RequireAuthMiddleware, required_scopes=[], resource_metadata_url=metadata)
    routes = [
        Route(MCP, for_people(_Served(sessions))),
        Route(f"{API}/openapi.json", described, methods=["GET"]),
        Route(f"{API}/{{tool}}", for_people(_Posted(one_call))),
    ]
    if place.issuer:
        routes += create_protected_resource_routes(resource, [AnyHttpUrl(place.issuer)])
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(_Checked, hosts=_hosts(place)),
            Middleware(_Timely),
            Middleware(RequestBodyLimitMiddleware, max_body_size=_BODY),
            Middleware(
                AuthenticationMiddleware,
                backend=BearerAuthBackend(_Verifier(agents)),
                on_error=lambda _, error: _failure(str(error), 503),
            ),
        ],
        lifespan=lambda _: sessions.run(),
    )


@contextmanager
def serve(agents: Agents, place: Place) -> Iterator[None]:
    """Serve agents while it is held.

    Raises:
        AgentsMisconfigured: the port is taken.
    """
    try:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        listening = socket.create_server((place.host, place.port), family=family, backlog=128)
    except OSError as error:
        raise AgentsMisconfigured(
            f"Cannot listen on {place.host}:{place.port}: {error.strerror}. Set another `[agents] "
            "host` or `port`."
        ) from error
    server = uvicorn.Server(
        uvicorn.Config(
            application(agents, place),
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
    logger.info("Agents are served on %s:%s", place.host, listening.getsockname()[1])
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(2 * _ENDING)


def _hosts(place: Place) -> TransportSecuritySettings:
    """Return whom requests may name as their host, and which pages may send them: against a page in
    somebody's browser that reaches loopback under a name of its own (DNS rebinding)."""
    public = urlsplit(place.url).netloc
    local = ["127.0.0.1:*", "localhost:*", "[::1]:*"]
    hosts = [*local, f"{place.host}:*", *([public] if public else [])]
    origins = [*(f"http://{each}" for each in local), *([f"https://{public}"] if public else [])]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


def _caller(request: Request) -> Caller:
    user = request.user
    assert isinstance(user, AuthenticatedUser)  # noqa: S101 - the routes require one
    claims = user.access_token.claims or {}
    return Caller(claims["team"], claims["person"], claims["agent"])


def _failure(words: str, status: int) -> JSONResponse:
    again = {"Retry-After": "10"} if status in (429, 503) else None
    return JSONResponse({"error": words}, status, headers=again)


@dataclass(frozen=True, slots=True)
class _Served:
    """MCP's sessions as an application."""

    sessions: StreamableHTTPSessionManager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.sessions.handle_request(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Posted:
    """A handler of POST as an application."""

    handle: Any

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = (
            await self.handle(request)
            if request.method == "POST"
            else Response(status_code=405, headers={"Allow": "POST"})
        )
        await response(scope, receive, send)


class _Checked:
    """Refuses requests under a foreign name."""

    def __init__(self, app: ASGIApp, hosts: TransportSecuritySettings) -> None:
        self._app = app
        self._security = TransportSecurityMiddleware(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refusal = await self._security.validate_request(Request(scope))
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Timely:
    """Closes requests whose body does not come in time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        until: float | None = asyncio.get_running_loop().time() + _SECONDS

        async def timely() -> Message:
            nonlocal until
            async with asyncio.timeout_at(until):
                message = await receive()
            if not message.get("more_body", False):
                until = None  # what comes now is that the client has left
            return message

        try:
            await self._app(scope, timely, send)
        except TimeoutError:
            if until is None:
                raise
            await _failure("", 408)(scope, receive, send)


class _Protocol(H11Protocol):
    """Closes connections that take too long to send the head of a request, which uvicorn lacks."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._waiting is None and self._is_idle:
            self._wait()
        super().data_received(data)
        if self._waiting is not None and not self._is_idle:
            self._waiting.cancel()
            self._waiting = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        super().connection_lost(exc)

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(_SECONDS, self.transport.abort)
