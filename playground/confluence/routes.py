"""Descriptions of endpoints: a method, a path, the scopes, and the handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from footnote_bot.playground.confluence.calls import Call, Json


@dataclass(frozen=True, slots=True)
class Download:
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str


Answer = Json | list[Json] | Download | Redirect
Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A route. ``scopes``: a scoped token needs one of them. ``refusal``: the status for users who
    are no administrators (0: it is for everybody)."""

    method: str
    path: re.Pattern[str]
    handler: Handler
    scopes: frozenset[str]
    refusal: int = 0

    def answer(self, call: Call, match: re.Match[str]) -> Answer:
        return self.handler(call, *match.groups())


def get(path: str, handler: Handler, *scopes: str, refusal: int = 0) -> Route:
    return Route("GET", re.compile(path), handler, frozenset(scopes), refusal)


def post(path: str, handler: Handler, *scopes: str, refusal: int = 0) -> Route:
    return Route("POST", re.compile(path), handler, frozenset(scopes), refusal)
