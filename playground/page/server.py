"""The page's server: static files and one WebSocket, behind a token in the address."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from footnote_bot.playground.page.acting import Acting
from footnote_bot.playground.page.furnishing import Role
from footnote_bot.playground.page.ports import PageParts
from footnote_bot.playground.page.window import Window
from footnote_bot.playground.serving import LocalServer, in_url
from footnote_bot.playground.slack.workspace import LocalSlack

STATIC = Path(__file__).parent / "static"
_LARGEST = 4 << 20
"""Bytes of one message of a page, which may hold a whole wiki page that somebody edited."""
_HEARTBEAT = 20.0

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The headers of every response: the page loads its own files and nothing else, and its address,
which holds the token, is sent nowhere."""


class PageServer:
    """A server of the page. It is for the person at this machine: everybody who knows its address
    can act as anybody in the workspace."""

    def __init__(
        self,
        slack: LocalSlack,
        roles: Sequence[Role],
        *,
        parts: PageParts | None = None,
        token: str = "",
    ) -> None:
        self.token = token or secrets.token_urlsafe(18)
        self._slack = slack
        self._roles = tuple(roles)
        self._parts = parts or PageParts()
        self._acting = Acting(slack, self._parts)
        self._server = LocalServer()
        self._open: set[web.WebSocketResponse] = set()

    async def start(self, address: str, port: int) -> str:
        """Listen, and return the page's address.

        Raises:
            OSError: the port is taken, or this machine has no such address.
        """
        url = await self._server.start(self.application(), port, address)
        return f"http://{_shown(address)}:{url.rpartition(':')[2]}/{self.token}/"

    async def stop(self) -> None:
        for socket in list(self._open):
            await socket.close()
        await self._server.stop()

    def application(self) -> web.Application:
        application = web.Application()
        application.on_response_prepare.append(_with_headers)
        below = f"/{self.token}"
        application.add_routes(
            [
                web.get(f"{below}/", self._index),
                web.get(f"{below}/socket", self._socket),
                web.static(f"{below}/static", STATIC),
            ]
        )
        return application

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_LARGEST)
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden(text="not from the page of this server")
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await Window(self._slack, self._acting, self._parts, self._roles, socket).run()
        finally:
            self._open.discard(socket)
        return socket


async def _with_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


def _shown(address: str) -> str:
    """Return the host to put into an address for a browser on this machine."""
    if address in ("127.0.0.1", "0.0.0.0", "::1", "::"):  # noqa: S104 - compared alone
        return "localhost"
    return in_url(address)
