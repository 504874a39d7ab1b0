"""The payloads that the page's tests show (`make payloads`) hold all that the bot can send."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.slack import listeners
from footnote_bot.playground.slack.kit.blocks import block_problems
from footnote_bot.playground.slack.kit.views import check_view
from footnote_bot.playground.slack.model import interactive_elements
from tests.browser.recording import collection, normalised, shape_of

PAYLOADS = collection()
SLACK = Path(__file__).parents[3] / "bot" / "slack"
STREAMED = {"markdown_text", "blocks"}
"""Types of stream chunks, which are not blocks."""


class Anything:
    """Stands in for every part of a listener: only the listeners' names matter here."""

    def __getattr__(self, name: str) -> Anything:
        return Anything()

    def __call__(self, *arguments: Any, **named: Any) -> Anything:
        return Anything()


class Names:
    """Records the listeners of a Bolt app."""

    def __init__(self) -> None:
        self.views: list[str | re.Pattern[str]] = []
        self.actions: list[str | re.Pattern[str]] = []

    def view(self, name: str | re.Pattern[str]) -> Callable[[Any], None]:
        self.views.append(name)
        return lambda _: None

    def action(self, name: str | re.Pattern[str]) -> Callable[[Any], None]:
        self.actions.append(name)
        return lambda _: None

    def __getattr__(self, name: str) -> Anything:
        return Anything()


def listened_to() -> Names:
    app: Any = Names()
    parts: Any = Anything()
    listeners.listen(app, parts, parts)
    # the last listener of each kind takes the rest
    del app.views[-1], app.actions[-1]
    names: Names = app
    return names


def matching(pattern: str | re.Pattern[str], names: set[str]) -> list[str]:
    return [name for name in names if re.fullmatch(pattern, name)]


def types_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value["type"]
        for part in value.values():
            yield from types_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from types_in(part)


def types_written() -> set[str]:
    """Return every ``"type": "..."`` in the code of the Slack side."""
    types = set()
    for file in SLACK.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                types |= {
                    value.value
                    for key, value in pairs
                    if isinstance(key, ast.Constant) and key.value == "type"
                    if isinstance(value, ast.Constant) and isinstance(value.value, str)
                }
    return types - STREAMED


def test_every_type_of_block_and_element_that_the_code_makes_is_recorded() -> None:
    types = types_written()

    assert {"section", "modal", "feedback_buttons", "datepicker"} <= types
    assert types <= set(types_in(PAYLOADS))


def test_every_form_that_the_code_listens_to_is_recorded() -> None:
    views = listened_to().views

    assert len(views) >= 3
    recorded = {payload.get("callback_id", "") for payload in PAYLOADS}
    assert [name for name in views if not matching(name, recorded)] == []


def test_every_button_that_the_code_listens_to_is_recorded() -> None:
    actions = listened_to().actions
    elements = [
        element
        for payload in PAYLOADS
        for element in interactive_elements(payload.get("blocks", []))
    ]

    assert len(actions) >= 10
    recorded = {element["action_id"] for element in elements}
    assert [name for name in actions if not matching(name, recorded)] == []


def test_the_local_slack_takes_every_recorded_payload() -> None:
    for payload in PAYLOADS:
        if payload["type"] in ("modal", "home"):
            view = {name: part for name, part in payload.items() if name != "id"}
            assert check_view(view, payload["type"]) == view
        else:
            assert block_problems(payload.get("blocks", []), "message") == [], payload


def test_messages_of_every_kind_are_recorded() -> None:
    messages = [payload for payload in PAYLOADS if payload["type"] == "message"]

    assert any(message["only_for"] for message in messages)
    assert any(message["streaming"] for message in messages)
    assert any(message.get("edited") for message in messages)
    assert any("thread_ts" in message for message in messages)
    assert any("blocks" not in message for message in messages)


def test_what_a_screen_reader_calls_a_button_begins_with_the_words_on_it() -> None:
    """People who control the computer by voice say the words on a button."""
    named = {
        (button["text"]["text"], button["accessibility_label"])
        for payload in PAYLOADS
        for button in buttons_in(payload)
    }

    assert len(named) >= 5
    assert [pair for pair in named if not pair[1].startswith(pair[0])] == []


def buttons_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every element with a name for screen readers."""
    if isinstance(value, dict):
        if "accessibility_label" in value:
            yield value
        for part in value.values():
            yield from buttons_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from buttons_in(part)


# The recorder


def section(text: str) -> dict[str, Any]:
    return {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


@pytest.mark.parametrize(
    ("first", "other", "same"),
    [
        ("Two words", "Three other words", True),
        ("*Two* words", "Two words", False),
        ("See <https://x.example|x>", "See x", False),
    ],
)
def test_payloads_that_differ_only_in_words_are_the_same(
    first: str, other: str, *, same: bool
) -> None:
    assert (shape_of(section(first)) == shape_of(section(other))) is same


def test_ids_times_and_addresses_are_the_same_in_every_run() -> None:
    first = '"U1000000007 1712345678.000200 http://127.0.0.1:43215/x /tmp/pytest-of-me/pytest-1/a"'
    again = '"U1000000031 1799999999.000100 http://127.0.0.1:8812/x /dev/shm/pytest-of-you/2/a"'

    assert normalised(first) == normalised(again)
    assert "/folder/" in normalised(first)
