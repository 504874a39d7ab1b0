"""Data Center's webhooks: a hint that something changed, signed if there is a secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

import aiohttp

from footnote_bot.playground.confluence.calls import Json
from footnote_bot.playground.confluence.world import World


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook. ``signature`` goes into ``X-Hub-Signature``; empty without a secret."""

    event: str
    body: bytes
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "X-Event-Key": self.event}
        if self.signature:
            headers["X-Hub-Signature"] = self.signature
        return headers


class Webhooks:
    """A queue of events until they are sent."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.pending: list[tuple[str, str]] = []
        """Event and content id, oldest first."""
        world.listeners.append(lambda event, content: self.pending.append((event, content.id)))

    def write(self, event: str, content: str, *, secret: str = "") -> Webhook:
        page = self._world.contents[content]
        payload: Json = {
            "timestamp": int(self._world.now().timestamp() * 1000),
            "event": event,
            "userKey": page.author,
            "page": {
                "id": int(page.id),
                "title": page.title,
                "spaceKey": page.space,
                "contentType": page.type,
                "version": page.version,
                "creationDate": int(page.created.timestamp() * 1000),
                "modificationDate": int(page.modified.timestamp() * 1000),
                "lastModifierKey": page.author,
            },
        }
        body = json.dumps(payload).encode()
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return Webhook(event, body, f"sha256={signed}" if secret else "")

    async def send(self, url: str, *, secret: str = "") -> list[int]:
        """Send everything that is pending, once each; return the statuses (0: nobody answered).
        Confluence does not retry."""
        events, self.pending = self.pending, []
        statuses: list[int] = []
        async with aiohttp.ClientSession() as session:
            for event, content in events:
                hook = self.write(event, content, secret=secret)
                try:
                    async with session.post(url, data=hook.body, headers=hook.headers) as answer:
                        statuses.append(answer.status)
                except aiohttp.ClientConnectionError:
                    statuses.append(0)
        return statuses
