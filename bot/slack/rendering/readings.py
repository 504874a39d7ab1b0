"""A clarifying question in Slack: a button for each reading, and their replacement. Pure."""

from __future__ import annotations

import re

from bot.model import Clarify, Reading
from bot.slack.rendering.message import Block, Message, context, plain_text
from bot.slack.rendering.mrkdwn import button_text, literal

CHOICE = re.compile(r"choice-\d")
"""The action ids of the buttons; their values are ``<id of the answer>:<number>``."""
_BUTTONS = "choices"
_BUTTON_TEXT = 75
HINT = "Press one, or reply with its number."


def buttons(answer: int, question: Clarify) -> Block:
    """Return the buttons. Only numbers pass through Slack, never the question."""
    return {
        "type": "actions",
        "block_id": _BUTTONS,
        "elements": [
            {
                "type": "button",
                "action_id": f"choice-{number}",
                "text": plain_text(_cut(f"{number}. {reading.label}")),
                "value": f"{answer}:{number}",
            }
            for number, reading in enumerate(question.readings, 1)
        ],
    }


def chosen(message: Message, reading: Reading, by: str) -> Message:
    """Return the message after a choice: it shows the chosen reading instead of asking."""
    line = f":arrow_right: *{literal(reading.label)}*{f', chosen by {literal(by)}' if by else ''}"
    return Message(
        message.text,
        [
            context(line) if block.get("block_id") == _BUTTONS else block
            for block in message.blocks
            if block != context(HINT)
        ],
    )


def _cut(label: str) -> str:
    words = button_text(label)
    return words if len(words) <= _BUTTON_TEXT else f"{words[: _BUTTON_TEXT - 1]}\u2026"
