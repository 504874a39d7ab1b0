"""Modals and home tabs."""

from __future__ import annotations

import json
from typing import Any

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import block_problems
from footnote_bot.playground.slack.kit.rules import (
    PLAIN,
    Rule,
    anything,
    boolean,
    shape,
    string,
    text,
)
from footnote_bot.playground.slack.model import Json

_COMMON: dict[str, Rule] = {
    "type": anything,
    "blocks": anything,
    "private_metadata": string(limits.PRIVATE_METADATA),
    "callback_id": string(limits.CALLBACK_ID),
    "external_id": string(255),
}
_HOME = shape(_COMMON, required=("blocks",))
_MODAL = shape(
    _COMMON
    | {
        "title": text(limits.VIEW_TITLE, PLAIN),
        "submit": text(limits.VIEW_TITLE, PLAIN),
        "close": text(limits.VIEW_TITLE, PLAIN),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    required=("title", "blocks"),
)


def check_view(view: Any, kind: str) -> Json:
    """Return the view, if Slack would accept it as a ``kind`` ("modal" or "home").

    Raises:
        Refusal: ``invalid_arguments`` with every problem, or ``view_too_large``.
    """
    if not isinstance(view, dict) or view.get("type") != kind:
        raise Refusal("invalid_arguments", [f"view must be of type {kind} [json-pointer:/view]"])
    if len(json.dumps(view)) > limits.VIEW_BYTES:
        raise Refusal("view_too_large")
    blocks = view.get("blocks", [])
    problems = list((_MODAL if kind == "modal" else _HOME)(view, "/view"))
    if not isinstance(blocks, list):
        problems.append("must be an array [json-pointer:/view/blocks]")
    else:
        problems += block_problems(blocks, "modal" if kind == "modal" else "home")
        if any(b.get("type") == "input" for b in blocks if isinstance(b, dict)) and (
            kind == "modal" and "submit" not in view
        ):
            problems.append(
                "missing required field: submit, because there are inputs [json-pointer:/view]"
            )
    if problems:
        raise Refusal("invalid_arguments", problems)
    return view
