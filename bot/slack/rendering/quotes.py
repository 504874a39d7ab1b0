"""The button that shows the pages' own words, below an answer that left something out or was not
fully verified."""

from __future__ import annotations

from bot.slack.rendering import asking_keepers
from bot.slack.rendering.message import Block, plain_text

SHOW = "show_quotes"
"""The action id; the value is the id of the answer."""
_BLOCK = "quotes"


def button(answer: int) -> Block:
    element: Block = {
        "type": "button",
        "action_id": SHOW,
        "text": plain_text("Show the quotes"),
        "value": str(answer),
        "accessibility_label": "Show the quotes from the pages, only to you",
    }
    return {"type": "actions", "block_id": _BLOCK, "elements": [element]}


def without_buttons(blocks: list[Block]) -> list[Block]:
    """Return the blocks without feedback and buttons."""
    pressed = (_BLOCK, asking_keepers.BLOCK, "verdicts")
    return [block for block in blocks if block.get("block_id") not in pressed]
