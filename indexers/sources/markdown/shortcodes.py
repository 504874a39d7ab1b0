"""The meaning of template tags to a reader: text, a link, a note around what follows, or
nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from footnote_bot.indexers.sources.markdown.tags import Tag


@dataclass(frozen=True, slots=True)
class Show:
    """Text in the tag's place."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link. ``style``: ``site`` (a path from the site's root) or ``name`` (a page by its
    name)."""

    to: str
    style: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """An element that ends with the tag's partner."""

    element: str
    label: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    element: str


Meaning = Show | Link | Open | Close

NOTHING = Show("")

_NOTES = frozenset({
    "alert", "note", "notes", "hint", "warning", "tip", "info", "caution", "danger",
    "important", "callout", "admonition", "notice", "pageinfo", "panel", "success", "aside",
    "blockquote"
})  # fmt: skip
_HIDDEN = frozenset({"comment"})
_PARTS = frozenset({
    "tab", "tabitem", "details", "expand", "expander", "accordion", "collapse", "summary",
    "card", "step"
})  # fmt: skip
_PARTS |= {"code", "accordionitem", "codegroup"}
_FIELDS = frozenset({"paramfield", "responsefield"})
"""Fields of an interface, as Mintlify's pages describe them."""
_FIELD_NAMES = ("path", "query", "body", "header", "name")
_LINKS = frozenset(["page", "link", "url"])
_NAMES = frozenset(["ref", "relref", "post_url"])
_KINDS = frozenset({
    "note", "info", "tip", "warning", "danger", "caution", "important", "success", "error"
})  # fmt: skip
_SHOWN = (
    "title",
    "header",
    "heading",
    "summary",
    "caption",
    "label",
    "alt",
    "description",
    "footer",
)
_SAID = ("content", "text", "body", "message")
"""Arguments that hold what a tag says. Those of ``_SHOWN`` are above or below it."""
_DOCFX = {"moniker": "range", "zone": "pivot", "image": "alt-text"}
"""The argument of a tag that is shown."""
_BOLD = re.compile(r"\*\*([^*\n]++)\*\*")
"""Emphasis, which people also use in arguments."""
_FILTERED = re.compile(r"""^\s*["']([^"']*)["']\s*(?:\|\s*([\w-]+).*)?$""", re.DOTALL)


def meaning(tag: Tag, *, paired: bool) -> Meaning:  # noqa: PLR0911 - a cascade
    """Return a tag's meaning. Total: an unknown tag means nothing but its visible arguments."""
    if tag.kind == "hugo_shown":
        return Show("{{" + re.sub(r"^([<%])/\*|\*/([<%>])$", r"\1\2", tag.name) + "}}")
    if tag.kind in ("variable", "expression"):
        return _value(tag)
    if tag.kind == "pymdown":  # keys; a file's name and an icon say nothing
        return Show(tag.name.strip("+") if tag.name.startswith("+") else "")
    if tag.kind == "docfx":
        return _docfx(tag, paired=paired)
    if tag.kind not in ("liquid", "hugo", "jsx", "kramdown"):
        return NOTHING
    name = (tag.closes or tag.name).rsplit("/", 1)[-1].lower()
    if paired and name in _HIDDEN:
        return Close("fn-hidden") if tag.closes else Open("fn-hidden")
    if tag.closes:
        return Close(_element(name)) if paired else NOTHING
    places, names = tag.arguments
    if paired:
        return _opening(tag, name, places, names)
    return _single(tag, name, places, names)


def _docfx(tag: Tag, *, paired: bool) -> Meaning:
    """Return a picture's words, or a part that holds for some versions or readers: for which,
    stands above it."""
    if tag.closes:
        return Close("fn-tab") if paired else NOTHING
    shown = tag.words.get(_DOCFX.get(tag.name, ""), "")
    return Open("fn-tab", "", shown) if paired else Show(shown)


def _element(name: str) -> str:
    if name in _NOTES:
        return "fn-note"
    return "fn-tab" if name in _PARTS else "fn-part"


def _visible_words(tag: Tag) -> str:
    """Return the words that a tag shows: of a heading and of a text, the first of each."""
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


def _opening(tag: Tag, name: str, places: tuple[str, ...], names: Mapping[str, str]) -> Open:
    title = _field(places, names) if name in _FIELDS else _visible_words(tag)
    element = _element(name)
    if element == "fn-note":
        named = [names.get(key, "") for key in ("type", "style", "color", "header-bg", "level")]
        kind = next((word for word in (*named, *places, name) if word.lower() in _KINDS), "note")
        titles = [place for place in places if place.lower() not in _KINDS and " " in place]
        return Open(element, kind, title or (titles[0] if titles else ""))
    if element == "fn-tab":
        title = title or names.get("name", "") or names.get("value", "")
        title = title or (places[0] if places else "")
        return Open(element, "", "" if name == "code" and not names else title)
    return Open(element, "", title)


def _single(tag: Tag, name: str, places: tuple[str, ...], names: Mapping[str, str]) -> Meaning:
    first = places[0] if places else ""
    shown = _field(places, names) if name in _FIELDS else _visible_words(tag)
    result: Meaning = Show(shown or _note(tag, name, places))
    if tag.kind == "liquid" and name in _LINKS:
        result = Link(first, "site")
    elif name in _NAMES:
        result = Link(first or names.get("path", ""), "name")
    elif name == "slack_channel":
        result = Show("#" + first.lstrip("#"))
    elif name in ("image", "image_with_class") and tag.kind == "liquid":
        result = Show(shown or (places[-1] if len(places) > 1 else ""))
    elif name in ("embed", "content-ref") and names.get("url"):
        result = Link(names["url"], "relative", shown)
    elif name.startswith("member-"):
        result = Show(", ".join(places))
    elif name == "figure" and tag.words.get("title") and tag.words.get("caption"):
        result = Show(f"{tag.words['title']}: {tag.words['caption']}")
    elif name in ("label", "badge", "icon-text", "term") or (name == "label" and names):
        result = Show(shown or names.get("name", "") or first)
    elif name in ("alert", "note", "warning", "tip") and tag.kind == "liquid":
        result = Show(shown or _note(tag, name, places) or first)
    return result


def _note(tag: Tag, name: str, places: tuple[str, ...]) -> str:
    """Return the sentences that a note has as arguments by place, beside its kind and the like."""
    if tag.kind == "liquid" and name == "include" and places:  # {% include note.html "Text" %}
        name = places[0].rsplit("/", 1)[-1].split(".", 1)[0].lower()
    if name not in _NOTES:
        return ""
    return ": ".join(place for place in places if " " in place)


def _value(tag: Tag) -> Meaning:
    """Return ``{{ "text" }}`` and ``{{ "/path" | url }}``; values that only the site knows are
    nothing."""
    match = _FILTERED.match(tag.name.strip("{}") if tag.kind == "expression" else tag.name)
    if not match:
        return NOTHING
    if match[2] in ("url", "relative_url", "absolute_url", "prepend"):
        return Link(match[1], "site")
    return Show(match[1])
