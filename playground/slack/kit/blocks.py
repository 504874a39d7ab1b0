"""Blocks: the fields of each, where it may be used, and the limits of a whole message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.kit.elements import (
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from footnote_bot.playground.slack.kit.rich_text import RICH_TEXT_PARTS, TABLE_CELLS
from footnote_bot.playground.slack.kit.rules import (
    MRKDWN,
    PLAIN,
    Kinds,
    Problems,
    Rule,
    anything,
    boolean,
    many,
    one_of,
    say,
    shape,
    string,
    text,
    url,
)
from footnote_bot.playground.slack.model import Json, interactive_elements

Surface = Literal["message", "modal", "home"]


def _block(fields: dict[str, Rule], *required: str) -> Rule:
    common: dict[str, Rule] = {"type": anything, "block_id": string(limits.BLOCK_ID)}
    return shape(common | fields, required=required)


def _section(value: Any, pointer: str) -> Problems:
    yield from _SECTION(value, pointer)
    if not value.get("text") and not value.get("fields"):
        yield say("missing required field: text or fields", pointer)


def _image(value: Any, pointer: str) -> Problems:
    yield from _IMAGE(value, pointer)
    if ("image_url" in value) == ("slack_file" in value):
        yield say("exactly one of image_url and slack_file is required", pointer)


_SECTION = _block(
    {
        "text": text(limits.SECTION_TEXT, PLAIN, MRKDWN),
        "fields": many(text(limits.SECTION_FIELD, PLAIN, MRKDWN), limits.SECTION_FIELDS),
        "accessory": IN_SECTION,
        "expand": boolean,
    }
)
_IMAGE = _block(
    {
        "image_url": url(),
        "slack_file": anything,
        "alt_text": string(limits.ALT_TEXT, minimum=1),
        "title": text(limits.ALT_TEXT, PLAIN),
    },
    "alt_text",
)

BLOCKS = Kinds(
    {
        "section": _section,
        "image": _image,
        "divider": _block({}),
        "header": _block({"text": text(limits.HEADER_TEXT, PLAIN)}, "text"),
        "context": _block({"elements": many(IN_CONTEXT, limits.CONTEXT_ELEMENTS)}, "elements"),
        "context_actions": _block(
            {"elements": many(IN_CONTEXT_ACTIONS, limits.CONTEXT_ACTIONS_ELEMENTS)}, "elements"
        ),
        "actions": _block({"elements": many(IN_ACTIONS, limits.ACTIONS_ELEMENTS)}, "elements"),
        "input": _block(
            {
                "label": text(limits.INPUT_LABEL, PLAIN),
                "hint": text(limits.INPUT_LABEL, PLAIN),
                "element": IN_INPUT,
                "optional": boolean,
                "dispatch_action": boolean,
            },
            "label",
            "element",
        ),
        "markdown": _block({"text": string(limits.MARKDOWN_TEXT, minimum=1)}, "text"),
        "rich_text": _block({"elements": many(RICH_TEXT_PARTS, 1_000, minimum=0)}, "elements"),
        "table": _block(
            {
                "rows": many(many(TABLE_CELLS, limits.TABLE_COLUMNS), limits.TABLE_ROWS),
                "column_settings": many(anything, limits.TABLE_COLUMNS),
            },
            "rows",
        ),
        "alert": _block(
            {
                "text": text(limits.ALERT_TEXT, PLAIN, MRKDWN),
                "level": one_of("default", "info", "warning", "error", "success"),
            },
            "text",
        ),
    },
    "block",
)

_EVERYWHERE = ("section", "image", "divider", "header", "context", "actions", "input", "rich_text")
_ON: Mapping[Surface, Rule] = {
    "message": BLOCKS.only(*_EVERYWHERE, "context_actions", "markdown", "table", "alert"),
    "modal": BLOCKS.only(*_EVERYWHERE, "alert"),
    "home": BLOCKS.only(*_EVERYWHERE, "alert"),
}


def block_problems(blocks: Sequence[Any], surface: Surface) -> list[str]:
    """Return everything that Slack would refuse these blocks for."""
    maximum = limits.MESSAGE_BLOCKS if surface == "message" else limits.VIEW_BLOCKS
    problems = list(many(_ON[surface], maximum, minimum=0)(list(blocks), "/blocks"))
    if problems:
        return problems
    problems += _repeated_ids(blocks)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT:
        problems.append(
            say(f"markdown blocks must be {limits.MARKDOWN_TEXT} characters at most", "/blocks")
        )
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        problems.append(say("only one table allowed", "/blocks"))
    if sum(len(part) for part in _strings(tables)) > limits.TABLE_TEXT:
        problems.append(say(f"table text must be {limits.TABLE_TEXT} at most", "/blocks"))
    return problems


def text_length(blocks: Sequence[Any]) -> int:
    """Return the number of characters of text in all blocks, which Slack limits as a whole."""
    return sum(len(part) for part in _strings(blocks))


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """Return the blocks as Slack stores them, with ids for those without."""
    stored: list[Json] = []
    for number, block in enumerate(blocks):
        identified = {"block_id": f"b{number:03d}", **block}
        for name in ("elements", "accessory", "element"):
            if name in block and block["type"] not in ("rich_text", "context"):
                identified[name] = _with_action_ids(block[name])
        stored.append(identified)
    return stored


def _with_action_ids(content: Any) -> Any:
    if isinstance(content, list):
        return [
            {"action_id": f"a{number:03d}", **element} for number, element in enumerate(content)
        ]
    return content if content["type"] == "image" else {"action_id": "a000", **content}


def _repeated_ids(blocks: Sequence[Json]) -> Iterator[str]:
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for name, times in ids.items():
        if times > 1:
            yield say(f"block_id already exists: {name}", "/blocks")
    for number, block in enumerate(blocks):
        actions = Counter(element["action_id"] for element in interactive_elements([block]))
        for name, times in actions.items():
            if times > 1:
                yield say(f"action_id already exists: {name}", f"/blocks/{number}/elements")


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts in a structure, without types, ids, addresses and values."""
    if isinstance(value, Mapping):
        for name, content in value.items():
            if isinstance(content, str):
                if name in ("text", "alt_text"):
                    yield content
            else:
                yield from _strings(content)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _strings(item)
