"""Greetings and thanks are recognised by their words, quickly for every message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footnote_bot.bot.conversation.addressing import asks_about_me, asks_nothing
from footnote_bot.bot.slack.events.parsing import MOST_CHARACTERS, Identity, parse_event, question
from tests.timing import seconds_of

ME = Identity("T0", "U0BOT", "B0BOT")
MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"


@pytest.mark.parametrize(
    "text",
    [
        "", "hi", "Hello there!", "thank you so much :pray:", "Thanks a lot, all", "\u00a1hey!",
        "??", "good morning everyone", "OK - cool", ":wave: :wave:", "ty footnote", "ok_ok",
        "Thank you, you", "lol ok", "brb", "got it, thanks!", "never mind", "https://example.com/a?b",
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
    "text",
    [
        "What can I ask?",
        "who are you",
        "Hi! What can you do? :wave:",
        "ok footnote, can you help me",
    ],
)
def test_a_question_about_the_bot_itself_is_told_by_all_of_its_words(text: str) -> None:
    assert asks_about_me(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "hi", "Can you help me with my VPN?", "What can you do about a flat tyre?",
        "who are you going to call", "VPN: what can I ask?", "you", "what can i",
    ],
)  # fmt: skip
def test_a_question_with_other_words_is_not_about_the_bot(text: str) -> None:
    assert not asks_about_me(text)


def test_the_question_that_slack_suggests_at_first_is_about_the_bot() -> None:
    manifest = json.loads(MANIFEST.read_text())
    prompts = manifest["features"]["agent_view"]["suggested_prompts"]

    assert [asks_about_me(prompt["message"]) for prompt in prompts] == [True]


@pytest.mark.parametrize(
    "seed", ["thank you ", "hi", "a lot", ":a", "<", "\t ", "<@U", "'", "good "]
)
def test_a_message_of_one_piece_is_understood_at_once(seed: str) -> None:
    text = seed * (40_000 // len(seed)) + "x"

    assert seconds_of(lambda: asks_nothing(question(text, ME, {})), 0.2) <= 0.2


def test_only_the_start_of_a_huge_message_is_examined() -> None:
    def event(**fields: object) -> dict[str, object]:
        message = {
            "type": "message",
            "channel_type": "im",
            "user": "U1",
            "ts": "1.0",
            "channel": "D1",
        }
        return {"event_id": "E1", "event": {**message, **fields}}

    long = parse_event(event(text="a b " * 20_000), ME)
    shared = {"is_share": True, "text": "c d " * 20_000}
    forwarded = parse_event(event(text="how " * 20_000, attachments=[shared, shared]), ME)

    assert long is not None
    assert len(long.text) == MOST_CHARACTERS
    assert forwarded is not None
    assert len(forwarded.text) <= 2 * MOST_CHARACTERS + 1
