"""Data Center's webhooks: signed word that a page changed, which hurries a sync.

Cloud sends none without an app of its own. Whoever signs is believed that there is
something to look at, and nothing more: what it is, the next pass finds out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable

from bot.operations.passes import Rhythm

PATH = "/confluence/events"
SIGNATURE = "X-Hub-Signature"

_EDITS = {"page_created", "page_updated", "blog_created", "blog_updated"}
"""What the search for edits finds; the rest (moved, trashed, restored, restricted) needs
a full pass."""


class Webhooks:
    """Takes what is posted to `PATH`; ``hint`` is told which pass would find it."""

    def __init__(self, secret: str, hint: Callable[[Rhythm], None]) -> None:
        """
        Raises:
            ValueError: no secret; an unsigned hook is anybody's.
        """
        if not secret:
            raise ValueError("webhooks need a secret")
        self._secret = secret.encode()
        self._hint = hint

    def take(self, body: bytes, signature: str) -> int:
        """The HTTP status to answer with."""
        if not self._is_signed(body, signature):
            return 401
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):  # no JSON, or nested too deep
            return 400
        event = told.get("event") if isinstance(told, dict) else None
        if not isinstance(event, str):
            return 400
        self._hint(Rhythm.RECENT if event in _EDITS else Rhythm.FULL)
        return 200

    def _is_signed(self, body: bytes, signature: str) -> bool:
        made = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        # A header may hold anything, also what cannot be encoded again.
        claimed = signature.encode(errors="replace")
        return hmac.compare_digest(f"sha256={made}".encode(), claimed)
