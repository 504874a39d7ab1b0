"""Socket Mode: the app connects to this server, and each payload goes to one connection."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.changes import Changes
from footnote_bot.playground.slack.delivery import Ack, Delivery, NotDelivered
from footnote_bot.playground.slack.model import Json


@dataclass(slots=True)
class Connection:
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    refreshing: bool = False
    sent: list[str] = field(default_factory=list)
    """The envelope ids that went over this connection."""
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    """The sent envelopes that are not acknowledged yet."""

    def acknowledged(self, message: Json) -> None:
        answer = self.waiting.get(message.get("envelope_id", ""))
        if answer and not answer.done():
            answer.set_result(message.get("payload"))

    def lost(self) -> None:
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError())


class SocketHub:
    """The app's connections, at most ten, used in turn. Each takes one of ``tickets``, which
    ``apps.connections.open`` returns."""

    def __init__(self, app_id: str, tickets: set[str], changes: Changes, *, timeout: float) -> None:
        self.connections: list[Connection] = []
        self._app_id = app_id
        self._changes = changes
        self.timeout = timeout
        self._tickets = tickets
        self._turns = itertools.count()
        self._numbers = itertools.count(1)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection, from the handshake to its end."""
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
                    connection.acknowledged(json.loads(message.data))
        finally:
            self.connections.remove(connection)
            connection.lost()
            self._changes.happened()
        return socket

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        """Wait for a connection, send the payload, and wait for its ack, all within ``timeout``."""
        envelope = f"envelope-{next(self._numbers)}"
        connection: Connection | None = None
        try:
            async with asyncio.timeout(self.timeout):
                connection = await self._next_connection()
                connection.sent.append(envelope)
                answer = connection.waiting[envelope] = asyncio.Future()
                await connection.socket.send_json(
                    self._enveloped(envelope, delivery, number, reason)
                )
                return Ack(status=200, body=await answer)
        except TimeoutError:
            raise NotDelivered("http_timeout" if connection else "connection_failed") from None
        except ConnectionError:
            raise NotDelivered("connection_failed") from None
        finally:
            if connection is not None:
                connection.waiting.pop(envelope, None)

    def usable(self) -> list[Connection]:
        """Return the connections for payloads: one that is being refreshed only if there is no
        other."""
        open_ = [connection for connection in self.connections if not connection.socket.closed]
        return [connection for connection in open_ if not connection.refreshing] or open_

    async def _next_connection(self) -> Connection:
        usable = await self._changes.until(
            self.usable, timeout=self.timeout, otherwise=lambda: "no connection"
        )
        return usable[next(self._turns) % len(usable)]

    def _enveloped(self, envelope: str, delivery: Delivery, number: int, reason: str) -> Json:
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
        return message

    async def refresh(self) -> None:
        """Ask every connection to reconnect, as Slack does every few hours."""
        for connection in self.usable():
            connection.refreshing = True
            await connection.socket.send_json(self._goodbye("refresh_requested"))

    async def cut(self) -> None:
        """Close every connection without a message, as a broken line does."""
        for connection in list(self.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.usable()),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "local", "approximate_connection_time": 18_060},
        }

    def _goodbye(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
