"""Rich text: the content of a message that a person typed, and of table cells."""

from __future__ import annotations

from footnote_bot.playground.slack.kit.rules import (
    Kinds,
    Rule,
    anything,
    integer,
    many,
    one_of,
    shape,
    string,
    url,
)


def _part(fields: dict[str, Rule], *required: str) -> Rule:
    common: dict[str, Rule] = {"type": anything, "style": anything}
    return shape(common | fields, required=required)


_INLINE = Kinds(
    {
        "text": _part({"text": string(40_000, minimum=1)}, "text"),
        "link": _part({"url": url(), "text": string(40_000), "unsafe": anything}, "url"),
        "user": _part({"user_id": string(20, minimum=1)}, "user_id"),
        "usergroup": _part({"usergroup_id": string(20, minimum=1)}, "usergroup_id"),
        "channel": _part({"channel_id": string(20, minimum=1)}, "channel_id"),
        "broadcast": _part({"range": one_of("here", "channel", "everyone")}, "range"),
        "emoji": _part(
            {"name": string(100, minimum=1), "unicode": string(100), "skin_tone": integer}, "name"
        ),
        "date": _part(
            {"timestamp": integer, "format": string(200), "url": url(), "fallback": string(200)},
            "timestamp",
            "format",
        ),
        "color": _part({"value": string(7)}, "value"),
    },
    "rich text",
)
_RUN = many(_INLINE.only(*_INLINE.rules), 10_000, minimum=0)
_PARTS = {
    "rich_text_section": _part({"elements": _RUN}, "elements"),
    "rich_text_quote": _part({"elements": _RUN, "border": integer}, "elements"),
    "rich_text_preformatted": _part(
        {"elements": _RUN, "border": integer, "language": string(50)}, "elements"
    ),
}
_SECTIONS = Kinds(_PARTS, "rich text").only("rich_text_section")
_LIST = _part(
    {
        "elements": many(_SECTIONS, 1_000),
        "style": one_of("bullet", "ordered"),
        "indent": integer,
        "offset": integer,
        "border": integer,
    },
    "elements",
    "style",
)
_ALL_PARTS = Kinds(_PARTS | {"rich_text_list": _LIST}, "rich text")

RICH_TEXT_PARTS = _ALL_PARTS.only(*_ALL_PARTS.rules)

_CELLS = Kinds(
    {
        "raw_text": _part({"text": string(10_000, minimum=1)}, "text"),
        "raw_number": _part({"value": anything, "text": string(100)}, "value"),
        "rich_text": _part(
            {"elements": many(RICH_TEXT_PARTS, 1_000, minimum=0), "block_id": string(255)},
            "elements",
        ),
    },
    "cell",
)
TABLE_CELLS = _CELLS.only(*_CELLS.rules)
