"""Bots that share a database and are killed between any two steps that others can see."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.slack.running import SlackApp
from footnote_bot.bot.slack.serve import serve
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import LEASE, Process
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import NOW, Bot


class Killed(BaseException):
    """Like ``kill -9``: no code catches it."""


def _bury(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report no error of a killed process: nobody waits for its work."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)


class Fuse:
    """Burns down by one each step. Once it is burnt down, every step raises `Killed`."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.burnt = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_bury)

    def burn(self) -> None:
        if self.left is None:
            return
        goes_on = not self._loop.is_closed()
        if goes_on:
            self.left -= 1
        if self.left >= 0:
            return
        if goes_on:
            self._loop.call_soon_threadsafe(self.burnt.set)
        if isinstance(leaving := sys.exception(), GeneratorExit):
            raise leaving  # garbage collection closes it: that says and writes nothing
        if goes_on:
            raise Killed


class Clock:
    """Moves on when a process dies, so that the others notice."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Return the same time in seconds since the epoch."""
        return self.now.timestamp()


class MortalDatabase(Database):
    """Dies before a transaction, or after it but before the caller learns of it."""

    fuse: Fuse
    ended = False

    def close(self) -> None:
        self.ended = True
        super().close()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Run a transaction, reading or writing."""
        if self.ended:  # a thread that nobody waits for would open a connection that nobody closes
            raise StateUnavailable("The process has ended.")
        if hasattr(self, "fuse"):
            self.fuse.burn()
        with super().read() as connection:
            yield connection
        if hasattr(self, "fuse"):
            self.fuse.burn()


class Mortal:
    """The successive lives of one process on the same data; ``where`` is a file or a URL."""

    def __init__(self, slack: LocalSlack, where: Path | str, clock: Clock, like: Bot) -> None:
        self._slack = slack
        self._where = where
        self._clock = clock
        self._like = like
        self.app: SlackApp
        self.fuse: Fuse
        self._process: Process
        self._database: MortalDatabase
        self._stop: asyncio.Event
        self._task: asyncio.Task[None] | None = None
        self._deadly: str | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[SlackApp] = loop.create_future()
        self._stop, self.fuse = asyncio.Event(), Fuse()
        self._database = await asyncio.to_thread(MortalDatabase.open, self._where)
        self._process = Process(self._database, self._clock)
        await self.beat()  # only when a test says so: a process is dead when the clock says so
        like = self._like
        env = replace(like.env, clock=self._clock, adopt_every=0.05)
        self._task = asyncio.create_task(
            serve(
                like.connection,
                like.composed(self._database, self._process, env),
                env,
                stop=self._stop,
                ready=ready.set_result,
            )
        )
        await asyncio.wait([self._task, ready], return_when=asyncio.FIRST_COMPLETED)
        self.app = await ready
        self._database.fuse = self.fuse
        for client in self.app.clients:
            self._mortal(client)

    def die_after(self, steps: int) -> None:
        """Die after this many steps that others can see: before and after each transaction and
        Slack call."""
        self.fuse.left = steps

    def die_behind(self, method: str) -> None:
        """Die after Slack has done the next call of this method, before the process learns of
        it."""
        self._deadly = method

    @property
    def is_dead(self) -> bool:
        return self.fuse.burnt.is_set()

    async def beat(self) -> None:
        with suppress(Killed):
            await asyncio.to_thread(self._process.beat)

    async def bury(self) -> None:
        """Kill the process: nobody sees what it still does."""
        self.die_after(0)
        await self._end()
        self._clock.now += LEASE + timedelta(seconds=1)

    async def stop(self) -> None:
        """Stop the process as an operator does."""
        if self._task is not None:
            await self._end()

    async def _end(self) -> None:
        assert self._task is not None
        lanes = list(self.app.workers._lanes.values())
        working = self.app.reindexer._working
        self._stop.set()
        if self.is_dead or self.fuse.left == 0:
            for lane in lanes:
                lane.cancel()
        task, self._task = self._task, None
        with suppress(Killed):
            await task
        await asyncio.gather(*lanes, *([working] if working else []), return_exceptions=True)
        self.app.executor.shutdown(wait=False, cancel_futures=True)
        for client in self.app.clients:
            if client.session is not None:
                await client.session.close()
        # A thread whose waiter was cancelled may still be in its transaction.
        while self._database._engine.pool.checkedout():  # type: ignore[attr-defined]  # noqa: ASYNC110 - of a thread
            await asyncio.sleep(0.01)
        self._database.close()

    def _mortal(self, client: Any) -> None:
        call, fuse = client.api_call, self.fuse

        async def api_call(*arguments: Any, **named: Any) -> Any:
            fuse.burn()
            response = await call(*arguments, **named)
            if arguments and arguments[0] == self._deadly:
                fuse.left, self._deadly = 0, None
            fuse.burn()
            return response

        client.api_call = api_call
