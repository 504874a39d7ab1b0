"""Tables of a page as tables of light Markdown. The text of a merged cell is repeated in each place
that it covers, so that every value stands below its header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.text.tree import UNSEEN, Node
from footnote_bot.indexers.text.writing import Line, paragraph
from footnote_bot.indexers.text.writing import table as light_table

_WIDEST = 100
"""Columns within which cells may span; more is a mistake or an attack."""
_LONG = 200
"""Characters of a merged cell beyond which it is not repeated."""
_SOME, _TIMES = 1_000, 20
"""Merged cells may cover ``_SOME`` places, and ``_TIMES`` the number of the table's cells more. The
limit on repeated characters is the same, by the number of characters in the cells."""


def table_blocks(
    table: Node,
    cell: Callable[[Node], Line],
    blocks: Callable[[Iterable[Node | str]], list[str]],
    *,
    first_row_names: bool,
) -> list[str]:
    """Return the table as light Markdown: its caption and titles, its rows, and then the code of
    its cells, under the names of its row and column. ``cell`` and ``blocks`` write content. With
    ``first_row_names``, the first row of a table without headers names the columns."""
    lead = [text for node in table.nodes("caption") for text in blocks(node.children)]
    rows = _grid(list(_rows(table)))
    if len(rows) == 1 and len(rows[0]) == 1:
        return [*lead, *blocks(rows[0][0].cell.children)]
    cells = {id(place.cell): cell(place.cell) for row in rows for place in row}
    texts = {key: " ".join(line.text().split("\n")) for key, line in cells.items()}
    titles, headers, body = _parts(rows)
    if not headers and first_row_names:
        headers, body = body[:1], body[1:]
    for title in titles:
        lead += [*paragraph(texts[id(title.cell)]), *cells[id(title.cell)].code]
    place_texts = _Texts(texts)
    if len(headers) == 1 and _is_across(headers[0]):
        head = [texts[id(headers[0][0].cell)]]
    else:
        head = place_texts.column_names(headers)
    lines = list(place_texts.rows(body))
    code = [
        block
        for has_row_names, part in ((False, headers), (True, body))
        for row in part
        for x, place in enumerate(row)
        if place.first and (blocks_of_code := cells[id(place.cell)].code)
        for block in (*_name(row, x, head, texts, named=has_row_names), *blocks_of_code)
    ]
    return [*lead, *([light_table(head, lines)] if any(head) or lines else []), *code]


def _name(
    row: list[_Place], x: int, head: list[str], texts: dict[int, str], *, named: bool
) -> list[str]:
    """Return the name of place ``x``: its row's name, if rows are ``named``, and its column's from
    ``head``. A long text is no name: it would be repeated for each piece of code."""
    row_name = texts[id(row[0].cell)] if x and named else ""
    column = head[x] if x < len(head) else ""
    return paragraph(": ".join(part for part in (row_name, column) if part and len(part) <= _LONG))


def _rows(table: Node) -> Iterator[list[Node]]:
    """Yield the cells of each row in the table, also in its parts, such as ``tbody``."""
    for child in table.nodes():
        if child.tag == "tr":
            yield [cell for item in child.children for cell in _cells(item)]
        elif child.tag in ("td", "th"):
            yield [child]
        elif child.tag == "thead":
            for row in _rows(child):  # in it every cell is a header, whatever its tag
                yield [Node("th", cell.attributes, cell.children) for cell in row]
        elif child.tag != "caption" and child.tag not in UNSEEN:
            yield from _rows(child)


def _cells(item: Node | str) -> Iterator[Node]:
    """Yield the cell of an item in a row. Content beside the cells becomes a cell, too."""
    if isinstance(item, str):
        if item.strip():
            yield Node("td", {}, [item])
    elif item.tag in ("td", "th"):
        yield item
    elif item.children and item.tag not in UNSEEN:
        yield Node("td", {}, [item])


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a table: the cell that covers it, and whether it is the cell's first."""

    cell: Node
    first: bool

    @property
    def is_header(self) -> bool:
        return self.cell.tag == "th"


