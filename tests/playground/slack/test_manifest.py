"""The app's manifest, and errors in others."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.playground.slack.manifest import (
    EVENT_SCOPES,
    InvalidManifest,
    Manifest,
    manifest_problems,
)
from footnote_bot.playground.slack.web_api.server import METHODS

MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"


@pytest.fixture
def document() -> dict[str, Any]:
    return dict(json.loads(MANIFEST.read_text()))


def test_our_manifest_is_valid(document: dict[str, Any]) -> None:
    assert manifest_problems(document) == []


def test_our_manifest_is_footnotes() -> None:
    manifest = Manifest.read(MANIFEST)

    assert manifest.name == "Footnote"
    assert manifest.commands == {"/wiki"}
    assert manifest.agent_view
    assert manifest.home_tab
    assert manifest.socket_mode
    assert manifest.interactivity


def test_our_manifest_asks_for_no_scope_without_a_use() -> None:
    """Every scope is needed by an event, by a method that the app may call, or by commands."""
    manifest = Manifest.read(MANIFEST)
    by_events = {EVENT_SCOPES[event] for event in manifest.events}
    by_methods = {scope for method in METHODS.values() for scope in method.scopes}
    by_reading = {"groups:read", "im:read", "mpim:read", "channels:read"}

    assert manifest.scopes <= by_events | by_methods | by_reading | {"commands"}


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        *above, last = path.split(".")
        for name in above:
            document = document[name]
        document[last] = value

    return apply


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (change("display_information.name", "x" * 36), "1 to 35 characters"),
        (change("display_information.description", "x" * 141), "0 to 140 characters"),
        (change("display_information.long_description", "short"), "174 to 4000 characters"),
        (change("features.bot_user", {}), "display_name"),
        (change("features.slash_commands", [{"command": "wiki", "description": "d"}]), "with /"),
        (change("features.agent_view.suggested_prompts", [{}] * 5), "no more than 4"),
        (change("features.agent_view.suggested_prompts", [{"title": "t"}]), "a message"),
        (change("features.app_home", {}), "messages tab"),
        (change("features.jukebox", {}), "unknown property jukebox"),
        (change("oauth_config.scopes.bot", ["chat:write"]), "needs the scope app_mentions:read"),
        (change("oauth_config.scopes.bot", ["read:everything"]), "unknown scope"),
        (change("settings.event_subscriptions.bot_events", ["message"]), "unknown event"),
        (change("settings.socket_mode_enabled", False), "request_url"),
    ],
)
def test_a_broken_manifest_says_what_is_wrong(
    document: dict[str, Any], break_it: Callable[[dict[str, Any]], None], says: str
) -> None:
    broken = deepcopy(document)
    break_it(broken)

    with pytest.raises(InvalidManifest) as refused:
        Manifest.read(broken)

    assert any(says in str(problem) for problem in refused.value.args)


def test_an_event_is_heard_only_if_subscribed(document: dict[str, Any]) -> None:
    document["settings"]["event_subscriptions"]["bot_events"] = ["app_mention"]
    manifest = Manifest.read(document)

    assert manifest.hears("app_mention")
    assert not manifest.hears("message.channels")
