"""A small made-up Confluence, and a plain client for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


class Office:
    """A world of three people and a space, and GET requests as any of them."""

    def __init__(self, confluence: LocalConfluence, clock: Clock) -> None:
        self.confluence = confluence
        self.world = confluence.world
        self.clock = clock
        self.admin = self.world.add_user("Ada Admin", admin=True, sees_everything=True)
        self.bob = self.world.add_user("Bob Builder")
        self.eve = self.world.add_user("Eve Else", email_visible=False)
        self.world.add_group("engineers", [self.bob])
        self.world.add_space("ENG", "Engineering")
        self.top = self.world.create("ENG", "Top", "<p>top</p>")
        self.mid = self.world.create("ENG", "Mid", "<p>mid</p>", parent=self.top.id)
        self.leaf = self.world.create("ENG", "Leaf", "<p>leaf</p>", parent=self.mid.id)

    def answer(self, path: str, user: User | None = None, **params: object) -> requests.Response:
        user = user or self.admin
        secret = self.confluence.token(user)
        cloud = self.world.is_cloud
        return requests.get(
            path if path.startswith("http") else self.confluence.base_url + path,
            params={key.replace("_", "-"): str(value) for key, value in params.items()},
            auth=(user.email, secret) if cloud else None,
            headers={} if cloud else {"Authorization": f"Bearer {secret}"},
            timeout=240,
        )

    def get(self, path: str, user: User | None = None, **params: object) -> Any:
        answer = self.answer(path, user, **params)

        assert answer.status_code == 200, answer.text
        return answer.json()

    def titles(self, path: str, user: User | None = None, **params: object) -> list[str]:
        return [result["title"] for result in self.get(path, user, **params)["results"]]

    def pages(self, count: int) -> list[Content]:
        return [self.world.create("ENG", f"Page {n}", f"<p>{n}</p>") for n in range(count)]

    def group(self, name: str) -> Who:
        return Who("group", name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> Iterator[Office]:
    with LocalConfluence(World("cloud", now=clock), subjects_per_page=2) as confluence:
        yield Office(confluence, clock)


@pytest.fixture(params=["/confluence", ""])
def data_center(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Office]:
    world = World("data-center", now=clock)
    with LocalConfluence(world, context=request.param, subjects_per_page=2) as confluence:
        yield Office(confluence, clock)


@pytest.fixture(params=["cloud", "data-center"])
def office(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Office]:
    world = World(request.param, now=clock)
    with LocalConfluence(world, context="/confluence", subjects_per_page=2) as confluence:
        yield Office(confluence, clock)
