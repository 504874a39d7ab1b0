"""Limits on connections, which aiohttp lacks: how many, and how long each may take to send its
request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from aiohttp import hdrs, web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Limits in seconds, bytes and connections. Slack itself waits three seconds for an answer."""

    head_seconds: float = 10.0
    """From the first byte of a request (for the first one: from the start of the connection) to the
    end of its head."""
    body_seconds: float = 10.0
    idle_seconds: float = 75.0
    """Between two requests; longer than reverse proxies keep a connection, which is a minute."""
    connections: int = 256
    body_bytes: int = 1 << 20


class Connections:
    """The open connections, oldest first. If there is no more room, the oldest connection without a
    valid request is closed: a client that opens a thousand silent connections locks nobody out."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self._open: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Connection) -> bool:
        """Add a connection; return False if there is no room, not even by closing another."""
        if len(self._open) >= self.limits.connections:
            unproven = next((waiting for waiting in self._open if not waiting.is_proven), None)
            if unproven is None:
                return False
            unproven.abort()
        self._open[connection] = None
        return True

    def remove(self, connection: Connection) -> None:
        self._open.pop(connection, None)


class Connection(asyncio.Protocol):
    """A protocol in front of aiohttp's (``inner``) that closes the connection if it takes too long.
    ``is_proven``: the current request is valid."""

    def __init__(self, inner: asyncio.Protocol, connections: Connections) -> None:
        self._inner = inner
        self._connections = connections
        self._limits = connections.limits
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_idle = False
        self._is_refused = False
        self.is_proven = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._connections.add(self):
            self._is_refused = True
            self._transport.abort()
            return
        self._start_timer(self._limits.head_seconds)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._is_idle:  # the next request begins
            self._is_idle = False
            self._start_timer(self._limits.head_seconds)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_refused:  # aiohttp never got it
            return
        self._stop_timer()
        self._connections.remove(self)
        self._inner.connection_lost(exc)

    def begin(self) -> None:
        """Record that a request's head has come: from here on its handler keeps the time."""
        self._is_idle = False
        self._stop_timer()

    def prove(self) -> None:
        """Record that the current request is valid."""
        self.is_proven = True

    def end(self) -> None:
        """Record that the request is answered, and wait for the next."""
        self._is_idle, self.is_proven = True, False
        if self._transport is not None and not self._transport.is_closing():
            self._start_timer(self._limits.idle_seconds)

    def abort(self) -> None:
        self._connections.remove(self)
        if self._transport is not None:
            self._transport.abort()

    def _start_timer(self, seconds: float) -> None:
        """Abort the connection in ``seconds``, unless the timer is stopped before."""
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def connection_of(request: web.Request) -> Connection | None:
    """Return the request's connection; None if it was closed meanwhile."""
    protocol = request.transport.get_protocol() if request.transport else None
    return protocol if isinstance(protocol, Connection) else None


@web.middleware
async def keep_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Handle a request, and tell its connection when the request begins and ends."""
    connection = connection_of(request)
    if connection is None:
        return await handler(request)
    connection.begin()
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        _close_if_upgraded(request, refusal)
        raise
    else:
        _close_if_upgraded(request, response)
        return response
    finally:
        connection.end()


def _close_if_upgraded(request: web.Request, response: web.StreamResponse) -> None:
    """Close the connection if it asked for another protocol, which the bot does not speak. aiohttp
    would buffer everything after the request without a limit, and copy the buffer with each
    piece."""
    if hdrs.UPGRADE in request.headers or request.method == hdrs.METH_CONNECT:
        response.force_close()
