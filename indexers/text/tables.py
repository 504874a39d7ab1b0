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
    its cells, under the names of its row and column. ``first_row_names``: in a table without
    headers, the first row names the columns."""
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
    places = _Texts(texts)
    if len(headers) == 1 and _is_across(headers[0]):
        head = [texts[id(headers[0][0].cell)]]
    else:
        head = places.column_names(headers)
    lines = list(places.rows(body))
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
    """Return the name of a place: its row's name, if rows are ``named``, and its column's. A long
    text is no name: it would be repeated for each piece of code."""
    own = texts[id(row[0].cell)] if x and named else ""
    column = head[x] if x < len(head) else ""
    return paragraph(": ".join(part for part in (own, column) if part and len(part) <= _LONG))


def _rows(table: Node) -> Iterator[list[Node]]:
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
    count = next((y for y, body in enumerate(is_body) if body), min(1, len(rows)))
    titles = 0
    while count - titles > 1 and len(rows[titles]) > 1 and _is_across(rows[titles]):
        titles += 1
    headers = titles + _count_naming(rows[titles:count])
    return [row[0] for row in rows[:titles]], rows[titles:headers], rows[headers:]


def _count_naming(headers: Sequence[Sequence[_Place]]) -> int:
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


def _is_across(row: Sequence[_Place]) -> bool:
    """Return whether one cell covers the whole row."""
    return len({id(place.cell) for place in row}) == 1


class _Texts:
    """Returns the texts for the places of a grid, and counts the characters that are repeated.
    ``texts`` are those of the cells, by the cells' ids."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        self._left = _SOME + _TIMES * sum(map(len, texts.values()))

    def column_names(self, rows: list[list[_Place]]) -> list[str]:
        """Return a name for each column, made of all the headers above it."""
        columns: list[dict[str, None]] = [{} for _ in range(max(map(len, rows), default=0))]
        for row in rows:
            for names, place in zip(columns, row, strict=False):
                names[self._cell_text(place, longest=self._left)] = None
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
        """Return a cell's text; where it spans rows or columns, again only if it is short."""
        text = self._texts[id(place.cell)]
        if place.first:
            return text
        if len(text) > min(longest, self._left):
            return ""
        self._left -= len(text)
        return text
