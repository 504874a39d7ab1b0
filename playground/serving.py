"""A loopback server of an application that closes everything when it stops."""

from __future__ import annotations

import asyncio
import socket

from aiohttp import web

_TURNS = 5
"""Turns of the loop: a connection that was just accepted takes three until its server knows of it,
and one that was just closed takes one until it releases its socket."""


class LocalServer:
    """A server of one application, on ``127.0.0.1`` unless told otherwise."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._listening: socket.socket | None = None

    async def start(
        self, application: web.Application, port: int = 0, address: str = "127.0.0.1"
    ) -> str:
        """Listen, on any free port for 0, and return the address: scheme, host and port.

        Raises:
            OSError: the port is taken.
        """
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listening = socket.create_server((address, port), family=family)
        await web.SockSite(self._runner, self._listening).start()
        host, port = self._listening.getsockname()[:2]
        return f"http://{in_url(host)}:{port}"

    async def stop(self) -> None:
        """Stop listening and end every connection.

        A connection that was accepted just before its server closes is never closed by Python
        3.11 (https://github.com/python/cpython/issues/109564). So accepting ends first.
        """
        if self._runner is None or self._listening is None:
            return
        asyncio.get_running_loop().remove_reader(self._listening)
        await _turns()
        await self._runner.cleanup()
        await _turns()


def in_url(host: str) -> str:
    """Return a host as an address has it: an IPv6 one in brackets."""
    return f"[{host}]" if ":" in host else host


async def _turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
