"""A quotation as people read it: marks of omission, the answer in bold, and its caption.

Titles, headings and pages are text by others: nothing in it may look like one of our marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.quoting.outline import Unit
from bot.foreign import on_one_line, quoted
from indexers.text.prose import Kind, plain_line

_LEFT_OUT = "…"
_DASH = "\u2014"
_NAME = 80
"""Characters of a title, and of a heading."""
_BOLD = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*")
"""Bold text, as every surface shows it."""
_STAR = "\u2217"
"""An operator that looks like an asterisk."""
_CELL = re.compile(r"(?<!\\)\|")
_MARKER = re.compile(r" *(?:\u2022|\d{1,9}[.)]) ")
_FIRST_STEP = re.compile(r" {0,40}[01][.)] ")


def caption(title: str, heading: str) -> str:
    """Return the caption below a quotation: the page's title and the innermost heading. ``heading``
    may be a path of headings."""
    names = (_name(name) for name in (title, heading.rpartition(" > ")[2]))
    shown = " > ".join(dict.fromkeys(filter(None, names)))
    return f"{_DASH} **{shown}**" if shown else ""


def body(
    text: str, units: Sequence[Unit], pieces: Sequence[Sequence[int]], bold: Sequence[int]
) -> str:
    """Return the units of ``text`` at the places in ``pieces``, one piece after the other. Units in
    ``bold`` are in bold, unless there are no others. Units below a step are not: the steps answer
    together, and such a unit is a detail of one."""
    groups = [
        [index for index in places if not _is_in_rows(text, units, places, index)]
        for places in pieces
    ]
    all_bold = sum(map(len, groups)) <= len(bold)
    to_mark = () if all_bold else [index for index in bold if not _is_below_step(units, index)]
    shown = "\n\n".join(_joined(text, units, places, to_mark) for places in groups if places)
    return f"{_LEFT_OUT}\n{shown}" if _begins_within_list(text, units, groups) else shown


def _begins_within_list(text: str, units: Sequence[Unit], groups: Sequence[Sequence[int]]) -> bool:
    """Return whether the first unit shown is an item, but not the first of its list."""
    first = next((places[0] for places in groups if places), None)
    if first is None or units[first].kind is not Kind.ITEM or not _opens_block(units, first):
        return False
    if units[first].is_step:
        return not _FIRST_STEP.match(text, units[first].start)
    return any(unit.listed == units[first].listed for unit in units[first - 1 : first])


def _is_below_step(units: Sequence[Unit], index: int) -> bool:
    return units[index].depth > 0 and any(units[lead].is_step for lead in units[index].leads)


def _joined(text: str, units: Sequence[Unit], places: Sequence[int], bold: Sequence[int]) -> str:
    parts: list[str] = []
    previous: int | None = None
    for index in places:
        if previous is not None:
            parts.append(_separator(units, previous, index))
        parts.append(_opening_mark(text, units, previous, index))
        parts.append(_shown(text, units, index, bold=index in bold))
        previous = index
    if previous is not None and _list_continues(units, previous):
        parts.append(f" {_LEFT_OUT}")
    return "".join(parts)


def _name(name: str) -> str:
    plain = plain_line(" ".join(name.split())[: 4 * _NAME])
    words = on_one_line(plain).replace("*", _STAR)
    return words if len(words) <= _NAME else f"{words[: _NAME - 1].rstrip()}{_LEFT_OUT}"


def _without_bold(words: str) -> str:
    """Return the words without bold by others."""
    return _BOLD.sub(rf"{2 * _STAR}\1{2 * _STAR}", words)


def _shown(text: str, units: Sequence[Unit], index: int, *, bold: bool) -> str:
    unit = units[index]
    source = text[unit.start : unit.end]
    if unit.kind is Kind.CODE:
        return quoted(source)
    if unit.kind is Kind.TABLE and (row := _row(text, units, index)):
        words = _without_bold(quoted(row))
    else:
        words = _without_bold(quoted(source))
    if not bold or "\n" in words or "*" in words:
        return words
    prefix = ""
    if unit.kind is Kind.ITEM and (marker := _MARKER.match(words)) and _opens_block(units, index):
        prefix, words = marker[0], words[marker.end() :]
    return f"{prefix}**{words}**" if words.strip() else f"{prefix}{words}"


def _row(text: str, units: Sequence[Unit], index: int) -> str:
    """Return a row with each cell's header before it: "City: Berlin · Days: 30"."""
    headers = [lead for lead in units[index].leads if units[lead].kind is Kind.TABLE]
    if not headers:
        return ""
    header, row = (
        _cells(text[units[place].start : units[place].end]) for place in (headers[-1], index)
    )
    if len(header) != len(row):
        return ""
    cells = [(name, cell) for name, cell in zip(header, row, strict=True) if cell]
    return " · ".join(f"{name}: {cell}" if name else cell for name, cell in cells)


