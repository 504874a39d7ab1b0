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
    """Return the handlers of posts, by path, each of which returns the HTTP status; none without a
    secret. ``hint`` is called with the pass that would find the change."""

    def take(body: bytes, headers: Mapping[str, str]) -> int:
        if not _is_signed(body, headers.get(SIGNATURE, ""), secret):
            return 401
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):  # no JSON, or nested too deep
            return 400
        event = payload.get("event") if isinstance(payload, dict) else None
        if not isinstance(event, str):
            return 400
        hint(PassKind.RECENT_EDITS if event in _EDITS else PassKind.ALL_PAGES)
        return 200

    return {PATH: take} if secret else {}


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # A header may hold anything, even text that cannot be encoded again.
    claimed = signature.encode(errors="replace")
    return hmac.compare_digest(f"sha256={expected}".encode(), claimed)
