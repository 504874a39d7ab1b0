"""The errors of agents as a tree, each with its reader.

BotError
├── AgentsMisconfigured  operator: the port is taken, or a package is missing
├── ProviderUnavailable  log: the identity provider does not say which keys it signs with
├── TokenRefused         the person reads it: a token cannot be made under this name
└── CallRefused          the agent reads it: why it gets nothing; ``status`` is HTTP's
"""

from __future__ import annotations

from footnote_bot.bot.errors import BotError, ChatUnavailable, StateUnavailable
from footnote_bot.indexers.errors import IndexUnavailable


class AgentsMisconfigured(BotError):
    pass


class ProviderUnavailable(BotError):
    pass


class TokenRefused(BotError):
    pass


class CallRefused(BotError):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


AWAY = (ChatUnavailable, IndexUnavailable, ProviderUnavailable, StateUnavailable)
"""Errors after which an agent has to try again."""
