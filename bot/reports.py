"""Rows on a terminal: as a table, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from footnote_bot.bot import terminal
from footnote_bot.bot.foreign import on_one_line
from footnote_bot.bot.screen import column_widths, print_columns, write

Row = Mapping[str, Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Characters that begin a formula in a spreadsheet."""


def print_rows(
    rows: Iterable[Row], columns: Sequence[str], *, as_csv: bool, as_json: bool, none: str
) -> None:
    """Print the rows' columns; ``none`` is printed instead of an empty table. In a table and in CSV
    the members of a list are separated by spaces. The rows are never in memory together, but a
    table iterates over them more than once."""
    if as_json:
        _print_json(rows)
    elif as_csv:
        for line in csv_of(rows, columns):
            write(line)
    elif next(iter(rows), None) is None:
        terminal.say(none)
    else:
        print_columns(_lines(rows, columns), column_widths(_lines(rows, columns)))


def _print_json(rows: Iterable[Row]) -> None:
    """Print a list, as `terminal.print_json` would."""
    separator = "["
    for row in rows:
        indented = terminal.json_of(row).replace("\n", "\n  ")
        write(f"{separator}\n  {indented}")
        separator = ","
    write("[]\n" if separator == "[" else "\n]\n")


def _lines(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[Sequence[str]]:
    yield columns
    for row in rows:
        yield [_shown(row[column]) for column in columns]


def csv_of(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of CSV as spreadsheets read it. A cell that would be a formula begins with an
    apostrophe, because anybody may have written its text."""
    yield _csv_line(columns)
    for row in rows:
        yield _csv_line([_cell(row[column]) for column in columns])


def _csv_line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a cell of CSV: a number, or text that is no formula."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        words = _plain(value)
        return f"'{words}" if words.startswith(_FORMULA) else words
    return value


def _plain(value: object) -> str:
    """Return the value as text: yes or no, the members of a list, or nothing for None."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _shown(value: object) -> str:
    """Return a cell of a table, on one line; numbers with separators."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return on_one_line(_plain(value))
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}"
