"""`playground.serving`: a server on loopback, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web

from footnote_bot.playground.serving import LocalServer

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class Client:
    """Connects a few turns of the loop later; nobody waits for it."""

    def __init__(self, address: str, request: bytes, turns: int) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._address, self._request = (host, int(port)), request
        self._socket = socket.socket()
        self._wait(turns)

    def _wait(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._wait, turns - 1)
            return
        with suppress(ConnectionRefusedError):
            self._socket.connect(self._address)
            self._socket.sendall(self._request)

    def leave(self) -> None:
        self._socket.close()


@pytest.mark.parametrize("request_sent", [b"", REQUEST])
@pytest.mark.parametrize("turns", range(12))
async def test_a_connection_that_begins_while_the_server_stops_is_closed(
    turns: int, request_sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.collect()
    gc.freeze()  # earlier bytes are never searched again: that takes half a second
    left_open: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", left_open.append)
    server = LocalServer()
    client = Client(await server.start(web.Application()), request_sent, turns)

    await server.stop()

    client.leave()
    gc.collect()
    assert [str(warning.exc_value) for warning in left_open] == []


async def test_a_taken_port_is_an_error() -> None:
    server, second = LocalServer(), LocalServer()
    port = int((await server.start(web.Application())).rpartition(":")[2])

    with pytest.raises(OSError, match="in use"):
        await second.start(web.Application(), port)

    await second.stop()
    await server.stop()
