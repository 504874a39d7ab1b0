"""The endpoint ``/metrics``, and who may read it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import HttpVersion11, web

PATH = "/metrics"
_BEARER = "Bearer "
_REFUSED = (
    "Metrics are for this machine alone, or for those who send FOOTNOTE_METRICS_TOKEN as a bearer "
    "token: set it, and let Prometheus send it.\n"
)
_FORWARDED = (
    "Metrics are for this machine alone, and this request may have been forwarded from another: "
    "ask localhost directly, or set FOOTNOTE_METRICS_TOKEN.\n"
)
_PORT = re.compile(r":[0-9]{0,5}\Z")
_OF_PROXIES = ("FORWARDED", "VIA", "X-FORWARDED", "X-REAL-IP")
"""How the names of the headers begin that reverse proxies add."""


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """The page. ``read`` returns it and its content type in the format that an ``Accept`` header
    asks for, and takes whether Slack reaches the bot. Clients that send the ``token`` may read it.
    Without a token, every client on this machine may if the server listens on it alone, and nobody
    otherwise: what a reverse proxy on this machine passes on may come from anywhere."""

    read: Callable[[str, bool], Awaitable[tuple[bytes, str]]]
    token: str = field(default="", repr=False)

    def on(
        self, host: str, problem: Callable[[], Awaitable[str]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the handler for a server that listens on ``host``. ``problem`` returns why Slack
        does not reach the bot; empty if it does."""
        is_open = not self.token and _is_loopback(host)

        async def handle(request: web.Request) -> web.StreamResponse:
            if is_open and not _is_from_here(request):
                raise web.HTTPForbidden(text=_FORWARDED)
            if not (is_open or self._has_token(request.headers.get("Authorization", ""))):
                raise web.HTTPUnauthorized(text=_REFUSED, headers={"WWW-Authenticate": "Bearer"})
            accept = request.headers.get("Accept", "")
            page, content_type = await self.read(accept, not await problem())
            return web.Response(body=page, headers={"Content-Type": content_type})

        return handle

    def _has_token(self, authorization: str) -> bool:
        # A header may hold any bytes, also those that are no text.
        token = authorization.removeprefix(_BEARER).encode(errors="surrogateescape")
        is_right = hmac.compare_digest(token, self.token.encode())
        return bool(self.token) and authorization.startswith(_BEARER) and is_right


def _is_from_here(request: web.Request) -> bool:
    """Return whether no reverse proxy passed the request on, as far as it shows. nginx adds no
    header and names this machine as the host, unless told otherwise, but speaks HTTP/1.0, except in
    its newest versions."""
    host = _PORT.sub("", request.headers.get("Host", "")).strip("[]").lower()
    return (
        request.version >= HttpVersion11
        and _is_loopback(host)
        and not any(name.upper().startswith(_OF_PROXIES) for name in request.headers)
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
