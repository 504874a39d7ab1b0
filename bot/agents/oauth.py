"""The tokens of a company's identity provider (OAuth 2.1): each is signed, made for us, and holds
a person's address."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx2
import jwt

from footnote_bot.bot.agents.errors import ProviderUnavailable

logger = logging.getLogger(__name__)

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures that only the provider can make: none with a secret that we would share."""
_METADATA = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
_AGAIN, _AWAY_AGAIN = 60.0, 5.0
"""Seconds before the keys are read again for a token of an unknown key, which anybody can send; and
after the provider was away."""
_PATIENCE = 5.0
_LEEWAY = 60
"""Seconds by which two clocks may differ."""


@dataclass(slots=True)
class Provider:
    """The provider ``issuer``. Its tokens are for ``audience``, and ``claim`` is the address.
    Safe in several threads; ``address`` blocks while the keys are read."""

    issuer: str
    audience: str
    claim: str
    seconds: Callable[[], float] = time.monotonic
    _keys: jwt.PyJWKSet | None = None
    _read_at: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def address(self, token: str) -> str:
        """Return the e-mail address of the token's person; empty if it is not valid.

        Raises:
            ProviderUnavailable
        """
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(str(header.get("kid") or ""))
            if key is None or header.get("alg") not in _ALGORITHMS:
                return ""
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self.audience,
                issuer=self.issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            logger.info("A token of the identity provider is refused: %s", type(error).__name__)
            return ""
        is_verified = claims.get("email_verified", True) in (True, "true")
        return _text(claims.get(self.claim)) if is_verified else ""

    def _key(self, id_: str) -> jwt.PyJWK | None:
        """Return the provider's key with this id; None if it has none. An unknown key may be new:
        then all are read again, but not too often."""
        with self._lock:
            known = _named(self._keys, id_)
            pause = _AGAIN if self._keys else _AWAY_AGAIN
            if known is None and self.seconds() - self._read_at >= pause:
                self._read_at = self.seconds()
                self._keys = self._read()
                known = _named(self._keys, id_)
            if self._keys is None:
                raise ProviderUnavailable(f"{self.issuer} is asked again in some seconds.")
            return known

    def _read(self) -> jwt.PyJWKSet:
        """Read the provider's keys from the address that its metadata names."""
        with httpx2.Client(timeout=_PATIENCE) as client:
            for path in _METADATA:
                metadata = _json(client, f"{self.issuer.rstrip('/')}{path}")
                if metadata and metadata.get("issuer") == self.issuer:
                    keys = _json(client, _text(metadata.get("jwks_uri")))
                    with suppress(jwt.PyJWTError):  # none of them is usable
                        return jwt.PyJWKSet.from_dict(keys or {})
        raise ProviderUnavailable(f"{self.issuer} does not say which keys it signs with.")


def _named(keys: jwt.PyJWKSet | None, id_: str) -> jwt.PyJWK | None:
    return next((key for key in keys.keys if key.key_id == id_), None) if keys else None


def _json(client: httpx2.Client, url: str) -> dict[str, Any] | None:
    """Return the JSON object at ``url``; None if there is none, or it cannot be read."""
    try:
        response = client.get(url)
        parsed = response.json() if response.status_code == httpx2.codes.OK else None
    except (httpx2.HTTPError, httpx2.InvalidURL, json.JSONDecodeError, ValueError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
