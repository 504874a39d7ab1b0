"""The tree of a page that others wrote, and the elements that the writer knows.

Each source parses its own syntax into this tree and turns its own elements into HTML's, or into one
of these:

- ``<fn-note label= title=>`` a note, warning or callout
- ``<fn-tab title=>`` a named part that is a block; ``<fn-part title=>`` one that may be in a line
- ``<fn-block>`` a block whose headings are none of the page's outline
- ``<fn-code language=>`` a block of code, byte for byte
- ``<fn-word>`` text that touches no other word, such as a date
- ``<fn-shown as=>`` text from which the page makes an anchor as if it were ``as``
- ``<fn-ref to=>``, ``<fn-footnote id=>``, ``<fn-footnotes>`` a reference to a footnote; the
  footnotes
- ``<fn-toc>`` a list of other content; ``<fn-id id=>`` the name of a place
- ``<fn-hidden>``, ``<fn-struck>`` text that is not shown; struck text, no longer valid
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

STRUCK = "fn-struck"
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "colgroup", "dd",
    "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "fn-block", "fn-code",
    "fn-footnote", "fn-footnotes", "fn-hidden", "fn-id", "fn-note", "fn-tab"
})  # fmt: skip
UNSEEN = frozenset({
    "audio", "canvas", "colgroup", "embed", "head", "iframe", "math-annotation", "noscript",
    "object", "script", "style", "svg", "template", "title", "video", "fn-hidden", "fn-id",
    "fn-attributes", "fn-toc", STRUCK
})  # fmt: skip
"""Elements of which a page shows no text."""

_NO_CODE = frozenset({STRUCK, "script", "style", "template"})
_LINES = frozenset({"p", "div", "li", "tr", "ul", "ol"})


@dataclass(slots=True)
class Node:
    """An element. The names in storage format include their prefix: ``ac:link``."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    _is_block: bool | None = field(default=None, compare=False, repr=False)

    @property
    def is_block(self) -> bool:
        """Return whether it is a block, or holds one. The tree must not change afterwards."""
        if self._is_block is None:
            self._is_block = self.tag in BLOCKS or any(node.is_block for node in self.nodes())
        return self._is_block

    def walk(self) -> Iterator[Node | str]:
        """Yield everything below, in the order of the text."""
        pending: list[Node | str] = list(reversed(self.children))
        while pending:
            item = pending.pop()
            yield item
            if isinstance(item, Node):
                pending.extend(reversed(item.children))

    def walk_nodes(self) -> Iterator[Node]:
        """Yield all elements below, in the order of the text."""
        return (item for item in self.walk() if isinstance(item, Node))

    def nodes(self, *tags: str) -> Iterator[Node]:
        """Yield the children with one of ``tags``; all if there are none."""
        for child in self.children:
            if isinstance(child, Node) and (not tags or child.tag in tags):
                yield child

    def first(self, *tags: str) -> Node | None:
        return next(self.nodes(*tags), None)

    def text(self) -> str:
        """Return all text below, as it is."""
        return "".join(item for item in self.walk() if isinstance(item, str))


def is_block(item: Node | str) -> bool:
    return isinstance(item, Node) and item.is_block


def is_blank(item: Node | str) -> bool:
    return isinstance(item, str) and not item.strip()


def code_text(node: Node) -> str:
    """Return the text of a block of code, line ends included."""
    return _join(_pieces(node.children, str))


def code_lines(node: Node) -> list[str]:
    """Return the lines of code within a sentence: only ``<br>`` and blocks end a line there."""
    text = _join(_pieces(node.children, lambda text: text.replace("\n", " ")))
    return [line for line in text.split("\n") if line.strip()]


def _join(pieces: Iterable[str]) -> str:
    """Join pieces of code. An empty piece ends the line, unless one has just begun."""
    text: list[str] = []
    is_at_line_start = True
    for piece in pieces:
        if piece:
            text.append(piece)
            is_at_line_start = piece.endswith("\n")
        elif not is_at_line_start:
            text.append("\n")
            is_at_line_start = True
    return "".join(text)


def _pieces(items: Iterable[Node | str], read: Callable[[str], str]) -> Iterator[str]:
    """Yield the texts of code, as ``read`` returns them, for `_join`."""
    for item in items:
        if isinstance(item, str):
            if item:
                yield read(item)
        elif item.tag == "br":
            yield "\n"
        elif item.tag not in _NO_CODE:
            has_own_lines = item.tag in _LINES
            if has_own_lines:
                yield ""
            if item.tag == "sup" and item.children:
                yield "^"
            yield from _pieces(item.children, read)
            if has_own_lines:
                yield ""
