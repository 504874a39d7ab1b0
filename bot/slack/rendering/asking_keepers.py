"""The next step if the wiki may not answer: the nearest pages, and a button that asks the wiki's
owners. Pure."""

from __future__ import annotations

from bot.model import Answer, NoAnswer, Reason, Result, Source, Tone
from bot.slack.rendering.message import Block, plain_text

ASK = "ask_keepers"
"""The action id of the button; its value is the answer's id."""
BLOCK = "keepers"


def is_unsure(result: Result) -> bool:
    """Return whether the answer may not answer the question."""
    if isinstance(result, NoAnswer):
        return result.reason is Reason.NOTHING_FITS
    return isinstance(result, Answer) and (result.tone is Tone.CLOSEST or result.denial)


def nearest(result: Result) -> tuple[Source, ...]:
    """Return the pages worth a look."""
    return result.nearest if isinstance(result, Answer | NoAnswer) else ()


def button(answer: int) -> Block:
    """Return the button. It asks for confirmation: a person who asked in private may not want
    others to read it."""
    return {
        "type": "actions",
        "block_id": BLOCK,
        "elements": [
            {
                "type": "button",
                "action_id": ASK,
                "text": plain_text("Ask the keepers"),
                "value": str(answer),
                "accessibility_label": "Ask the keepers of the wiki to answer this",
                "confirm": {
                    "title": plain_text("Ask the keepers?"),
                    "text": plain_text(
                        "The question and your name go to the people who keep the wiki."
                    ),
                    "confirm": plain_text("Ask"),
                    "deny": plain_text("Cancel"),
                },
            }
        ],
    }
