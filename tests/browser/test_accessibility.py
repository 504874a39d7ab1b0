"""Every message of the bot is accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import serious_problems
from tests.browser.recording import collection
from tests.browser.test_acting import MODAL, OPTIONS, actions, words

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVERYTHING: dict[str, Any] = {
    "ts": "1.2",
    "user": "U0LOCALBOT",
    "bot_id": "B1",
    "only_for": "U0ADA",
    "reactions": [{"name": "+1", "users": ["U0ADA"], "count": 1}],
    "files": [{"name": "plan.pdf"}],
    "edited": {"ts": "1"},
    "blocks": [
        {"type": "header", "text": words("Header")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*a* `b` <!here> <@U0ADA>"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<https://x.example/|x>"}]},
        actions(
            {"type": "button", "action_id": "a", "text": words("A"), "style": "primary"},
            {"type": "button", "action_id": "b", "text": words("B"), "style": "danger"},
            {"type": "overflow", "action_id": "c", "options": OPTIONS},
            {"type": "static_select", "action_id": "d", "options": OPTIONS},
            {"type": "radio_buttons", "action_id": "e", "options": OPTIONS},
            {"type": "datepicker", "action_id": "f"},
        ),
        {"type": "markdown", "text": "# A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]] * 2},
        {"type": "image", "image_url": "https://x.example/", "alt_text": "words"},
        *({"type": "alert", "level": level, "text": words(level)}
          for level in ("default", "info", "warning", "error", "success")),
        {"type": "video"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(kit: Page, scheme: Any) -> None:
    kit.emulate_media(color_scheme=scheme)
    modal = MODAL | {"errors": {"Day": "That day is over."}}
    for payloads in ([EVERYTHING], [modal], collection()[::12]):
        kit.evaluate("payloads => harness.show(payloads)", payloads)

        assert serious_problems(kit) == []
