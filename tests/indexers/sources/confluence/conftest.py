"""A local Confluence, Cloud and Data Center, and a client for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from footnote_bot.indexers.sources.confluence.addresses import base_of
from footnote_bot.indexers.sources.confluence.transport import Patience, Time, Transport
from footnote_bot.playground.confluence.model import User
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World

TRIES = 3
"""Attempts per request of `Site.transport`."""


class Clock:
    """A clock that only moves when somebody sleeps. It records each sleep and returns at once."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    @property
    def time(self) -> Time:
        return Time(self.now, self.monotonic, self.sleep, lambda: 0.5)


class Site:
    """A world, its server, and an account that sees everything."""

    def __init__(self, world: World, clock: Clock, confluence: LocalConfluence) -> None:
        self.world = world
        self.clock = clock
        self.confluence = confluence
        self.bot: User = world.add_user("Foot Note", admin=True, sees_everything=True)

    @property
    def cloud(self) -> bool:
        return self.world.is_cloud

    def transport(
        self, reader: User | None = None, kind: type[Transport] = Transport, **settings: Any
    ) -> Transport:
        reader = reader or self.bot
        settings.setdefault("patience", Patience(tries=TRIES))
        return kind(
            base_of(self.confluence.base_url, "cloud" if self.cloud else "data_center"),
            self.confluence.token(reader),
            email=reader.email if self.cloud else "",
            time=self.clock.time,
            **settings,
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["cloud", "data-center"])
def site(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Site]:
    world = World(request.param, now=clock.now)
    with LocalConfluence(world, context="/confluence") as confluence:
        yield Site(world, clock, confluence)


@pytest.fixture
def cloud(clock: Clock) -> Iterator[Site]:
    world = World("cloud", now=clock.now)
    with LocalConfluence(world) as confluence:
        yield Site(world, clock, confluence)


@pytest.fixture
def data_center(clock: Clock) -> Iterator[Site]:
    world = World("data-center", now=clock.now)
    with LocalConfluence(world) as confluence:
        yield Site(world, clock, confluence)
