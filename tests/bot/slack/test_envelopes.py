"""Slack's payloads are used; payloads that nobody can use are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest

from footnote_bot.bot.slack.envelopes import Malformed, read_envelope
from footnote_bot.bot.slack.events.parsing import Identity, parse_event

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
ME = Identity(team="T0", user="U0BOT", bot="B0")

MESSAGE = {
    "type": "event_callback",
    "event_id": "Ev1",
    "team_id": "T0",
    "authorizations": [{"team_id": "T0", "enterprise_id": None, "is_bot": True}],
    "event": {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "ts": "1764000000.000100",
        "thread_ts": "1764000000.000100",
        "text": "How do I get leave?",
        "edited": {"user": "U1", "ts": "1764000001.000000"},
        "attachments": [{"is_share": True, "text": "forwarded"}],
    },
}
CHANGED = {
    "type": "event_callback",
    "event_id": "Ev2",
    "event": {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "ts": "1764000002.000000",
        "message": {"user": "U1", "ts": "1764000000.000100", "text": "new", "edited": {"ts": "2"}},
        "previous_message": {"user": "U1", "ts": "1764000000.000100", "text": "old"},
    },
}
RENAMED = {
    "type": "event_callback",
    "event_id": "Ev3",
    "event": {"type": "channel_rename", "channel": {"id": "C1", "name": "new", "created": 1}},
}
CHANGED_USER = {
    "type": "event_callback",
    "event_id": "Ev4",
    "event": {"type": "user_change", "user": {"id": "U1", "profile": {"email": "a@b.example"}}},
}
PRESSED = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T0"},
    "team": {"id": "T0", "domain": "x"},
    "enterprise": None,
    "channel": {"id": "C1", "name": "team"},
    "message": {"type": "message", "ts": "1764000000.000100", "text": "?"},
    "actions": [{"type": "button", "action_id": "verdict", "block_id": "b", "value": "1"}],
}
SENT = {
    "type": "view_submission",
    "user": {"id": "U1"},
    "view": {"type": "modal", "callback_id": "why", "state": {"values": {}}},
    "response_urls": [],
}
COMMAND = {"command": "/wiki", "text": "status", "user_id": "U1", "channel_id": "C1"}


def posted(envelope: dict[str, Any]) -> tuple[bytes, str]:
    """Return a payload as Slack posts it."""
    if "command" in envelope:
        return urlencode(envelope).encode(), FORM
    if envelope["type"] == "event_callback":
        return json.dumps(envelope).encode(), JSON
    return urlencode({"payload": json.dumps(envelope)}).encode(), FORM


@pytest.mark.parametrize(
    "envelope", [MESSAGE, CHANGED, RENAMED, CHANGED_USER, PRESSED, SENT, COMMAND]
)
def test_slacks_payloads_are_accepted(envelope: dict[str, Any]) -> None:
    body, content_type = posted(envelope)

    assert read_envelope(body, content_type) == body.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON),
        (b"", FORM),
        (b"\xff", FORM),
        (b'{"type":"event_callback"', JSON),
        (b"[1]", JSON),
        (b"null", JSON),
        (b'"x"', JSON),
        (b"[" * 100_000, JSON),
        (b'{"type":' + b'{"a":' * 100_000, FORM),
        (b'{"type":' + b"9" * 10_000 + b"}", JSON),
        (b"payload=", FORM),
        (b"payload=%7B", FORM),
        (b"payload=[]", FORM),
        (b"payload=%ff", FORM),
        (b"a=1&" * 10_000, FORM),
        (b'{"type":"event_callback"}', JSON),
        (b'{"type":"event_callback","event":"x"}', JSON),
        (b'{"type":"event_callback","event":{"type":["message"]}}', JSON),
        (b'{"type":"block_actions","actions":[]}', FORM),
        (b'{"type":"block_actions","actions":[null]}', FORM),
        (b'{"type":"view_submission","view":{}}', FORM),
        (b'{"type":"event_callback","event_id":"\\u0000","event":{"type":"message"}}', JSON),
        (b'{"type":"event_callback","event_id":"\\ud800","event":{"type":"message"}}', JSON),
        (b'{"type":"event_callback","event":{"type":"message","ts":"now"}}', JSON),
    ],
)
def test_payloads_that_nobody_can_use_are_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(Malformed):
        read_envelope(body, content_type)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return every place in a structure, from the outside to the inside."""
    yield way
    inner = value.items() if isinstance(value, dict) else ()
    for key, below in inner or (enumerate(value) if isinstance(value, list) else ()):
        yield from places(below, (*way, key))


def replaced(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[way[0]] = replaced(value[way[0]], way[1:], new)
    return copy


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an envelope with one value replaced."""
    envelope = draw(st.sampled_from([MESSAGE, CHANGED, RENAMED, CHANGED_USER, PRESSED, SENT]))
    way = draw(st.sampled_from(list(places(envelope))[1:]))
    leaf = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    anything = st.recursive(
        leaf, lambda children: st.lists(children) | st.dictionaries(st.text(), children)
    )
    result = replaced(envelope, way, draw(anything))
    assert isinstance(result, dict)
    return result


@given(envelope=spoilt())
def test_bolt_and_the_inbox_can_read_accepted_payloads(envelope: dict[str, Any]) -> None:
    body, content_type = json.dumps(envelope).encode(), JSON
    try:
        text = read_envelope(body, content_type)
    except Malformed:
        return
    request = AsyncBoltRequest(body=text, headers={"content-type": content_type})
    parsed = parse_event(request.body, ME)

    if parsed is not None:
        float(parsed.ts)
        parsed.text.encode()
