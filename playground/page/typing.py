"""Words and forms of a person, as Slack's window sends them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from footnote_bot.playground.slack.errors import CannotAct

_NAMED = re.compile(r"(?<![\w@#])([@#])([\w.-]{1,80})")
_WIDE = ("here", "channel", "everyone")


def as_sent(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Return a typed text with names of people and channels as Slack's control sequences. Both are
    ids by their lower-case names; everything else is escaped."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def replacement(match: re.Match[str]) -> str:
        sign, whole = match[1], match[2]
        name = whole.rstrip(".-")
        punctuation = whole[len(name) :]
        id_ = (people if sign == "@" else channels).get(name.lower())
        if id_:
            return f"<{sign}{id_}>{punctuation}"
        if sign == "@" and name in _WIDE:
            return f"<!{name}>{punctuation}"
        return match[0]

    return _NAMED.sub(replacement, escaped)


def filled_in(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person's entries in a form, from Slack's ``state.values``: by block_id, or by
    action_id in a block with several fields.

    Raises:
        CannotAct: ``state`` is not of this form.
    """
    values: dict[str, Any] = {}
    for block, fields in state.items():
        if not isinstance(fields, dict):
            raise CannotAct("the form is not one of Slack's")
        for action, content in fields.items():
            values[block if len(fields) == 1 else action] = _value(content)
    return values


def _value(content: Any) -> Any:
    if not isinstance(content, dict):
        raise CannotAct("the form is not one of Slack's")
    for name, value in content.items():
        if name == "selected_option":
            return value.get("value") if isinstance(value, dict) else None
        if name == "selected_options":
            return [option.get("value") for option in value or [] if isinstance(option, dict)]
        if name != "type":
            return value
    return None
