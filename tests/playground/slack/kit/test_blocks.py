"""Blocks that Slack refuses, each limit at its edge."""

from __future__ import annotations

from typing import Any

import pytest

from footnote_bot.playground.slack.kit.blocks import block_problems, text_length, with_ids


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "a", **fields: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **fields}


def button(**fields: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **fields}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def numbered(count: int) -> list[dict[str, Any]]:
    return [button(action_id=f"go{n}") for n in range(count)]


def option(value: str = "v", text: str = "t") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def select(**fields: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **fields}


def field(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("Label"), "element": element}


def feedback(**fields: Any) -> dict[str, Any]:
    side = {"text": plain("Good"), "value": "up"}
    return {
        "type": "feedback_buttons",
        "action_id": "vote",
        "positive_button": side,
        "negative_button": side,
    } | fields


def context_actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "context_actions", "elements": list(elements)}


def markdown(length: int) -> dict[str, Any]:
    return {"type": "markdown", "text": "x" * length}


def cell(text: str = "c") -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


FITS: dict[str, list[dict[str, Any]]] = {
    "50 blocks": [section()] * 50,
    "a section of 3,000": [section("x" * 3_000)],
    "a section of fields alone": [{"type": "section", "fields": [mrkdwn("x" * 2_000)] * 10}],
    "a header of 150": [{"type": "header", "text": plain("x" * 150)}],
    "10 things in a context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "25 buttons": [actions(*numbered(25))],
    "a button's longest text and value": [actions(button(text=plain("x" * 75), value="x" * 2_000))],
    "feedback buttons in a context_actions": [context_actions(feedback())],
    "markdown of 12,000": [markdown(12_000)],
    "ids of 255": [section(block_id="b" * 255), actions(button(action_id="a" * 255))],
    "an image with its alt text": [
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}
    ],
    "a select as accessory": [section(accessory=select(placeholder=plain("Pick")))],
    "a table of 100 rows": [{"type": "table", "rows": [[cell()] * 20] * 100}],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "See "},
                        {"type": "link", "url": "https://example.com", "text": "it"},
                    ],
                }
            ],
        }
    ],
    "an input": [field({"type": "plain_text_input", "action_id": "t", "multiline": True})],
}

