"""Checks all output to Slack for live links and pings. One checker covers messages and their edits,
ephemeral messages, forms, streams chunk by chunk, titles, suggestions and states, as they went over
the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from footnote_bot.playground.slack.pings import Live, live_pings
from footnote_bot.playground.slack.web_api.server import Call
from footnote_bot.playground.slack.workspace import LocalSlack

_MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update")
_VIEWS = ("views.open", "views.push", "views.update", "views.publish")
_STREAMS = ("chat.startStream", "chat.appendStream", "chat.stopStream")
_PLAIN = {
    "assistant.threads.setStatus": ("status", "loading_messages"),
    "assistant.threads.setTitle": ("title",),
    "assistant.threads.setSuggestedPrompts": ("prompts",),
    "agents.sessions.setStatus": ("title",),
}
"""Texts of which Slack does not document how it reads them. They are judged as mrkdwn."""
_SAY_NOTHING = ("auth.", "users.", "usergroups.", "conversations.", "reactions.", "apps.",
                "chat.delete", "chat.getPermalink")  # fmt: skip
_DECEIVING = frozenset(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


@dataclass(frozen=True)
class Found:
    """A problem, ``what``, in something that ``method`` sent."""

    method: str
    what: str
    text: str


def alive(slack: LocalSlack, hosts: frozenset[str], *, since: int = 0) -> list[Found]:
    """Return everything that pings somebody, leads to a host outside ``hosts``, shows an image, is
    meant to deceive, or is left to Slack to make links of."""
    findings: list[Found] = []
    for call in slack.calls[since:]:
        findings += [Found(call.method, problem, _cut(call)) for problem in _wrong(call, hosts)]
    for whisper in slack.ephemeral:
        content = {"text": whisper.text, "blocks": whisper.blocks}
        findings += [
            Found("respond", problem, whisper.text[:200]) for problem in _judged(content, hosts)
        ]
    return findings


def _wrong(call: Call, hosts: frozenset[str]) -> Iterator[str]:
    arguments = {name: _structure(value) for name, value in call.arguments.items()}
    if call.method in _MESSAGES:
        yield from _judged(
            {"text": arguments.get("text"), "blocks": arguments.get("blocks")}, hosts
        )
        yield from _left_to_slack(call.method, arguments)
    elif call.method in _VIEWS:
        yield from _judged({"blocks": arguments["view"]}, hosts)
    elif call.method in _STREAMS:
        texts = [
            arguments.get("markdown_text"),
            *(c.get("text") for c in arguments.get("chunks") or ()),
        ]
        blocks = [{"type": "markdown", "text": text} for text in texts if text]
        chunk_blocks = [
            b for chunk in arguments.get("chunks") or () for b in chunk.get("blocks", ())
        ]
        yield from _judged({"blocks": [*blocks, *chunk_blocks]}, hosts)
    elif call.method in _PLAIN:
        for name in _PLAIN[call.method]:
            for text in _texts(arguments.get(name)):
                yield from _judged({"text": text}, hosts)
    elif not call.method.startswith(_SAY_NOTHING):
        yield f"nobody judges {call.method}"


def _judged(content: Mapping[str, Any], hosts: frozenset[str]) -> Iterator[str]:
    for ping in live_pings(content):
        if not _may_live(ping, hosts):
            yield f"{ping.kind} {ping.target}"
    for text in _texts(content.get("blocks")):
        if _DECEIVING & set(text):
            yield f"characters that deceive in {text[:80]!r}"
    for block in _objects(content.get("blocks")):
        if block.get("type") == "mrkdwn" and not block.get("verbatim"):
            yield "Slack makes links of what is not verbatim"


def _left_to_slack(method: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    previews = {str(arguments.get(name)).lower() for name in ("unfurl_links", "unfurl_media")}
    if method == "chat.postMessage" and not previews <= {"false", "0"}:
        yield "a preview of a page"
    if method == "chat.update" and arguments.get("parse") != "none":
        yield "an edit that makes links"


def _may_live(ping: Live, hosts: frozenset[str]) -> bool:
    return (
        ping.kind == "link"
        and ping.host in hosts
        and ping.target.startswith(("https://", "http://127.0.0.1:"))
    )


def _structure(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)


def _cut(call: Call) -> str:
    return str(dict(call.arguments))[:400]
