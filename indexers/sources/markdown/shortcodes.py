"""The meaning of template tags to a reader: text, a link, a note around what follows, or
nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from footnote_bot.indexers.sources.markdown.tags import Tag
from footnote_bot.indexers.text.tree import Node


@dataclass(frozen=True, slots=True)
class Close:
    """The end of the element that the tag's partner opened."""

    element: str


Meaning = str | Node | Close
"""Text in the tag's place; an element; or the end of one. An element that is no ``fn-link`` ends
with the tag's partner."""

NOTHING = ""

_NOTES = frozenset({
    "alert", "note", "notes", "hint", "warning", "tip", "info", "caution", "danger",
    "important", "callout", "admonition", "notice", "pageinfo", "panel", "success", "aside",
    "blockquote"
})  # fmt: skip
_PARTS = frozenset({
    "tab", "tabitem", "details", "expand", "expander", "accordion", "collapse", "summary",
    "card", "step", "code", "accordionitem", "codegroup"
})  # fmt: skip
_FIELDS = frozenset({"paramfield", "responsefield"})
"""Fields of an interface, as Mintlify's pages describe them."""
_FIELD_NAMES = ("path", "query", "body", "header", "name")
_KINDS = frozenset({
    "note", "info", "tip", "warning", "danger", "caution", "important", "success", "error"
})  # fmt: skip
_SHOWN = (
    "title", "header", "heading", "summary", "caption", "label", "alt", "description", "footer"
)  # fmt: skip
_SAID = ("content", "text", "body", "message")
"""Arguments that hold what a tag says. Those of ``_SHOWN`` are above or below it."""
_DOCFX = {"moniker": "range", "zone": "pivot", "image": "alt-text"}
"""The argument of a tag that is shown."""
_BOLD = re.compile(r"\*\*([^*\n]++)\*\*")
"""Emphasis, which people also use in arguments."""
_FILTERED = re.compile(r"""^\s*["']([^"']*)["']\s*(?:\|\s*([\w-]+).*)?$""", re.DOTALL)
_COMMENTED = re.compile(r"^([<%])/\*|\*/([<%>])$")


def link(to: str, style: str, label: str = "") -> Node:
    """Return a link. ``style``: ``site`` (a path from the site's root), ``name`` (a page by its
    name) or ``relative``."""
    return Node("fn-link", {"to": to, "style": style}, [label] if label else [])


def meaning(tag: Tag, *, paired: bool) -> Meaning:
    """Return a tag's meaning. Total: an unknown tag means nothing but its visible arguments."""
    match tag.kind:
        case "hugo_shown":
            return "{{" + _COMMENTED.sub(r"\1\2", tag.name) + "}}"
        case "variable" | "expression":
            return _value(tag)
        case "pymdown":  # keys; a file's name and an icon say nothing
            return tag.name.strip("+") if tag.name.startswith("+") else NOTHING
        case "liquid" | "hugo" | "jsx" | "kramdown" | "docfx":
            return _paired(tag) if paired else _single(tag)
    return NOTHING


def _paired(tag: Tag) -> Meaning:
    """Return the beginning or the end of an element around what is between two tags."""
    name = _name(tag)
    if tag.kind == "docfx":
        element = "fn-tab"
    elif name == "comment":
        element = "fn-hidden"
    else:
        element = "fn-note" if name in _NOTES else "fn-tab" if name in _PARTS else "fn-part"
    if tag.closes:
        return Close(element)
    label, title = _label_and_title(tag, name, element)
    return Node(element, {"label": label, "title": title})


def _label_and_title(tag: Tag, name: str, element: str) -> tuple[str, str]:
    """Return the kind of a note, and what stands above the text: of what is for some versions or
    readers, for which."""
    places, names = tag.arguments
    title = _field_words(tag, name)
    if element == "fn-note":
        named = [names.get(key, "") for key in ("type", "style", "color", "header-bg", "level")]
        kind = next((word for word in (*named, *places, name) if word.lower() in _KINDS), "note")
        sentences = [place for place in places if place.lower() not in _KINDS and " " in place]
        return kind, title or next(iter(sentences), "")
    if element == "fn-tab" and tag.kind != "docfx":
        title = title or names.get("name", "") or names.get("value", "") or next(iter(places), "")
        return "", "" if name == "code" and not names else title
    return "", title


