"""A table of light Markdown, aligned for a fixed-width font."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from footnote_bot.indexers.text.prose import plain_line

WIDEST = 90
"""Columns of text that a message shows without wrapping, on an ordinary screen."""
_NAMES = 20_000
"""Characters of columns' names, repeated in each row."""

_RULE_CELL = re.compile(r":?-+:?")


@dataclass(frozen=True, slots=True)
class Aligned:
    """An aligned table. ``fits``: narrow enough to be shown as code; else each row becomes lines of
    prose."""

    text: str
    fits: bool


def aligned(lines: Sequence[str]) -> Aligned:
    """Align the columns of a table. One that is too wide becomes lines of prose. Any lines are
    taken: those without cells are a table of one column."""
    rows = [_cells(line) for line in lines]
    rows = [row for row in rows if not all(_RULE_CELL.fullmatch(cell) for cell in row)]
    columns = max(map(len, rows), default=0)
    if columns > WIDEST:  # padding the rows would take memory in its square
        return Aligned(_as_prose(rows), fits=False)
    padded_rows = [row + [""] * (columns - len(row)) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*padded_rows, strict=True)]
    if sum(widths) + 2 * max(columns - 1, 0) > WIDEST:
        return Aligned(_as_prose(rows), fits=False)
    shown = ["  ".join(map(_padded, row, widths)).rstrip() for row in padded_rows]
    if len(shown) > 1:
        shown.insert(1, "  ".join("-" * width for width in widths))
    return Aligned("\n".join(shown), fits=True)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    cells = re.split(r"(?<!\\)\|", inner)
    return [plain_line(cell.replace(r"\|", "|")).strip() for cell in cells]


def _as_prose(rows: Sequence[Sequence[str]]) -> str:
    """Return each row as an item of a list, each cell after its column's name. Names that are too
    long to be repeated stand once, in the first line."""
    head, *body = rows
    first_line = " \u00b7 ".join(filter(None, head))
    if not body:
        return first_line
    if sum(map(len, head)) * len(body) > _NAMES:
        return "\n".join([first_line, *(_item(row, []) for row in body)])
    return "\n".join(_item(row, head) for row in body)


def _item(row: Sequence[str], names: Sequence[str]) -> str:
    """Return the cells of a row that are not empty, each after its column's name, if it has one."""
    cells = zip(chain(names, repeat("")), row, strict=False)
    return "\u2022 " + "; ".join(
        f"{name}: {cell}" if name else cell for name, cell in cells if cell
    )


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    """Return the width of the text in columns of a fixed-width font."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    """Return 2 for a wide character, and 0 for one that combines with the previous one."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
