"""Use case: personal tokens. A token is 256 random bits, shown once; a digest of it is stored."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.errors import TokenRefused
from footnote_bot.bot.agents.model import PersonalToken
from footnote_bot.bot.agents.ports import TokenStore

PREFIX = "footnote_"
"""The beginning of each token, by which people and scanners of code recognize one."""
MOST = 10
"""Tokens of a person."""
LIFETIME = timedelta(days=90)
_NAME = re.compile(r"[\w.-]{1,24}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PersonalTokens:
    """The tokens of all people. Methods block, and raise StateUnavailable."""

    store: TokenStore
    clock: Callable[[], datetime]

    def new(self, team: str, person: str, name: str) -> tuple[str, PersonalToken]:
        """Return a new token for the person's agent ``name``, and what is stored of the token.

        Raises:
            TokenRefused: the name is wrong or taken, or the person has too many tokens.
        """
        if not _NAME.fullmatch(name):
            raise TokenRefused(texts.NAME_OF_TOKEN)
        if len(self.store.of(team, person)) >= MOST:
            raise TokenRefused(texts.too_many_tokens(MOST))
        token = f"{PREFIX}{secrets.token_urlsafe(32)}"
        now = self.clock()
        personal = PersonalToken(team, person, name, now, now + LIFETIME)
        if not self.store.add(personal, _digest(token)):
            raise TokenRefused(texts.name_taken(name))
        return token, personal

    def of(self, team: str, person: str) -> Sequence[PersonalToken]:
        """Return the person's tokens, also expired ones, the oldest first."""
        return self.store.of(team, person)

    def is_over(self, token: PersonalToken) -> bool:
        return token.expires <= self.clock()

    def revoke(self, team: str, person: str, name: str = "") -> int:
        """Revoke the person's token of this name (empty: all); return how many there were."""
        return self.store.revoke(team, person, name)

    def owner(self, token: str) -> PersonalToken | None:
        """Return what is stored of the token; None if there is none, or it has expired."""
        stored = self.store.found(_digest(token))
        return None if stored is None or self.is_over(stored) else stored


def _digest(token: str) -> str:
    # Of 256 random bits: a slow, salted digest would protect nothing more.
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
