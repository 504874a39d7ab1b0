"""The text that a person must be able to read in a payload, computed in another way than the page
does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_CONTROL = re.compile(r"<([^<>\n|]+)(?:\|([^<>\n]*))?>")
_EMOJI = re.compile(r":[a-z0-9_+'-]{1,100}:")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}
_MARKS = re.compile(r"[\W_]+")
_NAMES = {"U0ADA": "Ada", "U0LOCALBOT": "Footnote", "C0GENERAL": "general"}
_MARKDOWN = MarkdownIt("js-default", {"html": False})


def letters(text: str) -> str:
    """Return the letters and digits of a text. Formatting removes none of them."""
    return _MARKS.sub("", text)


def missing_texts(payload: Mapping[str, Any], readable: str) -> list[str]:
    """Return the texts of a payload that are missing in ``readable``."""
    readable_letters = letters(readable)
    return [text for text in texts(payload) if not _is_in(text, readable_letters)]


def _is_in(text: str, readable_letters: str) -> bool:
    """Return whether a text is readable, apart from the names of emoji, which are drawn."""
    end = 0
    for part in _EMOJI.split(text):
        start = readable_letters.find(letters(part), end)
        if start < 0:
            return False
        end = start + len(letters(part))
    return True


def texts(payload: Mapping[str, Any]) -> Iterator[str]:
    """Yield every text that a message or view shows at once. A confirmation comes later."""
    if "blocks" not in payload and payload.get("text"):
        yield mrkdwn(payload["text"])
    elif payload.get("type") in ("modal", "home"):
        for name in ("title", "submit", "close"):
            yield from _texts(payload.get(name))
    yield from _texts(payload.get("blocks", []))
    for file in payload.get("files", []):
        yield file["name"]


_SHOWN: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "mrkdwn": lambda part: [mrkdwn(part["text"])],
    "plain_text": lambda part: [part["text"]],
    "text": lambda part: [part["text"]],
    "raw_text": lambda part: [part["text"]],
    "markdown": lambda part: _tokens(_MARKDOWN.parse(part["text"])),
    "user": lambda part: [_NAMES.get(part["user_id"], part["user_id"])],
    "channel": lambda part: [_NAMES.get(part["channel_id"], part["channel_id"])],
    "link": lambda part: [part.get("text") or part["url"]],
    "broadcast": lambda part: [part["range"]],
}
"""The fields with texts, by type. Other parts are in the fields of these."""
_SHOWN_FIELDS = ("alt_text", "image_url", "initial_value", "accessibility_label")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict) and value.get("type") in _SHOWN:
        yield from _SHOWN[value["type"]](value)
    elif isinstance(value, dict):
        yield from (value[name] for name in _SHOWN_FIELDS if name in value)
        hidden = {"confirm", *(["placeholder"] if _is_filled(value) else [])}
        for name, part in value.items():
            if name not in hidden:
                yield from _texts(part)


def _is_filled(element: Mapping[str, Any]) -> bool:
    """Return whether something is chosen. A choice replaces the placeholder."""
    return any(name.startswith("initial_") for name in element)


def mrkdwn(text: str) -> str:
    """Return the words of mrkdwn."""
    return _ENTITY.sub(lambda entity: _CHARACTERS[entity[1]], _CONTROL.sub(_shown, text))


def _shown(control: re.Match[str]) -> str:
    target, label = control[1], control[2] or ""
    if target.startswith(("@", "#")):
        return _NAMES.get(target[1:]) or label or target[1:]
    if target.startswith("!"):
        return label or target[1:].partition("^")[0]
    return label or target.removeprefix("mailto:")


def _tokens(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _tokens(token.children or [])
        elif token.content:
            yield mrkdwn(token.content) if token.type == "text" else token.content
