"""The whole workspace with its server: `LocalSlack`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from footnote_bot.playground.serving import LocalServer
from footnote_bot.playground.slack.clicking import Clicking
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.faults import Fault, Hold
from footnote_bot.playground.slack.http_delivery import HttpTransport
from footnote_bot.playground.slack.manifest import Manifest
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.pings import Live, live_pings
from footnote_bot.playground.slack.rate_limits import RateLimits
from footnote_bot.playground.slack.socket_mode import SocketHub
from footnote_bot.playground.slack.talking import Talking
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import Watching
from footnote_bot.playground.slack.web_api.server import Call, WebApi


class LocalSlack(Talking, Clicking, Watching):
    """A Slack workspace on 127.0.0.1 with one app installed, the one of ``manifest``.

    Give the app ``api_url``, ``bot_token``, ``app_token`` and ``signing_secret``. It
    is reached over Socket Mode, or over HTTP once `deliver_to` has named its address.

    ``clock`` returns seconds since the epoch; ``missing_methods`` are Web API methods
    that this workspace does not have; ``rate_limits`` enforces Slack's.

    Raises:
        InvalidManifest: Slack would not create such an app.
    """

    def __init__(  # noqa: PLR0913 - what differs between workspaces
        self,
        manifest: Mapping[str, Any] | Path,
        *,
        clock: Callable[[], float] = time.time,
        timing: Timing | None = None,
        rate_limits: bool = False,
        missing_methods: Collection[str] = (),
        port: int = 0,
    ) -> None:
        super().__init__(Manifest.read(manifest), clock=clock, timing=timing or Timing())
        self.web_api = WebApi(
            self, limits=RateLimits(clock, enforced=rate_limits), missing=missing_methods
        )
        self.sockets = SocketHub(self.app_id, self.tickets, self.changes, timeout=self.timing.ack)
        self.deliverer.transport = self.sockets
        self._http: HttpTransport | None = None
        self._port = port
        self._server = LocalServer()

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.add_routes(self.routes())
        self.url = await self._server.start(application, self._port)
        return self

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self.web_api.serve),
            web.get("/socket/{ticket}", self.sockets.serve),
            web.post("/respond/{key}", partial(serve_response_url, self)),
            web.post("/upload/{file}", self._serve_upload),
        ]

    async def __aexit__(self, *_: object) -> None:
        await self.deliverer.close()
        await self.sockets.cut()
        if self._http is not None:
            await self._http.close()
        await self._server.stop()

    @property
    def api_url(self) -> str:
        """Return the base address for a Web API client."""
        return f"{self.url}/api/"

    async def deliver_to(self, request_url: str | None) -> None:
        """Send events to this address, signed; None goes back to Socket Mode."""
        if self._http is not None:
            await self._http.close()
            self._http = None
        if request_url is not None:
            self._http = HttpTransport(request_url, self.signing_secret, timeout=self.timing.ack)
        self.deliverer.transport = self._http or self.sockets

    # Calls of the app

    @property
    def calls(self) -> list[Call]:
        """Return every Web API call, oldest first."""
        return self.web_api.calls

    def calls_to(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def fail_next(  # noqa: PLR0913 - the ways to fail
        self,
        method: str,
        *,
        error: str = "",
        status: int = 0,
        retry_after: int = 0,
        drop: bool = False,
        delay: float = 0.0,
        done: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next ``times`` calls of ``method`` fail; see `Fault`."""
        fault = Fault(error, status, retry_after, drop, delay, done)
        self.web_api.faults.add(method, fault, times)

    def hold_next(self, method: str) -> Hold:
        """Let the next call of ``method`` wait until it is let go."""
        hold = Hold()
        self.web_api.faults.add(method, Fault(hold=hold), 1)
        return hold

    def live_pings(self, message: Message | Mapping[str, Any] | str) -> list[Live]:
        return live_pings(message)

    # What else the app can reach

    async def _serve_upload(self, request: web.Request) -> web.StreamResponse:
        file = self.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404, text="no such file")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            part = next(iter(form.values()))
            content = part.file.read() if isinstance(part, web.FileField) else part
        else:
            content = await request.read()
        file["content"] = content
        return web.Response(text=f"OK - {len(content)}")


async def serve_response_url(workspace: Clicking, request: web.Request) -> web.StreamResponse:
    """Take what the app posts to a response URL of the workspace."""
    try:
        content = json.loads(await request.text())
    except ValueError:
        return web.Response(status=400, text="invalid_payload")
    try:
        workspace.respond(request.match_info["key"], content)
    except Refusal as refusal:
        is_gone = refusal.error in ("used_url", "expired_url", "no_such_url")
        return web.Response(status=404 if is_gone else 400, text=refusal.error)
    return web.Response(text="ok")
