"""The app as a client of OAuth: it exchanges an installation's code, or a refresh token, for a
token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from footnote_bot.bot.slack.api.slack_api import SLACK_API

_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """The app's identity when it is installed in a workspace, and the bot scopes that it asks
    for."""

    id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]
    api_url: str = SLACK_API


class OAuthWebClient(AsyncWebClient):
    """A client without a token. It sends the app's secret in the body, as Slack's documentation
    has it: slack_sdk 3 uses aiohttp's BasicAuth, which is deprecated."""

    async def oauth_v2_access(self, **arguments: Any) -> AsyncSlackResponse:
        """Call `oauth.v2.access`.

        Raises:
            SlackApiError: Slack refuses.
        """
        present = {name: value for name, value in arguments.items() if value is not None}
        return await self.api_call("oauth.v2.access", data=present)


def oauth_web_client(api_url: str) -> OAuthWebClient:
    """Return the client. It does not retry: a code works once."""
    return OAuthWebClient(base_url=api_url.rstrip("/") + "/", timeout=_SECONDS, retry_handlers=[])
