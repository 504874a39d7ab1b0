"""A message: blocks, and text for the notification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.slack.rendering.mrkdwn import Piece, literal
from bot.slack.rendering.sections import sections

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message. ``text`` is for notifications and screen readers; it is safe mrkdwn."""

    text: str
    blocks: list[Block]

    def marked(self, mark: str) -> Message:
        """Return the message with ``mark`` as the id of its first block, so that it can be found
        later."""
        return Message(self.text, [{**self.blocks[0], "block_id": mark}, *self.blocks[1:]])


def section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(*mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text) for text in mrkdwn]}


def _mrkdwn(text: str) -> Block:
    # Without verbatim Slack turns bare addresses, names and channels into links.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def say(text: str, *small: str) -> Message:
    """Return a message of plain text, with small print below."""
    safe = literal(text)
    parts = [section(part) for part in sections([Piece(safe)])]
    return Message(safe, [*parts, *(context(literal(line)) for line in small)])
