"""The buttons below an answer: feedback, the pages' own words, the wiki's owners, and the choice of
a reading. Only ids and numbers pass through Slack, never the question. Pure."""

from __future__ import annotations

import re

from footnote_bot.bot.model import Clarify, Reading
from footnote_bot.bot.slack.rendering.message import (
    Block,
    Message,
    actions,
    button,
    context,
    plain_text,
)
from footnote_bot.bot.slack.rendering.mrkdwn import button_text, literal
from footnote_bot.bot.slack.texts import replies as texts

VERDICT = "verdict"
"""The action id of the feedback buttons; their values are ``good:<id>``, ``bad:<id>``."""
ASK_KEEPERS = "ask_keepers"
"""The action id; the value is the answer's id."""
SHOW_QUOTES = "show_quotes"
"""The same for the pages' own words."""
CHOICE = re.compile(r"choice-\d")
"""The action ids of the readings; their values are ``<id of the answer>:<number>``."""
VERDICTS, _KEEPERS, _QUOTES, _CHOICES = "verdicts", "keepers", "quotes", "choices"
"""The blocks' ids."""
_BUTTON_TEXT = 75


def feedback(answer: int) -> Block:
    def verdict(text: str, value: str, label: str) -> Block:
        value = f"{value}:{answer}"
        return {"text": plain_text(text), "value": value, "accessibility_label": label}

    element = {
        "type": "feedback_buttons",
        "action_id": VERDICT,
        "positive_button": verdict(texts.HELPFUL, "good", texts.HELPFUL_ALOUD),
        "negative_button": verdict(texts.FLAG, "bad", texts.FLAG_ALOUD),
    }
    return {"type": "context_actions", "block_id": VERDICTS, "elements": [element]}


def ask_keepers(answer: int) -> Block:
    """Return the button that asks the wiki's owners. It asks for confirmation: a person who asked
    in private may not want others to read it."""
    confirm = {
        "title": plain_text(texts.SHALL_I_ASK_KEEPERS),
        "text": plain_text(texts.KEEPERS_SEE),
        "confirm": plain_text(texts.ASK),
        "deny": plain_text(texts.CANCEL),
    }
    label, aloud = texts.ASK_KEEPERS, texts.ASK_KEEPERS_ALOUD
    ask = button(ASK_KEEPERS, label, str(answer), aloud=aloud, confirm=confirm)
    return actions(ask, id_=_KEEPERS)


def show_quotes(answer: int) -> Block:
    """Return the button that shows the pages' own words."""
    label, aloud = texts.SHOW_QUOTES, texts.SHOW_QUOTES_ALOUD
    return actions(button(SHOW_QUOTES, label, str(answer), aloud=aloud), id_=_QUOTES)


def without_buttons(blocks: list[Block]) -> list[Block]:
    """Return the blocks without feedback and buttons."""
    pressed = (_QUOTES, _KEEPERS, VERDICTS)
    return [block for block in blocks if block.get("block_id") not in pressed]


def choices(answer: int, question: Clarify) -> Block:
    """Return a button for each reading of a question."""
    buttons = (
        button(f"choice-{number}", _cut(f"{number}. {reading.label}"), f"{answer}:{number}")
        for number, reading in enumerate(question.readings, 1)
    )
    return actions(*buttons, id_=_CHOICES)


def chosen(message: Message, reading: Reading, by: str) -> Message:
    """Return the message after a choice: it shows the chosen reading instead of asking."""
    label = literal(reading.label)
    line = texts.chosen_by(label, literal(by)) if by else texts.chosen(label)
    return Message(
        message.text,
        [
            context(line) if block.get("block_id") == _CHOICES else block
            for block in message.blocks
            if block != context(texts.PRESS_ONE)
        ],
    )


def _cut(label: str) -> str:
    words = button_text(label)
    return words if len(words) <= _BUTTON_TEXT else f"{words[: _BUTTON_TEXT - 1]}\u2026"
