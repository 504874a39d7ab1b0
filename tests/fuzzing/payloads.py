"""Slack's payloads: refused as malformed, or handled without an error that reaches Bolt."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest

from footnote_bot.bot.slack.chat.pressing import press_of
from footnote_bot.bot.slack.commands import channel_settings
from footnote_bot.bot.slack.commands.call import Misused, options, person, words_of
from footnote_bot.bot.slack.envelopes import Malformed, read_envelope
from footnote_bot.bot.slack.events.handling import Failures
from footnote_bot.bot.slack.events.parsing import SlackText, parse_event
from footnote_bot.bot.slack.flags import forms
from tests.bot.slack import test_envelopes as envelopes
from tests.bot.slack.test_failed_handlers import Told

from .model import Target

TEXT = SlackText(envelopes.ME)
_MARKUP = st.lists(
    st.sampled_from(
        [
            "<@U0BOT>", "<@U0BOT|x>", "<@U1>", "<#C1|a>", "<!here>", "<!subteam^S1|x>",
            "<https://a.b|c>",
            "<", ">", "|", "&lt;", "&amp;", "&", " ", "\n", "\x00", "\ud800", "\u202e", "this",
            "leave?",
            "@", "!", "^", "--x", "\u2014x", "\u2014", "-", "```", "`", "*", "  \t ", "é",
        ]
    ),
    max_size=60,
).map("".join)  # fmt: skip
_IDS = st.sampled_from(
    ["U1", "C1", "D1", "", "x" * 40, "1764000000.000100", "1", "0.0", "verdict", "bad:1"]
)
_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | _IDS | _MARKUP
_ANYTHING = st.recursive(
    _LEAF, lambda of: st.lists(of, max_size=3) | st.dictionaries(_IDS, of, max_size=3)
)

EVENTS = [
    envelopes.MESSAGE,
    envelopes.CHANGED,
    envelopes.RENAMED,
    envelopes.CHANGED_USER,
    envelopes.COMMAND,
]
ACTIONS = [
    envelopes.PRESSED,
    envelopes.PRESSED
    | {"container": {"message_ts": "1764000000.000100"}, "trigger_id": "1.2.x", "response_url": ""},
]


def _chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


VIEWS = [
    envelopes.SENT
    | {"view": {"type": "modal", "callback_id": name, "private_metadata": data} | entries}
    for name, data, entries in [
        (forms.COMPLAINT, '{"answer": 1}', {"state": {"values": {
            "complaint": {"choice": _chosen("wrong")}, "comment": {"words": {"value": "x"}}}}}),
        (forms.WRITING, '{"flag": 1}', {"state": {"values": {
            "answer": {"words": {"value": "x"}},
            "pages": {"chosen": {"selected_options": [{"value": "p"}]}},
            "until": {"day": {"selected_date": "2026-01-01"}}}}}),
        (channel_settings.FORM, '{"channel": "C1"}', {"state": {"values": {
            "wikis": {"value": {"selected_options": [{"value": "a"}]}},
            "unasked": {"value": _chosen("0.9")}, "sees": {"value": _chosen("all")},
            "language": {"value": _chosen("german")},
            "review": {"value": {"selected_conversation": "C1"}}}}}),
    ]
]  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, envelopes_taken: list[dict[str, Any]]) -> tuple[bytes, str]:
    """Return an envelope of Slack with up to three values replaced, mostly by the same type: most
    envelopes refuse another type at once."""
    envelope: Any = draw(st.sampled_from(envelopes_taken))
    for _ in range(draw(st.integers(0, 3))):
        way = draw(st.sampled_from(list(envelopes.places(envelope))[1:] or [()]))
        if way:
            is_text = isinstance(_at(envelope, way), str)
            new = _IDS | _MARKUP if is_text and draw(st.integers(0, 4)) else _ANYTHING
            envelope = envelopes.replaced(envelope, way, draw(new))
    text = json.dumps(envelope)
    if "command" in envelope:
        fields = {name: value for name, value in envelope.items() if isinstance(value, str | int)}
        return urlencode(fields, errors="replace").encode(), envelopes.FORM
    if draw(st.booleans()):
        return text.encode(), envelopes.JSON
    return urlencode({"payload": text}).encode(), envelopes.FORM


def _at(value: Any, way: tuple[Any, ...]) -> Any:
    for key in way:
        value = value[key]
    return value


def _parsed_body(example: tuple[bytes, str]) -> Mapping[str, Any]:
    """The body as Bolt hands it to us.

    Raises:
        Malformed
    """
    body, content_type = example
    text = read_envelope(body, content_type)
    return AsyncBoltRequest(body=text, headers={"content-type": content_type}).body


def read_event(example: tuple[bytes, str]) -> int:
    body = _parsed_body(example)
    message = parse_event(body, envelopes.ME)
    text = str(body.get("text") or "") if message is None else message.text
    if message is not None:
        float(message.ts)
        message.text.encode()
    plain = TEXT.plain(text, {})
    return len(plain) + len("".join(TEXT.people_named(text)))


def read_command(text: str) -> int:
    words = words_of(text)
    with suppress(Misused):
        options(words, {"--full"})
    for word in words:
        with suppress(Misused):
            assert re.fullmatch("[UW][A-Z0-9]+", person(word))
    return sum(map(len, words))


def _handled(example: tuple[bytes, str], of: Any) -> int:
    """Handle a payload as the edge does: acknowledge it once, and report a failure to a person in a
    channel by their ids."""
    body = _parsed_body(example)
    slack, acknowledged = Told(), []

    async def ack(**answer: object) -> None:
        acknowledged.append(answer)

    async def handle(payload: Mapping[str, Any], _respond: object) -> None:
        of(payload)

    failures = Failures(slack, lambda: "1")  # type: ignore[arg-type]
    asyncio.run(failures.guarded(handle)(ack, body, None))  # type: ignore[arg-type]

    assert acknowledged == [{}]
    assert all(isinstance(argument, str) for call in slack.told for argument in call)
    return 0


_FORMS = {
    forms.COMPLAINT: forms.complained,
    forms.WRITING: forms.wrote,
    channel_settings.FORM: channel_settings.filled,
}


def read_action(example: tuple[bytes, str]) -> int:
    return _handled(example, press_of)


def read_view(example: tuple[bytes, str]) -> int:
    return _handled(example, lambda body: _FORMS[body["view"]["callback_id"]](body["view"]))


def _of_body(example: tuple[bytes, str]) -> int:
    return 20 * len(example[0]) + 1_000


PAYLOADS = (
    Target("Slack events", spoilt(EVENTS), read_event, _of_body, (Malformed,)),
    Target("Slack actions", spoilt(ACTIONS), read_action, _of_body, (Malformed,)),
    Target("Slack views", spoilt(VIEWS), read_view, _of_body, (Malformed,)),
    Target("Slack commands", _MARKUP, read_command, len),
)
