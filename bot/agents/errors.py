"""The errors of agents as a tree, each with its reader.

BotError
├── AgentsMisconfigured  operator: the port is taken, or a package is missing
├── TokenRefused         the person reads it: a token cannot be made under this name
└── CallRefused          the agent reads it: why it gets nothing, and as which status of HTTP
"""

from __future__ import annotations

from footnote_bot.bot.errors import BotError


class AgentsMisconfigured(BotError):
    pass


class TokenRefused(BotError):
    pass


class CallRefused(BotError):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
