"""Live parts of a message: mentions and links.

An independent judge of the bot's sanitizer. Where Slack's behaviour is uncertain it says "live": a
control sequence counts even inside code, and so does a plain ``@here``, because Slack parses
certain mentions in text that is not verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from footnote_bot.playground.slack.model import Message

Kind = Literal["broadcast", "user", "channel", "usergroup", "link", "image", "command"]


@dataclass(frozen=True, slots=True)
class Live:
    """A live part. ``target`` is the pinged name or the address as it is written; ``host`` is the
    host that a browser would contact, empty for other schemes and relative addresses."""

    kind: Kind
    target: str
    host: str = ""


_CONTROL = re.compile(r"<([!@#][^<>\s|]+)(?:\|[^<>]*)?>")
_ANGLE_LINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]*:[^<>|\n]*)(?:\|[^<>]*)?>")
_PLAIN_MENTION = re.compile(r"(?<![\w.+-])@(here|channel|everyone|group)\b", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>|]+", re.IGNORECASE)
_BARE_DOMAIN = re.compile(r"(?<![\w@./:-])www\.[^\s<>|]+", re.IGNORECASE)
_MARKDOWN_TARGET = re.compile(r"(!?)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^\s<>)]*)")
_MARKDOWN_REFERENCE = re.compile(r"^ {0,3}\[[^\]]{1,999}\]:\s*<?([^\s<>]+)", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_OF_CONTROL: Mapping[str, Kind] = {"@": "user", "#": "channel"}
_ENDS = ".,;:!?'\"`*_~)]}"


def live_pings(message: Message | Mapping[str, Any] | str) -> list[Live]:
    """Return everything live in a message, a view or a text in mrkdwn, in reading order.

    A message's text counts beside its blocks: it is the notification.
    """
    if isinstance(message, str):
        return _unique(_in_mrkdwn(message))
    if isinstance(message, Message):
        content: Mapping[str, Any] = {
            "text": message.text,
            "blocks": message.blocks,
            "attachments": message.attachments,
        }
        # The text of a stream is Markdown, and its block says so.
        if message.stream is not None:
            content = {**content, "text": ""}
    else:
        content = message
    parts = list(_in_mrkdwn(str(content.get("text") or "")))
    for name in ("blocks", "attachments"):
        parts += _in_structure(content.get(name) or [])
    return _unique(parts)


def host_of(address: str) -> str:
    r"""Return the host that a browser contacts: it reads ``\`` as ``/``, skips control characters,
    and takes what follows the last ``@`` as the host."""
    cleaned = re.sub(r"[\x00-\x20]", "", address).replace("\\", "/").replace("&amp;", "&")
    if cleaned.startswith("//"):
        cleaned = f"https:{cleaned}"
    try:
        return (urlsplit(cleaned).hostname or "").rstrip(".").lower()
    except ValueError:
        return "?"


def _unique(parts: Iterator[Live] | Sequence[Live]) -> list[Live]:
    return list(dict.fromkeys(parts))


def _in_structure(value: Any) -> Iterator[Live]:
    if isinstance(value, Mapping):
        yield from _in_object(value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _in_structure(item)


def _in_object(value: Mapping[str, Any]) -> Iterator[Live]:
    kind = value.get("type")
    if kind in ("plain_text", "raw_text"):
        return
    if kind == "mrkdwn":
        yield from _in_mrkdwn(str(value.get("text", "")))
        return
    if kind == "markdown":
        yield from _in_markdown(str(value.get("text", "")))
        return
    yield from _in_rich_text(kind, value)
    for name, content in value.items():
        if name in ("url", "title_link", "from_url", "author_link"):
            yield Live("link", str(content), host_of(str(content)))
        elif name in ("image_url", "thumb_url", "author_icon", "footer_icon"):
            yield Live("image", str(content), host_of(str(content)))
        elif kind is None and name in ("text", "pretext", "fallback") and isinstance(content, str):
            yield from _in_mrkdwn(content)
        else:
            yield from _in_structure(content)


def _in_rich_text(kind: Any, value: Mapping[str, Any]) -> Iterator[Live]:
    if kind == "broadcast":
        yield Live("broadcast", str(value.get("range")))
    elif kind == "user":
        yield Live("user", str(value.get("user_id")))
    elif kind == "channel":
        yield Live("channel", str(value.get("channel_id")))
    elif kind == "usergroup":
        yield Live("usergroup", str(value.get("usergroup_id")))


def _in_mrkdwn(text: str) -> Iterator[Live]:
    yield from _controls(text)
    for match in _ANGLE_LINK.finditer(text):
        yield Live("link", match[1], host_of(match[1]))
    readable = _without_code(_ANGLE_LINK.sub(" ", _CONTROL.sub(" ", text)))
    yield from _typed(readable)


def _in_markdown(text: str) -> Iterator[Live]:
    yield from _controls(text)
    for match in _ANGLE_LINK.finditer(text):
        yield Live("link", match[1], host_of(match[1]))
    readable = _without_code(text)
    for match in _MARKDOWN_TARGET.finditer(readable):
        yield Live("image" if match[1] else "link", match[2], host_of(match[2]))
    for match in _MARKDOWN_REFERENCE.finditer(readable):
        yield Live("link", match[1], host_of(match[1]))
    words = _ANGLE_LINK.sub(" ", _CONTROL.sub(" ", _MARKDOWN_TARGET.sub(" ", readable)))
    yield from _typed(words)


def _without_code(text: str) -> str:
    """Return the text without its code spans, each between two equal runs of backticks."""
    outside, start = [], 0
    runs = list(_BACKTICKS.finditer(text))
    following = {len(run[0]): run for run in runs}
    closing: dict[int, re.Match[str]] = {}
    for run in reversed(runs):
        closing[run.start()] = following[len(run[0])]
        following[len(run[0])] = run
    for run in runs:
        end = closing[run.start()]
        if run.start() >= start and end.start() > run.start():
            outside.append(text[start : run.start()])
            start = end.end()
    return " ".join([*outside, text[start:]])


def _controls(text: str) -> Iterator[Live]:
    for match in _CONTROL.finditer(text):
        sign, target = match[1][0], match[1][1:]
        if sign != "!":
            yield Live(_OF_CONTROL[sign], target)
        elif target.startswith("subteam^"):
            yield Live("usergroup", target.removeprefix("subteam^"))
        elif target.startswith("date^"):
            address = re.search(r"\^([a-z]+://[^\^|>]+)$", target)
            if address:
                yield Live("link", address[1], host_of(address[1]))
        elif target in ("channel", "here", "everyone", "group"):
            yield Live("broadcast", target)
        else:
            yield Live("command", target)


def _typed(text: str) -> Iterator[Live]:
    """Yield the mentions and addresses that Slack finds in plain words, as a person types them."""
    for match in _PLAIN_MENTION.finditer(text):
        yield Live("broadcast", match[1].lower())
    for pattern in (_BARE_ADDRESS, _BARE_DOMAIN):
        for match in pattern.finditer(text):
            address = match[0].rstrip(_ENDS)
            scheme = "" if "://" in address else "https://"
            yield Live("link", address, host_of(scheme + address))
