"""A page's text -> all its possible links to other pages, without parsing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from html import unescape

from indexers.sources.markdown.links import LONGEST
from indexers.sources.markdown.shortcodes import meaning
from indexers.sources.markdown.tags import Tag, replaced
from indexers.text.tree import Node

_DEEPEST = 32
"""Nested parentheses in a link's target, as in CommonMark's reference parsers."""


def _balanced(deepest: int) -> str:
    """Return the pattern of a link's target, up to a space or the parenthesis that ends the
    link."""
    pattern = r"(?:[^()\\\s]|\\.)*+"
    for _ in range(deepest):
        pattern = rf"(?:[^()\\\s]|\\.|\({pattern}\))*+"
    return pattern


_OPENED = re.compile(
    rf"\]\((?=\s*+(?!\{{[%{{<])(?:<((?:[^<>\\\n]|\\.)++)|({_balanced(_DEEPEST)})))"
)
_WRITTEN = re.compile(
    r"\]:\s*+(?:<([^<>\n]++)>|(\S++))"
    r"|\bhref\s*+=\s*+\{?+(?:\"([^\"]++)\"|'([^']++)'|`([^`]++)`|([^\s>\"'`{]++))"
    r"|\[\[([^\[\]\n]++)\]\]",
    re.IGNORECASE,
)
_TEMPLATES = tuple(
    frozenset(kinds.split()) for kinds in ("liquid variable", "hugo", "jsx expression", "erb")
)
"""Template tags that a dialect may have; no link has the tags of two of these sets."""

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def candidates(text: str) -> frozenset[str]:
    """Return all possible links to other pages: perhaps too many, never too few."""
    return frozenset(
        target
        for written in _possible_links(text)
        for part in written.split("|")
        for target in _readings(part.strip())
        if target
        and len(target) <= LONGEST
        and not target.startswith(("#", "http:", "https:", "mailto:"))
    )


def _possible_links(text: str) -> Iterator[str]:
    yield from _in_links(text)
    for kinds in _TEMPLATES:
        linked: list[str] = []
        filled = replaced(text, kinds, partial(_value, linked))
        if filled != text:
            yield from linked
            yield from _in_links(filled)


def _in_links(text: str) -> Iterator[str]:
    for pattern in (_OPENED, _WRITTEN):
        for groups in pattern.findall(text):
            yield next(filter(None, groups), "")


def _value(linked: list[str], tag: Tag) -> str:
    """Return the text that a tag stands for within a link's target. If the tag is a link itself,
    add its target to ``linked``."""
    match meaning(tag, paired=False):
        case Node("fn-link", attributes):
            linked.append(attributes["to"])
            return attributes["to"]
        case str(text):
            return text
    return ""


def _readings(part: str) -> Iterator[str]:
    """Yield a target as written, and with escapes resolved: a backslash or an entity may stand for
    a character, and wiki links in tables end with a backslash."""
    yield part
    if "\\" in part or "&" in part:
        yield unescape(_ESCAPED.sub(r"\1", part.removesuffix("\\")))
        yield unescape(part)
