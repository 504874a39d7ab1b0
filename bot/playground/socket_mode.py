"""Socket Mode: the app connects to us, and each payload goes to one connection."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground import limits
from bot.playground.changes import Changes
from bot.playground.delivery import Ack, Delivery, NotDelivered
from bot.playground.model import Json


@dataclass(slots=True)
class Connection:
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    refreshing: bool = False
    sent: list[str] = field(default_factory=list)
    """The envelope ids that went over this connection."""

    @property
    def usable(self) -> bool:
        return not self.socket.closed and not self.refreshing


class SocketHub:
    """The app's connections, at most ten, used in turn. Each takes one of
    ``tickets``, which ``apps.connections.open`` hands out."""

    def __init__(self, app_id: str, tickets: set[str], changes: Changes, *, timeout: float) -> None:
        self.connections: list[Connection] = []
        self._app_id = app_id
        self._changes = changes
        self._timeout = timeout
        self._tickets = tickets
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turns = itertools.count()
        self._numbers = itertools.count(1)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from the handshake to its end."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.usable()) >= limits.SOCKET_CONNECTIONS:
            await socket.send_json(self._goodbye("too_many_websockets"))
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        self.connections.append(connection)
        await socket.send_json(self._hello())
        self._changes.happened()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            self.connections.remove(connection)
            self._changes.happened()
        return socket

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        usable = self.usable()
        if not usable:
            raise NotDelivered("connection_failed")
        connection = usable[next(self._turns) % len(usable)]
        envelope = f"envelope-{next(self._numbers)}"
        message: Json = {
            "envelope_id": envelope,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            message |= {
                "retry_attempt": number,
                "retry_reason": "timeout" if reason == "http_timeout" else reason,
            }
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = answer
        try:
            connection.sent.append(envelope)
            await connection.socket.send_json(message)
            async with asyncio.timeout(self._timeout):
                return Ack(status=200, body=await answer)
        except TimeoutError:
            raise NotDelivered("http_timeout") from None
        except ConnectionError:
            raise NotDelivered("connection_failed") from None
        finally:
            del self._waiting[envelope]

    def usable(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.usable]

    async def refresh(self) -> None:
        """Ask every connection to come back anew, as Slack does every few hours."""
        for connection in self.usable():
            connection.refreshing = True
            await connection.socket.send_json(self._goodbye("refresh_requested"))

    async def cut(self) -> None:
        """End every connection without a word, as a broken line does."""
        for connection in list(self.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0)

    def _acknowledged(self, message: Json) -> None:
        waiting = self._waiting.get(message.get("envelope_id", ""))
        if waiting and not waiting.done():
            waiting.set_result(message.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.usable()),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "local", "approximate_connection_time": 18_060},
        }

    def _goodbye(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
