"""An observer for where nobody counts."""

from __future__ import annotations

from bot.conversation.model import IncomingMessage, MessageState
from bot.model import Result


class Unobserved:
    """The port `bot.conversation.ports.Observer` that takes note of nothing."""

    def answered(self, result: Result) -> None:
        """Take no note."""

    def ended(self, message: IncomingMessage, state: MessageState) -> None:
        """Take no note."""
