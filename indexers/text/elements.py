"""Common parts of the trees of HTML and of storage format: elements, and the reading of code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

STRUCK = "fn-struck"
"""Wraps the children of an element whose text is struck through, and so no longer valid."""

UNREAD: frozenset[str] = frozenset({STRUCK, "script", "style", "template"})

_LINES = frozenset({"p", "div", "li", "tr", "ul", "ol"})


class Element(Protocol):
    tag: str
    attributes: dict[str, str]
    children: list[Any]


def code_text(element: Element, unread: frozenset[str] = UNREAD) -> str:
    """Return the text of a block of code, line ends included. ``unread`` elements are left out."""
    return _join(_pieces(element.children, unread, str))


def code_lines(element: Element, unread: frozenset[str] = UNREAD) -> list[str]:
    """Return the lines of code within a sentence: only ``<br>`` and blocks end a line there."""
    text = _join(_pieces(element.children, unread, _on_one_line))
    return [line for line in text.split("\n") if line.strip()]


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ")


def _join(pieces: Iterable[str]) -> str:
    """Join pieces. An empty one asks for a new line, unless one has just begun."""
    text: list[str] = []
    fresh = True
    for piece in pieces:
        if piece:
            text.append(piece)
            fresh = piece.endswith("\n")
        elif not fresh:
            text.append("\n")
            fresh = True
    return "".join(text)


def _pieces(
    items: Iterable[Any], unread: frozenset[str], read: Callable[[str], str]
) -> Iterator[str]:
    for item in items:
        if isinstance(item, str):
            if item:
                yield read(item)
        elif item.tag == "br":
            yield "\n"
        elif item.tag not in unread:
            apart = item.tag in _LINES
            if apart:
                yield ""
            if item.tag == "sup" and item.children:
                yield "^"
            yield from _pieces(item.children, unread, read)
            if apart:
                yield ""
