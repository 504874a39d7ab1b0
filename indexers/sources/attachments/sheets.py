"""Workbooks: a section for each sheet, its rows as tables under their own headers. Values, not
formulas; hidden sheets and struck cells are left out."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, takewhile
from typing import Any

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments.content import MOST_CHARACTERS, Warn, paragraphs
from footnote_bot.indexers.sources.attachments.office import checked
from footnote_bot.indexers.text.writing import table

_MOST_ROWS = 100_000
"""Rows of a sheet that are read, including empty ones."""
_MOST_COLUMNS = 100
_MOST_MERGED = 1_000
_LITERAL = re.compile(r'"[^"]*+"|\\.')
"""Literal text in a number's format."""
_PADDED = re.compile("0{2,20}")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref\s*=\s*[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged cells: ``top`` to ``bottom``, ``left`` to ``right``, counted from one."""

    left: int
    top: int
    right: int
    bottom: int


def sections(_name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of a workbook.

    Raises: Unreadable, and whatever openpyxl raises on a broken file.
    """
    source = checked(data)
    from openpyxl.reader.excel import ExcelReader  # late: the extra need not be installed

    reader = ExcelReader(source, read_only=True, data_only=True, keep_links=False)
    result: list[Section] = []
    with warnings.catch_warnings():
        # openpyxl warns of the styles and extensions that it leaves out.
        warnings.simplefilter("ignore")
        reader.read()
        remaining = MOST_CHARACTERS
        for sheet, relation in reader.parser.find_sheets():
            # A sheet that is one chart has no cells.
            if remaining <= 0 or sheet.state != "visible" or "chartsheet" in relation.Type:
                continue
            merged = _merged(reader.archive.read(relation.target))
            rows = _rows(reader.wb[sheet.name], merged, warn)
            text = "\n\n".join(blocks_of(_up_to(remaining, rows, warn)))
            remaining -= len(text)
            result.append(Section((sheet.name,), "", text))
    yield from result


def _up_to(characters: int, rows: Iterator[Row], warn: Warn) -> Iterator[Row]:
    """Yield rows until they have so many characters; warn if the rest is left out."""
    for row in rows:
        characters -= sum(map(len, row))
        if characters < 0:
            warn(f"only the first {MOST_CHARACTERS:,} characters are read")
            return
        yield row


def _rows(sheet: Any, merged: Sequence[Merged], warn: Warn) -> Iterator[Row]:
    """Yield the rows. A merged cell's text is in each of its places, except in empty rows."""
    starting: dict[int, list[Merged]] = defaultdict(list)
    for cells in merged:
        starting[cells.top].append(cells)
    reaching: list[tuple[Merged, str]] = []
    """Merged cells from the rows above that reach down to the present one, with their text."""
    # The size that a sheet declares may be wrong.
    sheet.reset_dimensions()
    sheet_rows = sheet.iter_rows(max_row=_MOST_ROWS + 1, max_col=_MOST_COLUMNS + 1)
    for number, cells_in_row in enumerate(sheet_rows, start=1):
        if number > _MOST_ROWS:
            warn(f"only the first {_MOST_ROWS:,} rows of a sheet are read")
            return
        row = ["" if cell.value is None else _cell_text(cell) for cell in cells_in_row]
        if any(row[_MOST_COLUMNS:]):
            warn(f"only the first {_MOST_COLUMNS} columns of a sheet are read")
        del row[_MOST_COLUMNS:]
        begun = [(m, row[m.left - 1]) for m in starting.get(number, ()) if m.left <= len(row)]
        reaching = [(m, text) for m, text in reaching if m.bottom >= number]
        filled = sum(map(bool, row))
        # A row with a single value is a title, however wide it is.
        repeated = [*(begun if filled > 1 else ()), *(reaching if filled else ())]
        for cells, text in repeated:
            for x in range(cells.left - 1, min(cells.right, len(row))):
                row[x] = row[x] or text
        reaching += begun
        yield row


def _merged(xml: bytes) -> list[Merged]:
    """Return the merged cells, which openpyxl reads only with the whole sheet in memory."""
    from openpyxl.utils.cell import range_boundaries  # late, as above

    refs = (ref.decode() for ref, _ in zip(_MERGED.findall(xml), range(_MOST_MERGED), strict=False))
    return [Merged(*range_boundaries(ref)) for ref in refs]


def _cell_text(cell: Any) -> str:  # noqa: PLR0911 - one case a type
    """Return a cell's value as text; empty if it is an error or struck out."""
    if cell.data_type == "e" or _is_struck(cell):
        return ""
    match cell.value:
        case bool(value):
            return str(value).upper()
        case int(value) | float(value):
            return _number(value, _LITERAL.sub("", cell.number_format or ""))
        case datetime() as moment:
            day, _, clock = moment.isoformat(" ", "seconds").removesuffix(":00").partition(" ")
            return day if clock == "00:00" else f"{day} {clock}"
        case date() as day:
            return day.isoformat()
        case time() as clock:
            return clock.isoformat("seconds").removesuffix(":00")
        case timedelta() as span:
            return str(span)
    return " ".join(str(cell.value).split())


def _is_struck(cell: Any) -> bool:
    """Return whether the whole cell is struck out."""
    try:
        return bool(cell.has_style and cell.font.strike)
    except IndexError:  # it names a font that the workbook does not have
        return False


def _number(value: float, form: str) -> str:
    """Return a number with what changes its meaning in its format: percent, leading zeros."""
    if "%" in form:
        return f"{value * 100:.12g}%"
    digits = f"{value:.15g}"
    # Postal codes and phone numbers, for example.
    return digits.zfill(len(form)) if _PADDED.fullmatch(form) and digits.isdigit() else digits


Row = list[str]

_NUMBER = re.compile(r"[\d\s.,:;%€$£+()/-]+")


def blocks_of(rows: Iterable[Row]) -> list[str]:
    """Return the rows of a sheet as blocks. Empty rows separate tables only before a title or a
    header; rows with a single value above a table are text."""
    blocks: list[str] = []
    body: list[Row] = []
    for has_text, group in groupby(rows, key=any):
        if not has_text:
            continue
        part = list(group)
        title = list(takewhile(_has_one_value, part))
        remaining = part[len(title) :]
        if title or (body and _has_header(remaining)):
            blocks += _table(body)
            body = []
        blocks += paragraphs("\n".join("".join(row) for row in title))
        body += remaining
    return [*blocks, *_table(body)]


def _has_one_value(row: Row) -> bool:
    return sum(map(bool, row)) == 1


def _has_header(part: list[Row]) -> bool:
    """Return whether a column has words above numbers only."""
    head, *below = part
    for x, name in enumerate(head):
        values = [row[x] for row in below if x < len(row) and row[x]]
        if name and values and not _NUMBER.fullmatch(name) and all(map(_NUMBER.fullmatch, values)):
            return True
    return False


def _table(rows: list[Row]) -> list[str]:
    """Return the rows as a table below the first one; nothing if there are none."""
    if not rows:
        return []
    used = [x for x in range(max(map(len, rows))) if any(x < len(row) and row[x] for row in rows)]
    head, *body = _narrowed(rows, used)
    return [table(head, body)]


def _narrowed(rows: list[Row], used: list[int]) -> Iterator[Row]:
    """Yield the rows with only the ``used`` columns."""
    for row in rows:
        yield [row[x] if x < len(row) else "" for x in used]
