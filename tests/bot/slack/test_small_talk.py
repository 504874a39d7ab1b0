"""Greetings and thanks are told by their words; no message takes long to be told apart."""

from __future__ import annotations

import time

import pytest

from bot.conversation.addressing import asks_nothing
from bot.slack.events.parsing import MOST_CHARACTERS, Identity, parse_event, question

ME = Identity("T0", "U0BOT", "B0BOT")


@pytest.mark.parametrize(
    "text",
    [
        "", "hi", "Hello there!", "thank you so much :pray:", "Thanks a lot, all", "\u00a1hey!",
        "??", "good morning everyone", "OK - cool", ":wave: :wave:", "ty footnote", "ok_ok",
        "Thank you, you",
    ],
)  # fmt: skip
def test_small_talk_asks_nothing(text: str) -> None:
    assert asks_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["thank you x", "good", "so", "help me", "hi, where is the VPN?", "a", "42", "\u4f60\u597d"],
)
def test_all_else_asks_something(text: str) -> None:
    assert not asks_nothing(text)


@pytest.mark.parametrize(
    "seed", ["thank you ", "hi", "a lot", ":a", "<", "\t ", "<@U", "'", "good "]
)
def test_a_message_of_one_piece_is_understood_at_once(seed: str) -> None:
    text = seed * (40_000 // len(seed)) + "x"
    start = time.thread_time()
    asks_nothing(question(text, ME, {}))

    assert time.thread_time() - start < 0.2


def test_of_a_message_no_more_than_a_bound_is_looked_at() -> None:
    def event(**more: object) -> dict[str, object]:
        said = {"type": "message", "channel_type": "im", "user": "U1", "ts": "1.0", "channel": "D1"}
        return {"event_id": "E1", "event": {**said, **more}}

    long = parse_event(event(text="a b " * 20_000), ME)
    shared = {"is_share": True, "text": "c d " * 20_000}
    forwarded = parse_event(event(text="how " * 20_000, attachments=[shared, shared]), ME)

    assert long is not None
    assert len(long.text) == MOST_CHARACTERS
    assert forwarded is not None
    assert len(forwarded.text) <= 2 * MOST_CHARACTERS + 1
