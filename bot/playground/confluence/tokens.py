"""Callers: e-mail and API token, a personal access token, a scoped token, nobody."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from bot.playground.confluence.calls import Refusal
from bot.playground.confluence.model import User
from bot.playground.confluence.world import World


@dataclass(frozen=True, slots=True)
class Token:
    """A token. ``scopes`` None: a classic token, which may do what its owner may."""

    user: str
    scopes: frozenset[str] | None


class Tokens:
    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Token] = {}

    def issue(self, user: User, scopes: frozenset[str] | None) -> str:
        secret = f"ATATT-{len(self._known)}-{user.username}"
        self._known[secret] = Token(user.id, scopes)
        return secret

    def revoke(self, secret: str) -> None:
        del self._known[secret]

    def caller(self, authorization: str, *, gateway: bool) -> Token | None:
        """Return the caller's token; None: not logged in.

        Raises:
            Refusal: 401 for a wrong token, one of a deactivated person, one under
                another's e-mail, or one that is good for another base: Cloud takes
                scoped tokens at the gateway alone, and personal access tokens not
                at all; Data Center takes no e-mail with a token.
        """
        if not authorization:
            if gateway:
                raise Refusal(401, "Unauthorized")
            return None
        kind, _, rest = authorization.partition(" ")
        email = ""
        if kind.lower() == "basic":
            try:
                email, _, rest = base64.b64decode(rest).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError) as error:
                raise Refusal(401, "Unauthorized") from error
        token = self._known.get(rest)
        if token is None or not self._fits(token, kind.lower(), email, gateway=gateway):
            raise Refusal(401, "Unauthorized")
        return token

    def _fits(self, token: Token, kind: str, email: str, *, gateway: bool) -> bool:
        owner = self._world.users[token.user]
        if not owner.active:
            return False
        if not self._world.is_cloud:
            return kind == "bearer" and token.scopes is None
        if kind == "basic":
            return email.casefold() == owner.email.casefold() and (token.scopes is None or gateway)
        return kind == "bearer" and gateway and token.scopes is not None