REFUSED: dict[str, list[Any]] = {
    "51 blocks": [section()] * 51,
    "no object": ["section"],
    "no type": [{"text": mrkdwn("x")}],
    "an unknown type": [{"type": "citations"}],
    "an unknown property": [section(color="red")],
    "a section of 3,001": [section("x" * 3_001)],
    "a section of nothing": [{"type": "section"}],
    "a section with an empty text": [section("")],
    "11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "a field of 2,001": [{"type": "section", "fields": [mrkdwn("x" * 2_001)]}],
    "a text that is a string": [{"type": "section", "text": "x"}],
    "a header of 151": [{"type": "header", "text": plain("x" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": mrkdwn("x")}],
    "a header without text": [{"type": "header"}],
    "emoji on mrkdwn": [{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}],
    "11 things in a context": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "a button in a context": [{"type": "context", "elements": [button()]}],
    "an empty context": [{"type": "context", "elements": []}],
    "26 buttons": [actions(*numbered(26))],
    "no buttons": [actions()],
    "a button text of 76": [actions(button(text=plain("x" * 76)))],
    "a button value of 2,001": [actions(button(value="x" * 2_001))],
    "a button in mrkdwn": [actions(button(text=mrkdwn("Go")))],
    "a button of a made-up style": [actions(button(style="green"))],
    "a button that leads to javascript": [actions(button(url="javascript:alert(1)"))],
    "feedback buttons among actions": [actions(feedback())],
    "a plain button in a context_actions": [context_actions(button())],
    "6 in a context_actions": [context_actions(*[feedback(action_id=f"v{n}") for n in range(6)])],
    "feedback without its other side": [
        context_actions({k: v for k, v in feedback().items() if k != "negative_button"})
    ],
    "a feedback value of 2,001": [
        context_actions(feedback(positive_button={"text": plain("G"), "value": "x" * 2_001}))
    ],
    "markdown of 12,001": [markdown(12_001)],
    "markdown of 12,001 in all": [markdown(6_000), markdown(6_001)],
    "a block_id of 256": [section(block_id="b" * 256)],
    "an action_id of 256": [actions(button(action_id="a" * 256))],
    "a block_id twice": [section(block_id="b"), section(block_id="b")],
    "an action_id twice in a block": [actions(button(), button())],
    "an image without alt text": [{"type": "image", "image_url": "https://example.com/a.png"}],
    "an image from nowhere": [{"type": "image", "alt_text": "A"}],
    "an option text of 76": [section(accessory=select(options=[option(text="x" * 76)]))],
    "an option value of 151": [section(accessory=select(options=[option("x" * 151)]))],
    "a select of nothing": [section(accessory=select(options=[]))],
    "101 options": [section(accessory=select(options=[option(str(n)) for n in range(101)]))],
    "options and groups": [
        section(accessory=select(option_groups=[{"label": plain("l"), "options": [option()]}]))
    ],
    "an initial option that is not offered": [
        section(accessory=select(initial_option=option("other")))
    ],
    "a placeholder of 151": [section(accessory=select(placeholder=plain("x" * 151)))],
    "a text input among actions": [actions({"type": "plain_text_input", "action_id": "t"})],
    "an input without a label": [
        {"type": "input", "element": {"type": "plain_text_input", "action_id": "t"}}
    ],
    "a button as an input": [field(button())],
    "101 rows": [{"type": "table", "rows": [[cell()]] * 101}],
    "21 columns": [{"type": "table", "rows": [[cell()] * 21]}],
    "two tables": [{"type": "table", "rows": [[cell()]]}] * 2,
    "a confirmation without its words": [actions(button(confirm={"title": plain("Sure?")}))],
    "11 checkboxes": [
        field(
            {
                "type": "checkboxes",
                "action_id": "c",
                "options": [option(str(n)) for n in range(11)],
            }
        )
    ],
}


@pytest.mark.parametrize("blocks", FITS.values(), ids=FITS.keys())
def test_slack_takes(blocks: list[Any]) -> None:
    assert block_problems(blocks, "message") == []


@pytest.mark.parametrize("blocks", REFUSED.values(), ids=REFUSED.keys())
def test_slack_refuses(blocks: list[Any]) -> None:
    problems = block_problems(blocks, "message")

    assert problems
    assert all("[json-pointer:/blocks" in problem for problem in problems)


@pytest.mark.parametrize("surface", ["modal", "home"])
@pytest.mark.parametrize(
    "block", [context_actions(feedback()), markdown(1), {"type": "table", "rows": [[cell()]]}]
)
def test_some_blocks_stand_in_messages_alone(block: Any, surface: Any) -> None:
    assert block_problems([block], "message") == []
    assert block_problems([block], surface) != []


def test_a_view_takes_100_blocks() -> None:
    assert block_problems([section()] * 100, "modal") == []
    assert block_problems([section()] * 101, "modal") != []


def test_a_problem_says_where_it_is() -> None:
    [problem] = block_problems([section(), section("x" * 3_001)], "message")

    assert problem == "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


def test_blocks_without_ids_are_given_some() -> None:
    [block, image] = with_ids(
        [
            {"type": "actions", "elements": [{"type": "button", "text": plain("Go")}, button()]},
            section(accessory={"type": "image", "image_url": "https://e.com", "alt_text": "A"}),
        ]
    )

    assert block["block_id"] == "b000"
    assert [element["action_id"] for element in block["elements"]] == ["a000", "go"]
    assert "action_id" not in image["accessory"]


def test_text_length_counts_text_and_nothing_else() -> None:
    blocks = [section("four", block_id="not counted"), actions(button(value="nor this"))]

    assert text_length(blocks) == len("four") + len("Go")