def _is_in_rows(text: str, units: Sequence[Unit], places: Sequence[int], index: int) -> bool:
    """Return whether a unit is a table's header whose rows already show it before each cell."""
    rows = [
        place for place in places if index in units[place].leads and units[place].kind is Kind.TABLE
    ]
    is_header = units[index].kind is Kind.TABLE and bool(rows)
    return is_header and all(_row(text, units, place) for place in rows)


def _cells(line: str) -> list[str]:
    cells = _CELL.split(line.strip().removeprefix("|").removesuffix("|"))
    return [" ".join(cell.replace(r"\|", "|").split()) for cell in cells]


def _opens_block(units: Sequence[Unit], index: int) -> bool:
    return index == 0 or units[index - 1].block != units[index].block


def _opening_mark(text: str, units: Sequence[Unit], previous: int | None, index: int) -> str:
    """Return the mark of omission for a hidden beginning of a paragraph or item. A later sentence
    of an item also gets the marker of the item."""
    is_new_block = previous is None or units[previous].block != units[index].block
    if not is_new_block or not _continues_block(units, index):
        return ""
    if units[index].kind is not Kind.ITEM:
        return f"{_LEFT_OUT} " if previous is None else ""
    block_start = index
    while not _opens_block(units, block_start):
        block_start -= 1
    mark = _MARKER.match(quoted(text[units[block_start].start : units[block_start].end]))
    return f"{mark[0] if mark else ''}{_LEFT_OUT} "


def _continues_block(units: Sequence[Unit], index: int) -> bool:
    """Return whether a sentence is not the first of its paragraph."""
    return not _opens_block(units, index) and units[index].kind is not Kind.TABLE


def _separator(units: Sequence[Unit], previous: int, following: int) -> str:
    same_block = units[previous].block == units[following].block
    gap = following != previous + 1
    listed = units[following].kind in (Kind.ITEM, Kind.TABLE)
    if same_block and units[following].kind is not Kind.TABLE:
        return f" {_LEFT_OUT} " if gap else " "
    is_tight = listed and (
        units[previous].listed == units[following].listed or previous in units[following].leads
    )
    end = "\n" if is_tight else "\n\n"
    # Nothing may follow a fence on its line, and rows need no mark for hidden rows before them.
    is_gap = (
        gap and units[previous].kind is not Kind.CODE and units[following].kind is not Kind.TABLE
    )
    # A later sentence of an item already shows that something is left out.
    is_gap = is_gap and not (
        units[following].kind is Kind.ITEM and _continues_block(units, following)
    )
    return f" {_LEFT_OUT}{end}" if is_gap else end


def _list_continues(units: Sequence[Unit], last: int) -> bool:
    """Return whether the list of the last shown item has more items."""
    next_units = units[last + 1 : last + 2]
    return any(
        unit.kind is Kind.ITEM is units[last].kind and unit.listed == units[last].listed
        for unit in next_units
    )
