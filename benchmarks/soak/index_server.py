"""The bot's index on a Qdrant server, which goes away and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process

from benchmarks.material import ROOT


class IndexServer:
    """The server of the tests (`tests/fakes/qdrant_server.py`) in a process of its own. While it is
    away, all connections are broken and no new one is accepted."""

    key = "a key for the soak"

    def __init__(self) -> None:
        self.url = ""
        self._process: Process | None = None

    async def open(self) -> None:
        environment = {**os.environ, "QDRANT_API_KEY": self.key, "PYTHONWARNINGS": "ignore"}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.fakes.qdrant_server",
            cwd=ROOT, env=environment, stdout=PIPE,
        )  # fmt: skip
        self.url = await self._next_line()

    async def away(self, seconds: float) -> None:
        await self._send(signal.SIGUSR1)
        await asyncio.sleep(seconds)
        await self._send(signal.SIGUSR2)

    async def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()

    async def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        await self._next_line()

    async def _next_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the index server ended"
        return line.decode().strip()
