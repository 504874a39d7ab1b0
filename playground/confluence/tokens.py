"""Callers, by e-mail and API token, personal access token or scoped token, or anonymous."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from footnote_bot.playground.confluence.calls import Refusal
from footnote_bot.playground.confluence.model import User
from footnote_bot.playground.confluence.world import World


@dataclass(frozen=True, slots=True)
class Token:
    """A token. ``scopes`` None: a classic token, with all rights of its owner."""

    user: str
    scopes: frozenset[str] | None


class Tokens:
    def __init__(self, world: World) -> None:
        self._world = world
        self._issued: dict[str, Token] = {}

    def issue(self, user: User, scopes: frozenset[str] | None) -> str:
        secret = f"ATATT-{len(self._issued)}-{user.username}"
        self._issued[secret] = Token(user.id, scopes)
        return secret

    def revoke(self, secret: str) -> None:
        del self._issued[secret]

    def caller(self, authorization: str, *, gateway: bool) -> Token | None:
        """Return the caller's token; None: not logged in.

        Raises:
            Refusal: 401 for a wrong token, a deactivated person's token, a token under
                another person's e-mail, or a token for another base: Cloud takes
                scoped tokens only at the gateway, and personal access tokens not
                at all; Data Center takes no e-mail with a token.
        """
        if not authorization:
            if gateway:
                raise Refusal(401, "Unauthorized")
            return None
        kind, _, secret = authorization.partition(" ")
        email = ""
        if kind.lower() == "basic":
            try:
                email, _, secret = base64.b64decode(secret).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError) as error:
                raise Refusal(401, "Unauthorized") from error
        token = self._issued.get(secret)
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
