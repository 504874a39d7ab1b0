"""The meaning of template tags to a reader: text, a link, or the start or end of a note."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote_bot.indexers.sources.markdown.tags import Tag
from footnote_bot.indexers.text.tree import Node


@dataclass(frozen=True, slots=True)
class Close:
    """The end of the element that an earlier tag began."""

    element: str


Meaning = str | Node | Close
"""Text in the tag's place, a link (``fn-link``), or the beginning or end of another element."""

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
_KINDS = frozenset({
    "note", "info", "tip", "warning", "danger", "caution", "important", "success", "error"
})  # fmt: skip
_HEADINGS = (
    "title", "header", "heading", "summary", "caption", "label", "alt", "description", "footer"
)  # fmt: skip
_TEXTS = ("content", "text", "body", "message")
"""Arguments with the text of a tag. A site shows those of ``_HEADINGS`` above or below it."""
_BOLD = re.compile(r"\*\*([^*\n]++)\*\*")
"""Emphasis, which people also use in arguments."""
_FILTERED = re.compile(r"""^\s*["']([^"']*)["']\s*(?:\|\s*([\w-]+).*)?$""", re.DOTALL)
_COMMENTED = re.compile(r"^([<%])/\*|\*/([<%>])$")


def link(to: str, style: str, label: str = "") -> Node:
    """Return a link. ``style``: ``site`` (a path from the site's root), ``name`` (a page by its
    name) or ``relative``."""
    return Node("fn-link", {"to": to, "style": style}, [label] if label else [])


def meaning(tag: Tag, *, paired: bool) -> Meaning:
    """Return the meaning of a tag, which may be ``paired`` with another. If its name is not known,
    it is the words in its arguments."""
    match tag.kind:
        case "hugo_shown":
            return "{{" + _COMMENTED.sub(r"\1\2", tag.name) + "}}"
        case "variable" | "expression":
            return _value(tag)
        case "pymdown":  # keys; a file's name and an icon say nothing
            return tag.name.strip("+") if tag.name.startswith("+") else NOTHING
        case "liquid" | "hugo" | "jsx" | "kramdown":
            return _paired(tag) if paired else _single(tag)
    return NOTHING


def _paired(tag: Tag) -> Meaning:
    """Return the beginning or the end of the element for the text between two tags."""
    name = _name(tag)
    if name == "comment":
        element = "fn-hidden"
    elif name in _NOTES:
        element = "fn-note"
    else:
        element = "fn-tab" if name in _PARTS else "fn-part"
    if tag.closes:
        return Close(element)
    return Node(element, {"label": _label(tag, name), "title": _title(tag, name, element)})


def _label(tag: Tag, name: str) -> str:
    """Return the kind of a note: a tip, a warning and so on."""
    positional, named = tag.arguments
    words = [named.get(key, "") for key in ("type", "style", "color", "header-bg", "level")]
    return next((word for word in (*words, *positional, name) if word.lower() in _KINDS), "note")


def _title(tag: Tag, name: str, element: str) -> str:
    """Return the words that a site shows above the text between two tags, as
    ``{% hint "Mind the gap" %}`` (a note) and ``{{< tab "Linux" >}}`` (a tab) name them."""
    positional, named = tag.arguments
    if words := _argument_words(tag):
        return words
    if element == "fn-note":
        return next((each for each in positional if " " in each and each.lower() not in _KINDS), "")
    if element == "fn-tab" and (named or name != "code"):  # that of code is its language
        return named.get("name", "") or named.get("value", "") or next(iter(positional), "")
    return ""


def _single(tag: Tag) -> Meaning:
    """Return the meaning of a tag without a partner: a link, or words."""
    if tag.closes:
        return NOTHING
    name = _name(tag)
    return _linked(tag, name) or _shown_words(tag, name)


def _linked(tag: Tag, name: str) -> Node | None:
    """Return the link that a tag makes; None if it makes none."""
    positional, named = tag.arguments
    first = next(iter(positional), "")
    if tag.kind == "liquid" and name in ("page", "link", "url"):
        return link(first, "site")
    if name in ("ref", "relref", "post_url"):
        return link(first or named.get("path", ""), "name")
    if name in ("embed", "content-ref") and named.get("url"):
        return link(named["url"], "relative", _argument_words(tag))
    return None


def _shown_words(tag: Tag, name: str) -> str:  # noqa: PLR0911 - a rule a line
    """Return the words that a tag shows; which of its arguments they are depends on its name."""
    positional, named = tag.arguments
    first = next(iter(positional), "")
    if name == "slack_channel":
        return "#" + first.lstrip("#")
    if name.startswith("member-"):
        return ", ".join(positional)
    if name == "figure" and tag.words.get("title") and tag.words.get("caption"):
        return f"{tag.words['title']}: {tag.words['caption']}"
    if words := _argument_words(tag):
        return words
    if name in ("label", "badge", "icon-text", "term"):
        return named.get("name", "") or first
    if tag.kind == "liquid" and name in ("image", "image_with_class"):
        return positional[-1] if len(positional) > 1 else ""
    sentences = _sentences(tag, name, positional)
    if tag.kind == "liquid" and name in ("alert", "note", "warning", "tip"):
        return sentences or first
    return sentences


def _name(tag: Tag) -> str:
    """Return the tag's name, or that of the tag that it ends, without a path and in lower case."""
    return (tag.closes or tag.name).rsplit("/", 1)[-1].lower()


def _argument_words(tag: Tag) -> str:
    """Return the words in the named arguments of a tag: its first heading and its first text."""
    words = {key: value for key, value in tag.words.items() if value not in ("true", "false")}
    heading = next((words[key] for key in _HEADINGS if words.get(key)), "")
    text = next((words[key] for key in _TEXTS if words.get(key)), "")
    return _BOLD.sub(r"\1", ": ".join(filter(None, (heading, text))))


def _sentences(tag: Tag, name: str, positional: tuple[str, ...]) -> str:
    """Return the sentences in the positional arguments of a note."""
    if tag.kind == "liquid" and name == "include" and positional:
        # {% include note.html "Text" %} is the note that the file is called.
        name = positional[0].rsplit("/", 1)[-1].split(".", 1)[0].lower()
    return ": ".join(each for each in positional if " " in each) if name in _NOTES else ""


def _value(tag: Tag) -> Meaning:
    """Return ``{{ "text" }}`` and ``{{ "/path" | url }}``; nothing for the site's variables."""
    match = _FILTERED.match(tag.name.strip("{}") if tag.kind == "expression" else tag.name)
    if not match:
        return NOTHING
    if match[2] in ("url", "relative_url", "absolute_url", "prepend"):
        return link(match[1], "site")
    return match[1]
