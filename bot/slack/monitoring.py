"""The endpoint ``/metrics``, and who may read it."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import web

PATH = "/metrics"
_BEARER = "Bearer "
_REFUSED = (
    "Metrics are for this machine alone, or for those who send FOOTNOTE_METRICS_TOKEN as a bearer "
    "token: set it, and let Prometheus send it.\n"
)


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """The page. ``read`` returns it and its content type in the format that an ``Accept`` header
    asks for, and takes whether Slack reaches the bot. Clients that send the ``token`` may read it.
    Without a token, every client may if the server listens on this machine alone, and nobody
    otherwise."""

    read: Callable[[str, bool], Awaitable[tuple[bytes, str]]]
    token: str = field(default="", repr=False)

    def on(
        self, host: str, problem: Callable[[], Awaitable[str]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the handler for a server that listens on ``host``. ``problem`` returns why Slack
        does not reach the bot; empty if it does."""
        is_open = not self.token and _is_loopback(host)

        async def handle(request: web.Request) -> web.StreamResponse:
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


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
