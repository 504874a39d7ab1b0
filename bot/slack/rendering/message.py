"""A message: blocks to look at, text for the notification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.slack.rendering.mrkdwn import Piece, literal
from bot.slack.rendering.sections import sections

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """``text`` stands in notifications and for screen readers; it is safe mrkdwn."""

    text: str
    blocks: list[Block]

    def marked(self, mark: str) -> Message:
        """The first block carries ``mark`` as its id, so that the message can be told
        among others later."""
        return Message(self.text, [{**self.blocks[0], "block_id": mark}, *self.blocks[1:]])


def section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(*mrkdwn: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text) for text in mrkdwn]}


def _mrkdwn(text: str) -> Block:
    # Without verbatim Slack makes links of bare addresses, names and channels.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def say(text: str, *small: str) -> Message:
    """A sentence of ours in plain text, with small print below."""
    safe = literal(text)
    parts = [section(part) for part in sections([Piece(safe)])]
    return Message(safe, [*parts, *(context(literal(line)) for line in small)])
