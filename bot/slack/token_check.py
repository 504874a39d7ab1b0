"""A check of a bot token, before the bot is started with it."""

from __future__ import annotations

from bot.slack.api.slack_api import call, web_client
from bot.slack.connection import SLACK_API


async def workspace_of(token: str, api_url: str = "") -> str:
    """Return the name of the workspace that the token is for.

    Raises:
        ChatUnavailable: Slack does not answer.
        ChatRefused: it does not accept the token.
    """
    client = web_client(token, api_url or SLACK_API, patient=False)
    found = await call(client.auth_test())
    return str(found.get("team") or "")
