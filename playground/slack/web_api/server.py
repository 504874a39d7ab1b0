"""The Web API over HTTP: permissions and dispatch."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.faults import Fault, Faults
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.rate_limits import RateLimits
from footnote_bot.playground.slack.web_api import (
    agents,
    apps,
    chat,
    conversations,
    files,
    people,
    reactions,
    streams,
    views,
)
from footnote_bot.playground.slack.web_api.method import Arguments, Method, require_scope

METHODS: Mapping[str, Method] = {
    **agents.METHODS,
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **reactions.METHODS,
    **streams.METHODS,
    **views.METHODS,
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the app. ``at`` is the workspace's time; ``error`` is empty if Slack accepted it,
    and the HTTP status or "dropped" if there was no answer."""

    method: str
    arguments: Mapping[str, Any]
    at: float
    error: str
    answer: Json


class Tokens(Protocol):
    """The tokens of further workspaces, and how they are issued."""

    def access(self, values: Mapping[str, str]) -> Json: ...

    def of(self, token: str) -> WebApi | None: ...

    def revoke(self, token: str) -> None: ...


class WebApi:
    """The Web API. ``missing`` are methods that this workspace does not have."""

    def __init__(self, slack: Core, *, limits: RateLimits, missing: Collection[str]) -> None:
        self.calls: list[Call] = []
        self.tokens: Tokens | None = None
        """The tokens of further workspaces, whose own Web APIs serve their calls."""
        self.faults = Faults()
        self.limits = limits
        self.missing = set(missing)
        self._slack = slack

    async def serve(self, request: web.Request) -> web.StreamResponse:
        try:
            values = await _values(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        token = _token(request, values)
        arguments = Arguments(values)
        further = await self._of_further(request, token, arguments) if self.tokens else None
        if further is not None:
            return further
        return await self._serve(request, token, arguments)

    async def _of_further(
        self, request: web.Request, token: str, arguments: Arguments
    ) -> web.StreamResponse | None:
        """Return the answer to a call in a further workspace; None if it is in this one."""
        name = request.match_info["method"]
        assert self.tokens is not None  # noqa: S101 - the caller has checked
        try:
            further = self.tokens.of(token)
        except Refusal as refusal:
            return self._answered(name, arguments, refusal.answer())
        if further is None:
            return None
        if name == "auth.revoke":
            self.tokens.revoke(token)
            return self._answered(name, arguments, {"ok": True, "revoked": True})
        return await further.serve(request)

    async def _serve(
        self, request: web.Request, token: str, arguments: Arguments
    ) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self.faults.take(name) or Fault()
        if fault.hold:
            fault.hold.arrived.set()
            await fault.hold.let_go.wait()
        if not fault.done:
            await asyncio.sleep(fault.delay)
            if trouble := self._trouble(fault, name, arguments, request):
                return trouble
        try:
            answer = {"ok": True, **self._call(name, arguments, token)}
        except Refusal as refusal:
            answer = refusal.answer()
        if fault.done:
            await asyncio.sleep(fault.delay)
            if trouble := self._trouble(fault, name, arguments, request):
                return trouble
        return self._answered(name, arguments, answer)

    def _call(self, name: str, arguments: Arguments, token: str) -> Json:
        if name == "oauth.v2.access" and self.tokens:
            return self.tokens.access(arguments)
        method = METHODS.get(name)
        if method is None or name in self.missing:
            raise Refusal("unknown_method")
        self._check_token(method, token)
        channel = arguments.get("channel", "")
        wait = self.limits.wait(name, tier=method.tier, channel=str(channel))
        if wait:
            raise Refusal("ratelimited", retry_after=wait)
        require_scope(self._slack, *method.scopes)
        return method.handler(self._slack, arguments)

    def _check_token(self, method: Method, token: str) -> None:
        if not token:
            raise Refusal("not_authed")
        kinds = {self._slack.bot_token: "bot", self._slack.app_token: "app"}
        if token not in kinds:
            raise Refusal("invalid_auth")
        if kinds[token] != method.kind:
            raise Refusal("not_allowed_token_type")

    def _trouble(
        self, fault: Fault, name: str, arguments: Arguments, request: web.Request
    ) -> web.StreamResponse | None:
        """Return the response that ``fault`` asks for; None if it only delays."""
        if fault.drop:
            self._record(name, arguments, "dropped", {})
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=500)
        if fault.status:
            self._record(name, arguments, str(fault.status), {})
            return web.Response(status=fault.status, text="upstream trouble")
        if fault.retry_after:
            refusal = Refusal("ratelimited", retry_after=fault.retry_after)
            return self._answered(name, arguments, refusal.answer())
        if fault.error:
            return self._answered(name, arguments, Refusal(fault.error).answer())
        return None

    def _answered(self, name: str, arguments: Arguments, answer: Json) -> web.Response:
        retry_after = answer.pop("retry_after", None)
        self._record(name, arguments, answer.get("error", ""), answer)
        scopes = ",".join(sorted(self._slack.manifest.scopes))
        if retry_after is not None:
            headers = {"Retry-After": str(retry_after)}
            return web.json_response(answer, status=429, headers=headers)
        return web.json_response(answer, headers={"X-OAuth-Scopes": scopes})

    def _record(self, name: str, arguments: Arguments, error: str, answer: Json) -> None:
        self.calls.append(Call(name, dict(arguments), self._slack.clock(), error, answer))
        self._slack.changes.happened()


async def _values(request: web.Request) -> dict[str, Any]:
    """Return the arguments, wherever they are. Lists and objects in a form are JSON."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        parsed = json.loads(body) if body else {}
        values |= parsed if isinstance(parsed, dict) else {}
    elif request.method == "POST":
        values |= dict(await request.post())
    return values


def _token(request: web.Request, values: dict[str, Any]) -> str:
    """Return the token from the header or the arguments, and remove it from the arguments."""
    token = values.pop("token", "")
    return request.headers.get("Authorization", "").removeprefix("Bearer ") or str(token)
