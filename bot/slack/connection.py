"""The connection to Slack: tokens and addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

SLACK_API = "https://slack.com/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConnection:
    """Tokens and addresses. With an ``app_token`` Slack is reached by Socket Mode, without it by
    HTTP, which needs the ``signing_secret``."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = SLACK_API
    host: str = "127.0.0.1"
    port: int | None
    """The port for HTTP: events, health checks and hooks; None in Socket Mode: no port."""

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """The app's identity when it is installed in a workspace, and the bot scopes that it asks
    for."""

    id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]
    api_url: str = SLACK_API
