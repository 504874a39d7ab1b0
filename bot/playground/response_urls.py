"""The addresses to which an app may answer later: five times, for half an hour."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground import limits


@dataclass(slots=True)
class ResponseUrl:
    """``original`` is the ts of the message that was acted on; a slash command has
    none. ``ephemeral`` tells where the original stands."""

    channel: str
    user: str
    expires: float
    original: str | None = None
    ephemeral: bool = False
    uses: int = 0


class ResponseUrls:
    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._numbers = itertools.count(1)
        self._known: dict[str, ResponseUrl] = {}

    def new(
        self, channel: str, user: str, *, original: str | None = None, ephemeral: bool = False
    ) -> str:
        """The key, which is the last part of the address."""
        key = f"{next(self._numbers):09d}"
        self._known[key] = ResponseUrl(
            channel, user, self._clock() + self._seconds, original, ephemeral
        )
        return key

    def use(self, key: str) -> ResponseUrl | None:
        """None if there is no such address, or it is used up or expired."""
        known = self._known.get(key)
        if known is None or known.uses >= limits.RESPONSE_URL_USES:
            return None
        if self._clock() > known.expires:
            return None
        known.uses += 1
        return known
