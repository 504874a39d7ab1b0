"""Tables of storage format as tables of light Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from indexers.sources.confluence.storage_lines import Cell
from indexers.sources.confluence.storage_tree import StorageNode
from indexers.text.grid import LONG, CellTexts, GridCell, grid, parts
from indexers.text.writing import paragraph
from indexers.text.writing import table as light_table


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


def table_blocks(
    table: StorageNode,
    cell: Callable[[StorageNode], Cell],
    blocks: Callable[[Iterable[StorageNode | str]], list[str]],
) -> list[str]:
    """Return the table as light Markdown: its caption, its rows, and then the code of its cells,
    under the names of its row and column."""
    captions = [text for node in table.nodes("caption") for text in blocks(node.children)]
    rows = [row for row in grid(list(_rows(table)), StorageNode("td")) if row]
    if len(rows) == 1 and len(rows[0]) == 1:
        return [*captions, *blocks(rows[0][0].cell.children)]
    cells = {id(place.cell): cell(place.cell) for row in rows for place in row}
    texts = {key: " ".join(content.text().split("\n")) for key, content in cells.items()}
    titles, headers, body_rows = parts(rows)
    for title in titles:
        captions += [*paragraph(texts[id(title.cell)]), *cells[id(title.cell)].code]
    places = CellTexts(texts)
    head, body = places.column_names(headers), list(places.rows(body_rows))
    code = [
        block
        for has_row_names, part in ((False, headers), (True, body_rows))
        for row in part
        for x, place in enumerate(row)
        if place.first
        for block in _named(
            cells[id(place.cell)].code, _name(row, x, head, texts, named=has_row_names)
        )
    ]
    light = [light_table(head, body)] if any(head) or body else []
    return [*captions, *light, *code]


def _name(
    row: list[GridCell[StorageNode]], x: int, head: list[str], texts: dict[int, str], *, named: bool
) -> str:
    """Return the name of a place: its row's name, if rows are ``named``, and its column's. A long
    text is no name: it would be repeated for each piece of code."""
    own = texts[id(row[0].cell)] if x and named else ""
    column = head[x] if x < len(head) else ""
    return ": ".join(part for part in (own, column) if part and len(part) <= LONG)


def _named(code: list[str], name: str) -> list[str]:
    return [*paragraph(name), *code] if code else []
