"""A message: blocks, and text for the notification."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from footnote_bot.bot.slack.rendering.mrkdwn import Piece, literal
from footnote_bot.bot.slack.rendering.sections import sections

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message. ``text`` is for notifications and screen readers; it is safe mrkdwn."""

    text: str
    blocks: list[Block]

    def marked(self, mark: str) -> Message:
        """Return the message with ``mark`` as the id of its first block, by which it is found."""
        return Message(self.text, [{**self.blocks[0], "block_id": mark}, *self.blocks[1:]])


def section(mrkdwn: str) -> Block:
    """Return a block of text. The mrkdwn must be safe."""
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(*mrkdwn: str) -> Block:
    """Return a block of small print. The mrkdwn must be safe."""
    return {"type": "context", "elements": [_mrkdwn(text) for text in mrkdwn]}


def _mrkdwn(text: str) -> Block:
    # Without verbatim Slack turns bare addresses, names and channels into links.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def button(
    action: str, label: str, value: str = "", *, aloud: str = "", style: str = "", **more: Block
) -> Block:
    """Return a button. Clicks on it have the id ``action`` and the ``value``; screen readers say
    ``aloud`` in place of its label; ``more`` are further fields."""
    fields = {"value": value, "accessibility_label": aloud, "style": style}
    filled = {name: text for name, text in fields.items() if text}
    return {"type": "button", "action_id": action, "text": plain_text(label), **filled, **more}


def actions(*buttons: Block, id_: str = "") -> Block:
    block: Block = {"type": "actions", "elements": list(buttons)}
    return block | {"block_id": id_} if id_ else block


def entry(id_: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """Return the field ``id_`` of a form. ``element`` is the input element that takes the entry."""
    block: Block = {"type": "input", "block_id": id_, "label": plain_text(label)}
    hints = {"hint": plain_text(hint)} if hint else {}
    return block | {"element": element, "optional": optional} | hints


def modal(title: str, blocks: Sequence[Block]) -> Block:
    return {"type": "modal", "title": plain_text(title), "blocks": list(blocks)}


def form(  # noqa: PLR0913 - the parts of a form
    name: str,
    subject: Mapping[str, Any],
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str,
    close: str,
) -> Block:
    """Return a form. Slack sends ``name`` and ``subject`` back with the entries."""
    return modal(title, blocks) | {
        "callback_id": name,
        "private_metadata": json.dumps(subject),
        "submit": plain_text(submit),
        "close": plain_text(close),
    }


def say(text: str, *small: str) -> Message:
    """Return a message of plain text, with small print below; each line is cut to fit."""
    safe = literal(text)
    parts = [section(part) for part in sections([Piece(safe)])]
    lines = [part for line in small for part in sections([Piece(literal(line))])[:1]]
    return Message(safe, [*parts, *map(context, lines)])
