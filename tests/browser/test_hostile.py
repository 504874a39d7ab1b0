"""Hostile text stays text and is shown quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

MARKUP = [
    "<script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 1'>",
    "<svg onload=window.harmed=1><a xlink:href='javascript:window.harmed=1'>x</a></svg>",
    "</div></article><iframe srcdoc='<script>parent.harmed=1</script>'></iframe>",
    "<a href='javascript:window.harmed=1'>x</a>",
    "<javascript:window.harmed=1|press me>",
    "<JaVaScRiPt:window.harmed=1|press me>",
    "< javascript:window.harmed=1|press me>",
    "<vbscript:x|press me> <data:text/html,<script>1</script>|press me>",
    "<https://x.example/' onmouseover='window.harmed=1|press me>",
    '<https://x.example/" onmouseover="window.harmed=1|press me>',
    "<https://x.example|<img src=x onerror=window.harmed=1>>",
    "[x](javascript:window.harmed=1) [y](<java\nscript:window.harmed=1>) [z](data:text/html,1)",
    '[x](https://x.example/ "\'onmouseover=window.harmed=1")',
    "![x](https://foreign.example/pixel.png) ![y](javascript:window.harmed=1)",
    "<style>*{display:none}</style><link rel=stylesheet href=https://foreign.example/x.css>",
    "<!--<script>window.harmed=1</script>-->",
    "{{constructor.constructor('window.harmed=1')()}} ${window.harmed=1}",
    '<@U1"><script>window.harmed=1</script>> <#C1|<b>x</b>> <!date^1^{date}^javascript:x|<b>>',
    "__proto__ constructor toString hasOwnProperty :__proto__: :constructor: <!constructor>",
]


def payloads_with(text: str) -> list[dict[str, Any]]:
    """Return payloads with a text in every place for one."""
    plain: dict[str, Any] = {"type": "plain_text", "text": text}
    rich = {"type": "mrkdwn", "text": text}
    options = [{"text": plain, "value": text, "description": plain}]
    inline = [
        {"type": "text", "text": text},
        {"type": "link", "url": text, "text": text},
        {"type": "user", "user_id": text},
        {"type": "channel", "channel_id": text},
        {"type": "usergroup", "usergroup_id": text},
        {"type": "emoji", "name": text, "unicode": text},
        {"type": "date", "timestamp": 1, "format": text, "fallback": text, "url": text},
        {"type": "color", "value": text},
        {"type": "broadcast", "range": text},
    ]
    pressed = {
        "action_id": text,
        "value": text,
        "text": plain,
        "url": text,
        "confirm": {"text": rich},
    }
    picture = {"type": "image", "image_url": text, "alt_text": text}
    cells = [[{"type": "raw_text", "text": text}]] * 2
    message = [
        {"type": "section", "block_id": text, "text": rich, "fields": [rich, plain]},
        {"type": "section", "text": plain, "accessory": picture},
        {"type": "header", "text": plain},
        {"type": "context", "elements": [rich, plain]},
        {"type": "markdown", "text": text},
        {**picture, "title": plain},
        {"type": "actions", "elements": [
            {"type": "button", **pressed},
            {"type": "overflow", "action_id": text, "options": options},
            {"type": "static_select", "action_id": text, "placeholder": plain, "options": options},
            {"type": "users_select", "action_id": text, "initial_user": text},
            {"type": "datepicker", "action_id": text, "initial_date": text},
        ]},
        {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": inline},
            {"type": "rich_text_list", "style": text, "indent": text, "elements": [
                {"type": "rich_text_section", "elements": inline}]},
            {"type": "rich_text_preformatted", "elements": inline, "language": text},
        ]},
        {"type": "table", "rows": cells, "column_settings": [{"align": text}]},
        {"type": "alert", "level": text, "text": rich},
    ]  # fmt: skip
    hung = {
        "attachments": [{"title": text, "title_link": text, "text": text, "color": text,
                         "image_url": text, "footer": text, "pretext": text, "author_name": text,
                         "fields": [{"title": text, "value": text}]}],
        "files": [{"name": text}],
        "reactions": [{"name": text, "users": [text], "count": 1}],
    }  # fmt: skip
    field = {
        "type": "plain_text_input",
        "action_id": text,
        "initial_value": text,
        "placeholder": plain,
    }
    view = {
        "type": "modal",
        "id": text,
        "title": plain,
        "submit": plain,
        "errors": {text: text},
        "blocks": [
            {"type": "input", "block_id": text, "label": plain, "hint": plain, "element": field}
        ],
    }
    return [
        {"ts": text, "user": text, "channel": text, "text": text, "blocks": message, **hung},
        {"ts": "1", "user": text, "text": text, "channel": text},
        view,
    ]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_stays_text_wherever_it_stands(kit: Page, text: str) -> None:
    results = kit.evaluate("some => harness.examine(some)", payloads_with(text))
    kit.evaluate("some => harness.show(some)", payloads_with(text))
    for link in kit.locator("a").all():
        link.dispatch_event("mouseover")

    assert [result["live"] for result in results] == [[], [], []]
    assert [result["unknown"] for result in results] == [[], [], []]
    assert all(text in result["readable"] for result in results)
    assert kit.evaluate("window.harmed === undefined")
    assert kit.evaluate("({}).harmed === undefined")


@pytest.mark.parametrize("width", [360, 1000])
def test_long_words_break_and_widen_nothing(kit: Page, width: int) -> None:
    kit.set_viewport_size({"width": width, "height": 800})
    for word in ("w" * 2_900, "\u00a0" * 500 + "x", "https://x.example/" + "a" * 2_800):
        kit.evaluate("some => harness.show(some)", payloads_with(word))

        assert kit.evaluate("document.documentElement.scrollWidth") == width


BIDI = "abc \u202etxt.exe\u202c \u2066\u2067\u202b evil"


def test_a_text_that_turns_its_direction_turns_nothing_else(kit: Page) -> None:
    """Direction marks that are never closed end with their text."""
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": BIDI, "verbatim": True}},
        {"type": "actions", "elements": [
            {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": BIDI}},
            {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": "Next"}},
        ]},
    ]  # fmt: skip
    kit.evaluate("some => harness.show(some)", [{"ts": "1", "user": BIDI, "blocks": blocks}])
    isolated = kit.evaluate(
        """() => [...document.querySelectorAll(".kit-author, .kit-text, .kit-button")]
            .map((one) => getComputedStyle(one).unicodeBidi)"""
    )
    first, second = (kit.locator(".kit-button").nth(n).bounding_box() for n in (0, 1))

    assert len(isolated) == 4
    assert set(isolated) <= {"isolate", "plaintext"}
    assert first is not None
    assert second is not None
    assert first["x"] < second["x"]


HUGE = {
    "stars": "*" * 40_000,
    "open marks": "*a _b ~c " * 4_000,
    "closed marks": "*a* _b_ " * 4_000,
    "angles": "<" * 40_000,
    "open controls": "<@a " * 10_000,
    "ticks": "`" * 40_000,
    "single ticks": "`a\n" * 10_000,
    "fences": "```" * 13_000,
    "colons": ":" * 40_000,
    "names of emoji": ":a" * 20_000,
    "quotes": "&gt;" * 10_000,
    "lines of quotes": "&gt; a\n" * 6_000,
    "entities": "&amp;" * 8_000,
    "addresses": "https://" * 5_000,
    "brackets": "[" * 12_000,
    "nested quotes": ">" * 12_000,
    "nested lists": "".join(" " * (2 * depth) + "- a\n" for depth in range(150)),
    "nested emphasis": "*a **b " * 1_700,
    "open links": "[a](" * 3_000,
    "ticks of growing length": "".join("`" * n + "a" for n in range(150)),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_text_made_to_be_slow_is_shown_in_time_that_grows_with_its_length(
    kit: Page, name: str
) -> None:
    """A whole text against its half: quadratic time would take four times as long."""
    text = HUGE[name]
    for payload in ({"text": text}, {"blocks": [{"type": "markdown", "text": text[:12_000]}]}):
        half, whole = kit.evaluate("payload => harness.timed(payload)", payload)

        assert whole < 3 * half + 150


def test_deep_nesting_is_shown(kit: Page) -> None:
    """Also if the local Slack would refuse the payload."""
    rich: dict[str, Any] = {"type": "rich_text_section", "elements": []}
    for _ in range(40):
        rich = {"type": "rich_text_list", "style": "bullet", "elements": [rich]}
    results = kit.evaluate(
        "some => harness.examine(some)",
        [{"ts": "1", "blocks": [{"type": "rich_text", "elements": [rich]}]}],
    )

    assert len(results[0]["unknown"]) == 1


UNKNOWN = [
    {"type": "video", "title": "lost?"},
    {"type": "constructor", "title": "lost?"},
    {"title": "lost?"},
    "lost?",
    {"type": "section", "title": "lost?"},
    {"type": "actions", "elements": "lost?"},
    {"type": "actions", "elements": [{"type": "workflow_button", "title": "lost?"}]},
    {"type": "context", "elements": [{"type": "button", "title": "lost?"}]},
    {"type": "section", "text": {"type": "html", "text": "lost?"}},
    {"type": "rich_text", "elements": [{"type": "rich_text_poem", "title": "lost?"}]},
    {"type": "table", "rows": [[{"type": "chart", "title": "lost?"}]]},
    {
        "type": "input",
        "label": {"type": "plain_text", "text": "Label"},
        "element": {"type": "rich_text_input", "title": "lost?"},
    },
]  # fmt: skip


@pytest.mark.parametrize("block", UNKNOWN, ids=str)
def test_an_unknown_block_or_element_is_a_red_box_with_its_content(
    kit: Page, block: object
) -> None:
    [result] = kit.evaluate("some => harness.examine(some)", [{"ts": "1", "blocks": [block]}])

    assert len(result["unknown"]) == 1
    assert "lost?" in result["unknown"][0]