def _grid(table: Sequence[Sequence[Node]]) -> list[list[_Place]]:
    """Return the rows of ``table`` that have cells, with merged cells in all their places and an
    empty cell where there is none; rows may differ in length."""
    places: list[dict[int, _Place]] = [{} for _ in table]
    remaining = _SOME + _TIMES * sum(map(len, table))
    for y, cells in enumerate(table):
        x = 0
        for cell in cells:
            while x in places[y]:
                x += 1
            wide = _span(cell, "colspan", max(1, _WIDEST - x))
            high = _span(cell, "rowspan", len(table) - y if x < _WIDEST else 1)
            if wide * high - 1 > remaining:
                wide = high = 1
            remaining -= wide * high - 1
            for down in range(high):
                for right in range(wide):
                    places[y + down].setdefault(
                        x + right, _Place(cell, first=not down and not right)
                    )
            x += wide
    nothing = _Place(Node("td"), first=False)
    return [[row.get(x, nothing) for x in range(max(row) + 1)] for row in places if row]


def _span(cell: Node, name: str, largest: int) -> int:
    """Return the span of a cell. In HTML ``rowspan="0"`` reaches to the end of the table."""
    value = cell.attributes.get(name, "1").strip()
    span = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 1
    return max(1, min(span or largest, largest))


def _parts(rows: list[list[_Place]]) -> tuple[list[_Place], list[list[_Place]], list[list[_Place]]]:
    """Return a table's titles (header cells across the whole table, above other headers), its rows
    of headers, and the other rows."""
    is_body = (not all(place.is_header for place in row) for row in rows)
    # If all cells are header cells, only the first row is taken for one of headers.
    body_at = next((y for y, is_body_row in enumerate(is_body) if is_body_row), min(1, len(rows)))
    start = 0
    while body_at - start > 1 and len(rows[start]) > 1 and _is_across(rows[start]):
        start += 1
    end = start + _count_column_headers(rows[start:body_at])
    return [row[0] for row in rows[:start]], rows[start:end], rows[end:]


def _count_column_headers(headers: Sequence[Sequence[_Place]]) -> int:
    """Return how many of the rows ``headers`` name columns: the first, and each below a row with
    merged cells. In the others, the first cell may be the header of its row."""
    count = min(1, len(headers))
    while 0 < count < len(headers):
        above = {id(place.cell) for place in headers[count - 1]}
        goes_down = any(id(place.cell) in above for place in headers[count])
        if not goes_down and all(place.first for place in headers[count - 1]):
            break
        count += 1
    return count


def _is_across(row: Sequence[_Place]) -> bool:
    """Return whether one cell covers the whole row."""
    return len({id(place.cell) for place in row}) == 1


class _Texts:
    """Returns the texts for the places of a grid, and counts the characters that are repeated.
    ``texts`` are those of the cells, by the cells' ids."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        self._remaining = _SOME + _TIMES * sum(map(len, texts.values()))

    def column_names(self, rows: list[list[_Place]]) -> list[str]:
        """Return a name for each column, made of all the headers above it."""
        columns: list[dict[str, None]] = [{} for _ in range(max(map(len, rows), default=0))]
        for row in rows:
            for names, place in zip(columns, row, strict=False):
                names[self._cell_text(place, longest=self._remaining)] = None
        return [" / ".join(filter(None, names)) for names in columns]

    def rows(self, rows: Iterable[Sequence[_Place]]) -> Iterator[list[str]]:
        """Yield the texts of the rows that have a text of their own. A cell across the whole table,
        or a long one, is not repeated."""
        for row in rows:
            longest = 0 if _is_across(row) else _LONG
            texts = [self._cell_text(place, longest=longest) for place in row]
            if any(text for place, text in zip(row, texts, strict=True) if place.first):
                yield texts

    def _cell_text(self, place: _Place, *, longest: int) -> str:
        """Return the text of the cell at a place. If it is not the cell's first place, the text is
        empty if it is longer than ``longest``, or too much was repeated."""
        text = self._texts[id(place.cell)]
        if place.first:
            return text
        if len(text) > min(longest, self._remaining):
            return ""
        self._remaining -= len(text)
        return text
