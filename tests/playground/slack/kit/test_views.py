"""Modals and home tabs that Slack refuses."""

from __future__ import annotations

from typing import Any

import pytest

from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.views import check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def modal(**fields: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "blocks": [{"type": "divider"}]} | fields


INPUT = {
    "type": "input",
    "label": plain("L"),
    "element": {"type": "plain_text_input", "action_id": "t"},
}


def test_the_longest_words_and_metadata_fit() -> None:
    view = modal(
        title=plain("x" * 24),
        submit=plain("x" * 24),
        close=plain("x" * 24),
        private_metadata="x" * 3_000,
        callback_id="x" * 255,
        blocks=[INPUT],
    )

    assert check_view(view, "modal") is view


@pytest.mark.parametrize(
    "view",
    [
        modal(title=plain("x" * 25)),
        modal(submit=plain("x" * 25)),
        modal(close=plain("x" * 25)),
        modal(private_metadata="x" * 3_001),
        modal(callback_id="x" * 256),
        modal(title={"type": "mrkdwn", "text": "x"}),
        modal(blocks=[INPUT]),
        modal(blocks="[]"),
        modal(colour="red"),
        {"type": "modal", "blocks": []},
        {"type": "home", "blocks": []},
        None,
    ],
)
def test_a_modal_that_breaks_a_rule_is_refused(view: Any) -> None:
    with pytest.raises(Refusal) as refused:
        check_view(view, "modal")

    assert refused.value.error == "invalid_arguments"
    assert refused.value.problems


def test_a_home_tab_has_no_title() -> None:
    with pytest.raises(Refusal):
        check_view({"type": "home", "blocks": [], "title": plain("x")}, "home")


def test_a_view_of_more_than_250_kb_is_too_large() -> None:
    sections = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_000}} for _ in range(100)
    ]

    with pytest.raises(Refusal, match="view_too_large"):
        check_view(modal(blocks=sections), "modal")
