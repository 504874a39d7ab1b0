"""The page shows every kind of payload that the tests of the bot produce."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from footnote_bot.playground.slack.interactions import state_of
from footnote_bot.playground.slack.model import interactive_elements
from tests.browser.oracle import missing_texts, texts
from tests.browser.recording import collection

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAYLOADS = collection()
AT_ONCE = 50


def examined(kit: Page, payloads: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for first in range(0, len(payloads), AT_ONCE):
        batch = payloads[first : first + AT_ONCE]
        yield from zip(batch, kit.evaluate("some => harness.examine(some)", batch), strict=True)


@pytest.mark.parametrize("width", [360, 1600])
def test_every_payload_is_shown_whole_and_nothing_in_it_is_live(kit: Page, width: int) -> None:
    kit.set_viewport_size({"width": width, "height": 800})
    for payload, result in examined(kit, PAYLOADS):
        assert result["unknown"] == [], payload
        assert result["live"] == [], payload
        assert missing_texts(payload, result["readable"]) == [], payload
        assert result["blocks"] >= len(payload.get("blocks", [])), payload
        assert not result["wide"], payload


def test_the_payloads_have_texts_to_lose() -> None:
    assert len(PAYLOADS) > 300
    assert sum(len(list(texts(payload))) for payload in PAYLOADS) > 1_000


def test_a_text_that_is_missing_is_noticed(kit: Page) -> None:
    """A test of the check itself: each payload is compared with the text of another."""
    results = [result["readable"] for _, result in examined(kit, PAYLOADS)]
    missed = [
        missing_texts(payload, other_readable)
        for payload, other_readable in zip(PAYLOADS, results[1:], strict=False)
    ]

    assert sum(map(bool, missed)) > 0.9 * len(missed)


def test_a_form_starts_with_the_state_that_the_local_slack_gives_it(kit: Page) -> None:
    forms = [payload for payload in PAYLOADS if interactive_elements(payload.get("blocks", []))]
    states = [state_of(interactive_elements(form["blocks"]), {}) for form in forms]

    assert sum(map(bool, states)) >= 5
    for state, (form, result) in zip(states, examined(kit, forms), strict=True):
        assert result["state"] == state, form
