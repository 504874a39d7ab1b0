"""The bot's database, which is locked, or goes away and comes back."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa


class AwayDatabase(Protocol):
    """A database that can be kept from the bot. ``url`` is the URL for the bot's settings."""

    @property
    def url(self) -> str: ...

    async def open(self) -> None:
        """Make it ready for a bot."""
        ...

    async def away(self, seconds: float) -> None:
        """Keep it from the bot for some seconds."""
        ...

    async def close(self) -> None: ...


class LockedSqlite:
    """SQLite in the data folder. While it is away, somebody else holds the lock of the file."""

    url = ""

    def __init__(self, data: Path) -> None:
        self._file = data / "state.sqlite3"

    async def open(self) -> None:
        """Do nothing: the bot creates it."""

    async def away(self, seconds: float) -> None:
        if self._file.exists():
            await asyncio.to_thread(self._hold, seconds)

    async def close(self) -> None:
        """Leave it as it is."""

    def _hold(self, seconds: float) -> None:
        with (
            closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as connection,
            suppress(sqlite3.OperationalError),  # the bot holds the lock: try another time
        ):
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")


class DistantPostgresql:
    """A PostgreSQL by its URL, reached over a port of this process. While it is away, all
    connections are broken and no new one is accepted. Its schema `public` is emptied first."""

    def __init__(self, url: str) -> None:
        self._real = sa.make_url(url)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._relays: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        local_url = self._real.set(host="127.0.0.1", port=self._port)
        return local_url.render_as_string(hide_password=False)

    async def open(self) -> None:
        engine = sa.create_engine(self._real)
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        engine.dispose()
        await self._listen()

    async def away(self, seconds: float) -> None:
        await self.close()
        await asyncio.sleep(seconds)
        await self._listen()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._relays:
            task.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(task)
        task.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._real.host or "127.0.0.1", self._real.port or 5432
        server: asyncio.StreamWriter | None = None
        try:
            answers, server = await asyncio.open_connection(host, port)
            await asyncio.gather(_copy(reader, server), _copy(answers, writer))
        except ConnectionError:
            pass  # one side went away, and so does the other
        finally:
            for end in (writer, server):
                if end is not None:
                    end.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()
    target.write_eof()
