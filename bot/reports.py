"""Rows on a terminal: as a table, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from bot import terminal
from bot.foreign import on_one_line
from bot.screen import print_columns, write

Row = Mapping[str, Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Characters that begin a formula in a spreadsheet."""


def print_rows(
    rows: Sequence[Row], columns: Sequence[str], *, as_csv: bool, as_json: bool, none: str
) -> None:
    """Print the rows' columns; ``none`` is printed instead of an empty table. In a table and in CSV
    the members of a list are separated by spaces."""
    if as_json:
        terminal.print_json(list(rows))
    elif as_csv:
        write(csv_of(rows, columns))
    elif not rows:
        terminal.say(none)
    else:
        shown = ([_shown(row[column]) for column in columns] for row in rows)
        print_columns([list(columns), *shown])


def csv_of(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Return CSV as spreadsheets read it. A cell that would be a formula begins with an apostrophe,
    because anybody may have written its text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        words = _plain(value)
        return f"'{words}" if words.startswith(_FORMULA) else words
    return value


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _shown(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return on_one_line(_plain(value))
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}"
