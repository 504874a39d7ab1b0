"""Tables with merged cells as grids: the text of a merged cell is repeated in each place that it
covers, so that every value stands below its header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from indexers.text.elements import Element

E = TypeVar("E", bound=Element)

_WIDEST = 100
"""Columns within which cells may span; more is a mistake or an attack."""
LONG = 200
"""Characters of a merged cell beyond which it is not repeated."""
_SOME, _TIMES = 1_000, 20
"""Merged cells may cover ``_SOME`` places, and ``_TIMES`` the number of the table's cells more. The
limit on repeated characters is the same, by the number of characters in the cells."""


@dataclass(frozen=True, slots=True)
class GridCell(Generic[E]):
    """A place in a grid: the cell that covers it, and whether it is the cell's first."""

    cell: E
    first: bool

    @property
    def heads(self) -> bool:
        return self.cell.tag == "th"


def grid(table: Sequence[Sequence[E]], empty: E) -> list[list[GridCell[E]]]:
    """Return the rows of ``table`` with merged cells in all their places, and ``empty`` where there
    is no cell; rows may differ in length."""
    places: list[dict[int, GridCell[E]]] = [{} for _ in table]
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
                        x + right, GridCell(cell, first=not down and not right)
                    )
            x += wide
    nothing = GridCell(empty, first=False)
    return [[row.get(x, nothing) for x in range(max(row, default=-1) + 1)] for row in places]


def _span(cell: Element, name: str, largest: int) -> int:
    """Return the span of a cell. In HTML ``rowspan="0"`` reaches to the end of the table."""
    value = cell.attributes.get(name, "1").strip()
    span = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 1
    return max(1, min(span or largest, largest))


def parts(
    rows: list[list[GridCell[E]]],
) -> tuple[list[GridCell[E]], list[list[GridCell[E]]], list[list[GridCell[E]]]]:
    """Return a table's titles (header cells across the whole table, above other headers), its rows
    of headers, and the other rows."""
    count = next((y for y, row in enumerate(rows) if not all(place.heads for place in row)), None)
    count = min(1, len(rows)) if count is None else count
    titles = 0
    while count - titles > 1 and len(rows[titles]) > 1 and is_across(rows[titles]):
        titles += 1
    return [row[0] for row in rows[:titles]], rows[titles:count], rows[count:]


def is_across(row: Sequence[GridCell[E]]) -> bool:
    """Return whether one cell covers the whole row."""
    return len({id(place.cell) for place in row}) == 1


class CellTexts:
    """The texts of a table's cells, by the ids of the cells, for each place in the grid."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        self._left = _SOME + _TIMES * sum(map(len, texts.values()))

    def column_names(self, rows: list[list[GridCell[E]]]) -> list[str]:
        """Return a name for each column, made of all the headers above it."""
        columns: list[dict[str, None]] = [{} for _ in range(max(map(len, rows), default=0))]
        for row in rows:
            for names, place in zip(columns, row, strict=False):
                names[self._in(place, longest=self._left)] = None
        return [" / ".join(filter(None, names)) for names in columns]

    def rows(self, rows: Iterable[Sequence[GridCell[E]]]) -> Iterator[list[str]]:
        """Yield the texts of the rows that have a text of their own. A cell across the whole table,
        or a long one, is not repeated."""
        for row in rows:
            longest = 0 if is_across(row) else LONG
            texts = [self._in(place, longest=longest) for place in row]
            if any(text for place, text in zip(row, texts, strict=True) if place.first):
                yield texts

    def _in(self, place: GridCell[E], *, longest: int) -> str:
        text = self._texts[id(place.cell)]
        if place.first:
            return text
        if len(text) > min(longest, self._left):
            return ""
        self._left -= len(text)
        return text
