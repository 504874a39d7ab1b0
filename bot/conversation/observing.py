"""An observer for processes without metrics."""

from __future__ import annotations

from bot.conversation.model import IncomingMessage, MessageState
from bot.model import Result


class Unobserved:
    """An implementation of `bot.conversation.ports.Observer` that records nothing."""

    def answered(self, result: Result) -> None:
        """Do nothing."""

    def ended(self, message: IncomingMessage, state: MessageState) -> None:
        """Do nothing."""
