"""The rich text block that Slack's window makes from a typed text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from footnote_bot.playground.slack.model import Json

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CONTROL = re.compile(r"<([^<>]+)>")


def typed(text: str) -> list[Json]:
    """Return a rich text block for a text with Slack's control sequences; none for an empty one."""
    parts = list(_parts(text))
    return [{"type": "rich_text", "elements": parts}] if parts else []


def _parts(text: str) -> Iterator[Json]:
    for number, piece in enumerate(_FENCE.split(text)):
        kind = "rich_text_preformatted" if number % 2 else "rich_text_section"
        elements = list(_inline(piece))
        if elements:
            yield {"type": kind, "elements": elements}


def _inline(text: str) -> Iterator[Json]:
    for number, piece in enumerate(_CONTROL.split(text)):
        if number % 2:
            yield _control(piece)
        elif piece:
            yield {"type": "text", "text": unescape(piece)}


def _control(content: str) -> Json:
    target, _, label = content.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target in ("!here", "!channel", "!everyone"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})
