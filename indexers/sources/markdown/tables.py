"""Tables of HTML as tables of light Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from indexers.sources.markdown.tree import Node
from indexers.text import writing
from indexers.text.grid import CellTexts, GridCell, grid, is_across, parts


def table_lines(table: Node, inline: Callable[[list[Node | str]], str]) -> list[str]:
    """Return a table's titles and the table; ``inline`` writes the content of a cell, and is called
    once for each."""
    rows = [row for row in grid(list(_rows(table)), Node("td")) if row]
    cells = {id(place.cell): place.cell for row in rows for place in row}
    texts = {key: inline(cell.children) for key, cell in cells.items()}
    places = CellTexts(texts)
    titles, headers, body_rows = parts(rows)
    if not headers:
        headers, body_rows = body_rows[:1], body_rows[1:]
    count = _names(headers)
    headers, body_rows = headers[:count], [*headers[count:], *body_rows]
    if len(headers) == 1 and is_across(headers[0]):
        head = [texts[id(headers[0][0].cell)]]
    else:
        head = places.column_names(headers)
    body = list(places.rows(body_rows))
    light = [writing.table(head, body)] if any(head) or body else []
    return [*filter(None, (texts[id(title.cell)] for title in titles)), *light]


def _names(headers: Sequence[Sequence[GridCell[Node]]]) -> int:
    """Return how many rows of headers name the columns: the first, and each below a merged cell.
    The others are rows of their own, as each name in its first column may be a header."""
    count = min(1, len(headers))
    while 0 < count < len(headers):
        above = {id(place.cell) for place in headers[count - 1]}
        goes_down = any(id(place.cell) in above for place in headers[count])
        if not goes_down and all(place.first for place in headers[count - 1]):
            break
        count += 1
    return count


def _rows(table: Node) -> Iterator[list[Node]]:
    for child in table.children:
        if not isinstance(child, Node):
            continue
        if child.tag == "tr":
            yield [cell for node in child.children for cell in _cells(node)]
        elif child.tag in ("td", "th"):
            yield [child]
        elif child.tag == "thead":
            for row in _rows(child):  # in it every cell is a header, whatever its tag
                yield [Node("th", cell.attributes, cell.children) for cell in row]
        elif child.tag != "caption":
            yield from _rows(child)


def _cells(node: Node | str) -> Iterator[Node]:
    if isinstance(node, Node):
        if node.tag in ("td", "th"):
            yield node
        elif node.children:
            yield Node("td", {}, [node], blocky=True)
    elif node.strip():
        yield Node("td", {}, [node])