def _single(tag: Tag) -> Meaning:
    """Return what a tag without a partner shows: a link, or words."""
    if tag.closes:
        return NOTHING
    name = _name(tag)
    return _linked(tag, name) or _shown_words(tag, name)


def _linked(tag: Tag, name: str) -> Node | None:
    places, names = tag.arguments
    first = next(iter(places), "")
    if tag.kind == "liquid" and name in ("page", "link", "url"):
        return link(first, "site")
    if name in ("ref", "relref", "post_url"):
        return link(first or names.get("path", ""), "name")
    if name in ("embed", "content-ref") and names.get("url"):
        return link(names["url"], "relative", _field_words(tag, name))
    return None


def _shown_words(tag: Tag, name: str) -> str:  # noqa: PLR0911 - a rule a line
    """Return the words that a tag shows; which of its arguments they are depends on its name."""
    places, names = tag.arguments
    first = next(iter(places), "")
    shown = _field_words(tag, name)
    if name == "slack_channel":
        return "#" + first.lstrip("#")
    if name.startswith("member-"):
        return ", ".join(places)
    if name == "figure" and tag.words.get("title") and tag.words.get("caption"):
        return f"{tag.words['title']}: {tag.words['caption']}"
    if name in ("label", "badge", "icon-text", "term"):
        return shown or names.get("name", "") or first
    if tag.kind == "liquid" and name in ("image", "image_with_class"):
        return shown or (places[-1] if len(places) > 1 else "")
    if tag.kind == "liquid" and name in ("alert", "note", "warning", "tip"):
        return shown or _sentences(tag, name, places) or first
    return shown or _sentences(tag, name, places)


def _name(tag: Tag) -> str:
    return (tag.closes or tag.name).rsplit("/", 1)[-1].lower()


def _field_words(tag: Tag, name: str) -> str:
    """Return the words that a tag shows: of a heading and of a text, the first of each."""
    if tag.kind == "docfx":
        return tag.words.get(_DOCFX.get(tag.name, ""), "")
    if name in _FIELDS:
        return _field(*tag.arguments)
    words = {key: value for key, value in tag.words.items() if value not in ("true", "false")}
    texts = (next((words[key] for key in keys if words.get(key)), "") for keys in (_SHOWN, _SAID))
    return _BOLD.sub(r"\1", ": ".join(filter(None, texts)))


def _field(places: tuple[str, ...], names: Mapping[str, str]) -> str:
    """Return a field's name, its type, and whether it must be given."""
    name = next((names[key] for key in _FIELD_NAMES if names.get(key)), "")
    default = f"default {names['default']}" if names.get("default") else ""
    facts = (names.get("type", ""), default, "required" if "required" in places else "")
    more = ", ".join(filter(None, facts))
    return f"{name} ({more})" if more else name


def _sentences(tag: Tag, name: str, places: tuple[str, ...]) -> str:
    """Return the sentences that a note has as arguments by place, beside its kind and the like."""
    if tag.kind == "liquid" and name == "include" and places:  # {% include note.html "Text" %}
        name = places[0].rsplit("/", 1)[-1].split(".", 1)[0].lower()
    return ": ".join(place for place in places if " " in place) if name in _NOTES else ""


def _value(tag: Tag) -> Meaning:
    """Return ``{{ "text" }}`` and ``{{ "/path" | url }}``; values that only the site knows are
    nothing."""
    match = _FILTERED.match(tag.name.strip("{}") if tag.kind == "expression" else tag.name)
    if not match:
        return NOTHING
    if match[2] in ("url", "relative_url", "absolute_url", "prepend"):
        return link(match[1], "site")
    return match[1]
