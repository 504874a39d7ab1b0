"""Tables of storage format: the text of merged cells is repeated in each place that they cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from indexers.sources.confluence.storage_lines import Cell
from indexers.sources.confluence.storage_tree import StorageNode
from indexers.text.writing import paragraph
from indexers.text.writing import table as light_table

_WIDEST = 100
"""Columns within which cells may span; more is a mistake or an attack."""
_LONG = 200
"""Characters of a merged cell beyond which it is not repeated."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A place in a grid: the cell that covers it, and whether it is the cell's first."""

    cell: StorageNode
    first: bool

    @property
    def heads(self) -> bool:
        return self.cell.tag == "th"


EMPTY = GridCell(StorageNode("td"), first=False)


def grid(table: StorageNode) -> list[list[GridCell]]:
    """Return the rows of ``table``; rows may differ in length."""
    found = list(_rows(table))
    places: list[dict[int, GridCell]] = [{} for _ in found]
    for y, cells in enumerate(found):
        x = 0
        for cell in cells:
            while x in places[y]:
                x += 1
            wide = _span(cell, "colspan", max(1, _WIDEST - x))
            high = _span(cell, "rowspan", len(found) - y if x < _WIDEST else 1)
            for down in range(high):
                for right in range(wide):
                    places[y + down].setdefault(
                        x + right, GridCell(cell, first=not down and not right)
                    )
            x += wide
    return [[row.get(x, EMPTY) for x in range(max(row, default=-1) + 1)] for row in places]


def header_rows(rows: list[list[GridCell]]) -> int:
    """Return how many rows at the top are nothing but headers."""
    count = next((y for y, row in enumerate(rows) if not all(place.heads for place in row)), None)
    return min(1, len(rows)) if count is None else count


def _rows(table: StorageNode) -> Iterator[list[StorageNode]]:
    for child in table.nodes():
        if child.tag == "tr":
            yield [cell for item in child.children for cell in _cell(item)]
        elif child.tag in ("td", "th"):
            yield [child]
        elif child.tag == "thead":
            for row in _rows(child):
                yield [StorageNode("th", cell.attributes, cell.children) for cell in row]
        elif child.tag in ("tbody", "tfoot"):
            yield from _rows(child)


def _cell(item: StorageNode | str) -> Iterator[StorageNode]:
    if isinstance(item, StorageNode):
        yield item if item.tag in ("td", "th") else StorageNode("td", {}, [item])
    elif item.strip():
        yield StorageNode("td", {}, [item])


def _span(cell: StorageNode, name: str, most: int) -> int:
    """Return the span of a cell. In HTML ``rowspan="0"`` reaches to the end of the table."""
    written = cell.attributes.get(name, "1").strip()
    span = int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 1
    return max(1, min(span or most, most))


def written(
    table: StorageNode,
    cell: Callable[[StorageNode], Cell],
    blocks: Callable[[Iterable[StorageNode | str]], list[str]],
) -> list[str]:
    """Return the table as light Markdown: its caption, its rows, and then the code of its cells,
    under the names of its row and column."""
    captions = [text for node in table.nodes("caption") for text in blocks(node.children)]
    rows = [row for row in grid(table) if row]
    if len(rows) == 1 and len(rows[0]) == 1:
        return [*captions, *blocks(rows[0][0].cell.children)]
    cells = {id(place.cell): cell(place.cell) for row in rows for place in row}
    texts = {key: " ".join(found.text().split("\n")) for key, found in cells.items()}
    count = header_rows(rows)
    while count > 1 and len(rows[0]) > 1 and _across(rows[0]):
        captions += paragraph(texts[id(rows[0][0].cell)])
        rows, count = rows[1:], count - 1
    head = _head(rows[:count], texts)
    body = [row_text for row in rows[count:] if any(row_text := _said(row, texts))]
    code = [
        block
        for row in rows[count:] or rows
        for x, place in enumerate(row)
        if place.first
        for block in _named(cells[id(place.cell)].code, _name(row, x, head, texts))
    ]
    shown = [light_table(head, body)] if any(head) or body else []
    return [*captions, *shown, *code]


def _head(rows: list[list[GridCell]], texts: dict[int, str]) -> list[str]:
    """Return one name a column, made of all the headers above it."""
    wide = max(map(len, rows), default=0)
    columns = [[texts[id(row[x].cell)] for row in rows if x < len(row)] for x in range(wide)]
    return [" / ".join(filter(None, dict.fromkeys(column))) for column in columns]


def _said(row: list[GridCell], texts: dict[int, str]) -> list[str]:
    """Return the texts of a row; a cell across the whole table, or a long one, comes once."""
    across = _across(row)
    return [
        text if place.first or (len(text) <= _LONG and not across) else ""
        for place in row
        for text in [texts[id(place.cell)]]
    ]


def _across(row: list[GridCell]) -> bool:
    return len({id(place.cell) for place in row}) == 1


def _name(row: list[GridCell], x: int, head: list[str], texts: dict[int, str]) -> str:
    own = texts[id(row[0].cell)] if x else ""
    column = head[x] if x < len(head) else ""
    return ": ".join(filter(None, [own, column]))


def _named(code: list[str], name: str) -> list[str]:
    return [*paragraph(name), *code] if code else []
