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
    equal = [row + [""] * (columns - len(row)) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*equal, strict=True)]
    if sum(widths) + 2 * max(columns - 1, 0) > WIDEST:
        return Aligned(_as_prose(rows), fits=False)
    shown = ["  ".join(map(_padded, row, widths)).rstrip() for row in equal]
    if len(shown) > 1:
        shown.insert(1, "  ".join("-" * width for width in widths))
    return Aligned("\n".join(shown), fits=True)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    cells = re.split(r"(?<!\\)\|", inner)
    return [plain_line(cell.replace(r"\|", "|")).strip() for cell in cells]


def _as_prose(rows: Sequence[Sequence[str]]) -> str:
    """Return each row as a line, each cell after its column's name, unless the names are so long
    that there would be little else to read."""
    head, *body = rows
    if not body:
        return " \u00b7 ".join(filter(None, head))
    is_named = sum(map(len, head)) * len(body) <= _NAMES
    names = head if is_named else []
    lines = [
        "\u2022 "
        + "; ".join(
            f"{name}: {cell}" if name else cell
            for name, cell in zip(chain(names, repeat("")), row, strict=False)
            if cell
        )
        for row in body
    ]
    return "\n".join(lines if is_named else [" \u00b7 ".join(filter(None, head)), *lines])


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    """Return the width in terminal cells: wide characters take two, combining ones none."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
