"""Data Center's webhooks: signed notices of a changed page, which start a sync sooner.

Confluence Cloud sends none without an app of its own. A signed notice is trusted to say that
something changed, and nothing more: the next pass finds out what.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

from footnote_bot.bot.operations.passes import PassKind

PATH = "/confluence/events"
SIGNATURE = "X-Hub-Signature"

_EDITS = {"page_created", "page_updated", "blog_created", "blog_updated"}
"""Events that the search for edits finds; all others (moved, trashed, restored, restricted) need a
full pass."""


def hooks(
    secret: str, hint: Callable[[PassKind], None]
) -> dict[str, Callable[[bytes, Mapping[str, str]], int]]:
    """Return the handlers of posts, by path; none without a secret."""
    if not secret:
        return {}
    taker = Webhooks(secret, hint)
    return {PATH: lambda body, headers: taker.take(body, headers.get(SIGNATURE, ""))}


class Webhooks:
    """The endpoint for posts to `PATH`; ``hint`` is called with the pass that would find the
    change."""

    def __init__(self, secret: str, hint: Callable[[PassKind], None]) -> None:
        """Create it with the shared secret.

        Raises:
            ValueError: no secret; an unsigned hook is anybody's.
        """
        if not secret:
            raise ValueError("webhooks need a secret")
        self._secret = secret.encode()
        self._hint = hint

    def take(self, body: bytes, signature: str) -> int:
        """Return the HTTP status for a posted event, and give a hint if it is signed."""
        if not self._is_signed(body, signature):
            return 401
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):  # no JSON, or nested too deep
            return 400
        event = payload.get("event") if isinstance(payload, dict) else None
        if not isinstance(event, str):
            return 400
        self._hint(PassKind.RECENT_EDITS if event in _EDITS else PassKind.ALL_PAGES)
        return 200

    def _is_signed(self, body: bytes, signature: str) -> bool:
        expected = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        # A header may hold anything, even text that cannot be encoded again.
        claimed = signature.encode(errors="replace")
        return hmac.compare_digest(f"sha256={expected}".encode(), claimed)
