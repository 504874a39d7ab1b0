"""The page's server on loopback, with a workspace that has no app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest

from footnote_bot.playground.page.furnishing import furnish
from footnote_bot.playground.page.ports import ModelSwitch, PageParts
from footnote_bot.playground.page.server import PageServer
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.workspace import LocalSlack

MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"
TOKEN = "the-token-of-this-test"
PATIENCE = 240.0


def parts() -> PageParts:
    return PageParts(model=ModelSwitch([{"question": "What is recorded?"}]))


@dataclass
class OpenPage:
    """A page as the server sees it: all messages that it received, as one picture."""

    socket: aiohttp.ClientWebSocketResponse
    seen: dict[str, Any] = field(default_factory=dict)
    user: str = ""
    roles: list[dict[str, str]] = field(default_factory=list)
    numbers: int = 0

    async def become(self, user: str) -> Self:
        await self.socket.send_json({"do": "become", "user": user})
        await self.until(lambda: self.user == user and f"person/{user}" in self.seen)
        return self

    async def do(self, action: str, **fields: Any) -> dict[str, Any]:
        self.numbers += 1
        number = self.numbers
        await self.socket.send_json({"do": action, "id": number, **fields})
        async with asyncio.timeout(PATIENCE):
            while True:
                sent = await self.take()
                if sent["type"] == "done" and sent["id"] == number:
                    return sent

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await self.take()

    async def take(self) -> dict[str, Any]:
        sent: dict[str, Any] = await self.socket.receive_json()
        if sent["type"] == "became":
            self.user, self.roles, self.seen = sent["user"], sent["roles"], {}
        elif sent["type"] == "changes":
            for key in sent["removed"]:
                del self.seen[key]
            self.seen |= sent["set"]
        return sent

    def channels(self) -> set[str]:
        return {entry["name"] for key, entry in self.seen.items() if key.startswith("channel/C")}

    def texts(self) -> list[str]:
        return [entry["text"] for key, entry in self.seen.items() if key.startswith("message/")]


@dataclass
class Served:
    slack: LocalSlack
    url: str
    client: aiohttp.ClientSession

    async def open(self, user: str) -> OpenPage:
        return await OpenPage(await self.client.ws_connect(f"{self.url}socket")).become(user)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    timing = Timing(ack=0.05, retries=())
    async with LocalSlack(MANIFEST, timing=timing) as slack, aiohttp.ClientSession() as client:
        server = PageServer(slack, furnish(slack), parts=parts(), token=TOKEN)
        url = await server.start("127.0.0.1", 0)
        try:
            yield Served(slack, url, client)
        finally:
            await server.stop()
