"""The connection of an open page: it sends the changes that its person sees, and carries out their
actions."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from footnote_bot.playground.page.acting import Acting
from footnote_bot.playground.page.furnishing import Role
from footnote_bot.playground.page.ports import PageParts
from footnote_bot.playground.page.seeing import Entries, changes_between, seen_by
from footnote_bot.playground.slack.core import WINDOW
from footnote_bot.playground.slack.errors import CannotAct, Refusal
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.workspace import LocalSlack

log = logging.getLogger(__name__)

_TOGETHER = 0.03
"""Seconds in which changes are collected before they are sent."""
_LOOK = 2.0
"""Seconds between two checks for things that end by themselves, such as a status."""
_AT_ONCE = 20
"""Actions of one page that may be under way."""
_LONGEST_NAME = 64
_TOO_MANY = "too much is under way already: wait for it"


class Window:
    """A page's connection, with the person that it acts as."""

    def __init__(
        self,
        slack: LocalSlack,
        acting: Acting,
        parts: PageParts,
        roles: Sequence[Role],
        socket: web.WebSocketResponse,
    ) -> None:
        self._slack = slack
        self._acting = acting
        self._parts = parts
        self._roles = {role.user: role for role in roles}
        self._socket = socket
        self._user = roles[0].user
        self._name = ""
        """The name that the page gave this window; a reload keeps it, with the open forms."""
        self._sent: Entries = {}
        self._turned = asyncio.Event()
        self._actions: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve the page until it closes."""
        sending = asyncio.create_task(self._send_for_ever())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(message.data)
        finally:
            for task in (sending, *self._actions):
                task.cancel()
            await asyncio.gather(sending, *self._actions, return_exceptions=True)

    async def _send_for_ever(self) -> None:
        with suppress(ConnectionResetError):
            await self._turned.wait()
            while True:
                following = self._slack.changes.following()
                await self._send_changes()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await _either(following, self._turned)
                self._turned.clear()
                await asyncio.sleep(_TOGETHER)

    async def _send_changes(self) -> None:
        user = self._user
        entries = seen_by(self._slack, user, self._name)
        if (model := self._parts.model) is not None:
            entries["model"] = {"on": model.on, "questions": list(model.questions)}
        if says := self._parts.start_up.says:
            entries["start_up"] = {"says": says}
        if changes := changes_between(self._sent, entries):
            text = json.dumps({"type": "changes", "user": user, **changes})
            # Remember a copy: later actions change these objects.
            self._sent |= json.loads(text)["set"]
            for key in changes["removed"]:
                del self._sent[key]
            await self._socket.send_str(text)

    async def _take(self, data: str) -> None:
        try:
            request = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(request, dict):
            return
        if len(self._actions) >= _AT_ONCE:
            refusal = {"type": "done", "id": request.get("id"), "error": _TOO_MANY}
            await self._socket.send_json(refusal)
            return
        if request.get("do") == "become":
            await self._become(str(request.get("user")), str(request.get("window", "")))
            return
        task = asyncio.create_task(self._act(self._user, request))
        self._actions.add(task)
        task.add_done_callback(self._actions.discard)

    async def _become(self, user: str, name: str) -> None:
        self._name = name[:_LONGEST_NAME]
        if user in self._roles:
            self._user = user
        self._sent = {}
        await self._socket.send_json({"type": "became", "user": self._user, **self._cast()})
        self._turned.set()

    def _cast(self) -> Json:
        roles = [
            {"user": role.user, "name": role.name, "title": role.title, "note": role.note}
            for role in self._roles.values()
        ]
        manifest = self._slack.manifest
        return {
            "workspace": self._slack.team_domain,
            "roles": roles,
            "bot": {"user": self._slack.bot_user_id, "name": manifest.bot_name},
            "commands": sorted(manifest.commands),
            "tour": self._parts.tour,
            "quoting": self._parts.is_quoting,
            "sites": list(self._parts.pages.sites),
        }

    async def _act(self, user: str, request: Mapping[str, Any]) -> None:
        WINDOW.set(self._name)
        reply: Json = {"type": "done", "id": request.get("id")}
        try:
            reply |= await self._acting.act(user, request)
        except (CannotAct, Refusal) as error:
            reply["error"] = str(error)
        except Exception as error:
            # The edge: the page would wait for ever.
            log.exception("The playground could not do what its page asked for")
            reply["error"] = f"the playground failed ({type(error).__name__}: {error})"
        with suppress(ConnectionResetError):
            await self._socket.send_json(reply)


async def _either(*events: asyncio.Event) -> None:
    """Wait until one of these is set."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
