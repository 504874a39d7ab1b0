"""The made-up Confluence on a local port."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Self
from urllib.parse import unquote

from aiohttp import web

from footnote_bot.playground.confluence import cloud_v1, cloud_v2, data_center
from footnote_bot.playground.confluence.calls import Call, Json, Refusal
from footnote_bot.playground.confluence.faults import Fault, Faults
from footnote_bot.playground.confluence.media import MediaHost
from footnote_bot.playground.confluence.model import User
from footnote_bot.playground.confluence.routes import Answer, Download, Redirect, Route
from footnote_bot.playground.confluence.tokens import Token, Tokens
from footnote_bot.playground.confluence.webhooks import Webhooks
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.serving import LocalServer

CLOUD_ID = "local-cloud-id"
GATEWAY = f"/ex/confluence/{CLOUD_ID}"
_LOGIN = "<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in</body></html>"


@dataclass(frozen=True, slots=True)
class Request:
    """A recorded request. ``path`` is below the base, without its query. ``status`` 0: no answer
    was sent."""

    method: str
    path: str
    query: str
    caller: str | None
    status: int


class LocalConfluence:
    """A server of a `World` in a thread of its own, for as long as the ``with`` lasts.

    ``context`` is Data Center's context path (such as ``/confluence``, or empty).
    ``latency`` is seconds for each request. ``subjects_per_page`` is the number of people
    and groups of a restriction in one page. With ``next_after_last`` the last page
    of results has a ``next``, too, which leads to an empty one. ``port`` 0 is any free one.

    The world may be changed at any time, from ``before_each`` (called on the
    server's thread, before a request is handled) or while holding ``lock``.
    """

    def __init__(  # noqa: PLR0913 - what differs between sites
        self,
        world: World,
        *,
        context: str = "",
        latency: float = 0.0,
        subjects_per_page: int = 100,
        next_after_last: bool = False,
        port: int = 0,
    ) -> None:
        self.world = world
        self.context = "/wiki" if world.is_cloud else context
        self.latency = latency
        self.subjects_per_page = subjects_per_page
        self.next_after_last = next_after_last
        self.unstorable: set[str] = set()
        """Contents whose body is unavailable as storage (CONFCLOUD-76433)."""
        self.faults = Faults()
        self.requests: list[Request] = []
        self.before_each: Callable[[str], None] = lambda _: None
        """Called with the path below the base, with its query."""
        self.lock = threading.RLock()
        self.webhooks = Webhooks(world)
        self._tokens = Tokens(world)
        self._routes: tuple[Route, ...] = (
            cloud_v2.ROUTES + cloud_v1.ROUTES if world.is_cloud else data_center.ROUTES
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="confluence", daemon=True
        )
        self._server = LocalServer()
        self._port = port
        self.address = ""
        """Scheme, host and port."""
        self.media = MediaHost(world)
        """The host of Cloud's attachments."""

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def base_url(self) -> str:
        """Return the base of ``/rest/api`` and ``/api/v2``."""
        return self.address + self.context

    @property
    def gateway_url(self) -> str:
        """Return the base for scoped tokens, as on ``api.atlassian.com``. Only Cloud has one."""
        return f"{self.address}{GATEWAY}/wiki"

    def token(self, user: User, *, scopes: frozenset[str] | None = None) -> str:
        """Return a new token. ``scopes`` makes it a scoped one, for the gateway."""
        return self._tokens.issue(user, scopes)

    def revoke(self, token: str) -> None:
        """Revoke a token.

        Raises:
            KeyError: there is no such token.
        """
        self._tokens.revoke(token)

    def send_webhooks(self, url: str, *, secret: str = "") -> list[int]:
        """Send webhooks as `Webhooks.send`, on this server's loop."""
        sending = self.webhooks.send(url, secret=secret)
        return asyncio.run_coroutine_threadsafe(sending, self._loop).result()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self.address = await self._server.start(app, self._port)
        if self.world.is_cloud:
            await self.media.start()

    async def _stop(self) -> None:
        await self.media.stop()
        await self._server.stop()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path, gateway = self._below_base(request.path)
        query = request.query_string
        if self.latency:
            await asyncio.sleep(self.latency)
        body = await _json(request)
        with self.lock:
            whole = f"{path}?{query}" if query else path
            self.before_each(whole)
            fault = self.faults.take(whole) or Fault()
            number = len(self.requests)
            self.requests.append(Request(request.method, path, query, None, 0))
            status, answer, headers, caller = self._answer(request, path, body, fault, gateway)
            if fault.kind == "drop":
                status = 0
            self.requests[number] = Request(request.method, path, query, caller, status)
        return await _sent(request, fault, status, answer, headers)

    def _answer(
        self, request: web.Request, path: str, body: Json, fault: Fault, gateway: bool
    ) -> tuple[int, Answer | str, dict[str, str], str | None]:
        headers: dict[str, str] = {}
        caller: str | None = None
        if fault.status:
            if fault.retry_after is not None:
                headers["Retry-After"] = self._retry_after(fault.retry_after)
            return fault.status, {"statusCode": fault.status, "message": "trouble"}, headers, None
        if fault.kind == "login":
            return 200, _LOGIN, headers, None
        if path == "/_edge/tenant_info":
            return 200, {"cloudId": CLOUD_ID}, headers, None
        try:
            token = self._tokens.caller(request.headers.get("Authorization", ""), gateway=gateway)
            caller = token.user if token else None
            call = Call(
                self.world,
                caller,
                request.method,
                path,
                request.query,
                body,
                self.base_url,
                self.context,
                self.subjects_per_page,
                frozenset(self.unstorable),
                short=fault.kind == "short",
                next_after_last=self.next_after_last,
                media=self.media.address,
                headers=headers,
            )
            answer = self._dispatch(call, token)
        except Refusal as refusal:
            return refusal.status, refusal.answer(), {}, caller
        if fault.kind == "empty" and isinstance(answer, dict) and "results" in answer:
            answer["results"] = []
            answer["_links"]["next"] = f"{self.context}{path}?{request.query_string}"
        return 200, answer, headers, caller

    def _dispatch(self, call: Call, token: Token | None) -> Answer:
        for route in self._routes:
            if route.method != call.method or not (match := route.path.search(call.path)):
                continue
            if (
                token is not None
                and token.scopes is not None
                and route.scopes
                and not route.scopes & token.scopes
            ):
                raise Refusal(401, "Unauthorized; scope does not match")
            caller = self.world.users.get(call.caller or "")
            if route.refusal and not (caller and caller.admin):
                raise Refusal(route.refusal, "Only administrators may do this")
            return route.answer(call, match)
        raise Refusal(404, f"null for uri: {call.site}{call.path}")

    def _below_base(self, path: str) -> tuple[str, bool]:
        path = unquote(path)
        if self.world.is_cloud and path.startswith(f"{GATEWAY}/wiki/"):
            return path.removeprefix(f"{GATEWAY}/wiki"), True
        if path == "/_edge/tenant_info":
            return path, False
        if self.context and not path.startswith(f"{self.context}/"):
            return f"/outside the base{path}", False
        return path.removeprefix(self.context), False

    def _retry_after(self, text: str) -> str:
        """Return the header. ``date+5`` becomes the date five seconds after the world's clock."""
        if not text.startswith("date"):
            return text
        wait = timedelta(seconds=int(text.removeprefix("date") or 0))
        return format_datetime((self.world.now() + wait).astimezone(UTC), usegmt=True)


async def _json(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _sent(
    request: web.Request, fault: Fault, status: int, answer: Answer | str, headers: dict[str, str]
) -> web.StreamResponse:
    if fault.kind == "drop":
        _break(request)
        return web.Response()
    if isinstance(answer, str):
        return web.Response(text=answer, content_type="text/html")
    if isinstance(answer, Redirect):
        return web.Response(status=302, headers={"Location": answer.url})
    if isinstance(answer, Download):
        return web.Response(body=answer.data, content_type=answer.media_type)
    response = web.json_response(answer, status=status, headers=headers)
    if fault.kind == "cut" and isinstance(response.body, bytes):
        response.body = response.body[: len(response.body) // 2]
    return response


def _break(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
