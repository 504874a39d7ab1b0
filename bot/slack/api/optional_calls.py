"""Optional calls to Slack: a status, a title, suggestions.

A workspace may lack them, or its plan; then they are left out, which is logged once.
"""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.slack.api.slack_api import call

logger = logging.getLogger(__name__)

_NEVER = frozenset(
    {"unknown_method", "missing_scope", "not_allowed_token_type", "feature_not_enabled",
     "method_deprecated", "access_denied", "team_access_not_granted"}
)  # fmt: skip


class OptionalCalls:
    """Optional calls. ``client`` should not retry: a late status is worse than none."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._missing: set[str] = set()

    def has(self, method: str) -> bool:
        """Return whether the method is worth trying."""
        return method not in self._missing

    async def try_call(self, method: str, **arguments: Any) -> bool:
        """Make the call, and return whether Slack carried it out, or may have."""
        if not self.has(method):
            return False
        try:
            await call(self._client.api_call(method, json=arguments))
        except ChatRefused as error:
            self.refused(method, error)
            return False
        except ChatUnavailable as error:
            logger.debug("%s: %s", method, error)
        return True

    def refused(self, method: str, error: ChatRefused) -> None:
        """Remember a refusal, if it is permanent."""
        if error.code in _NEVER and self.has(method):
            self._missing.add(method)
            logger.info("This workspace does without %s: %s", method, error)
        else:
            logger.debug("%s: %s", method, error)
