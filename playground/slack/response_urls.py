"""The addresses to which an app may reply later: five times, for half an hour."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from footnote_bot.playground.slack import limits


@dataclass(slots=True)
class ResponseUrl:
    """A response address. ``original`` is the ts of the message that was acted on; a slash command
    has none. ``ephemeral``: the original is an ephemeral message."""

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
        self._addresses: dict[str, ResponseUrl] = {}

    def new(
        self, channel: str, user: str, *, original: str | None = None, ephemeral: bool = False
    ) -> str:
        """Return the key of a new address, which is its last part."""
        key = f"{next(self._numbers):09d}-{secrets.token_urlsafe()}"
        self._addresses[key] = ResponseUrl(
            channel, user, self._clock() + self._seconds, original, ephemeral
        )
        return key

    def use(self, key: str) -> ResponseUrl | None:
        """Count a use and return the address; None if there is none, or it is used up or
        expired."""
        address = self._addresses.get(key)
        if address is None or address.uses >= limits.RESPONSE_URL_USES:
            return None
        if self._clock() > address.expires:
            return None
        address.uses += 1
        return address
