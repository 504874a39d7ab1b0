"""Tables of HTML as tables of light Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexers.sources.markdown.tree import Node
from indexers.text import writing

_WIDEST = 100
"""Columns; a larger ``colspan`` is a mistake or an attack."""


def rows(table: Node) -> Iterator[list[Node]]:
    """Yield the cells of each row; one that spans columns is followed by empty ones."""
    for child in table.children:
        if not isinstance(child, Node):
            continue
        if child.tag == "tr":
            row = [cell for node in child.children for cell in _cells(node)]
            if row:
                yield row
        elif child.tag in ("td", "th"):
            yield list(_cells(child))
        elif child.tag != "caption":
            yield from rows(child)


def _cells(node: Node | str) -> Iterator[Node]:
    if isinstance(node, str):
        if node.strip():
            yield Node("td", {}, [node])
        return
    yield node if node.tag in ("td", "th") else Node("td", {}, [node], blocky=True)
    span = node.attributes.get("colspan", "1").strip()
    for _ in range(min(int(span), _WIDEST) - 1 if span.isascii() and span.isdigit() else 0):
        yield Node("td")


def written(cells: Sequence[Sequence[str]]) -> str:
    """Return a table whose first row is its header, which may be empty, as above names and values;
    no text if all cells are empty."""
    filled = [row for row in cells if any(row)]
    if not filled:
        return ""
    head, *body = filled if any(cells[0]) else [cells[0], *filled]
    return writing.table(head, body)
