"""A quotation as people read it: marks of omission, the answer in bold, and its caption.

Titles, headings and pages are others' text: nothing of it can pass for a mark of ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.outline import Unit
from bot.foreign import on_one_line, quoted
from indexers.text.prose import Kind, plain_line

_LEFT_OUT = "…"
_DASH = "\u2014"
_NAME = 80
"""Characters of a title, and of a heading."""
_BOLD = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*")
"""The mark that every surface shows in bold."""
_STAR = "\u2217"
"""An operator that looks like the mark."""
_CELL = re.compile(r"(?<!\\)\|")
_MARKER = re.compile(r" *(?:\u2022|\d{1,9}[.)]) ")


def caption(title: str, heading: str) -> str:
    """Return where a quotation stands, to be shown below it; ``heading`` is the innermost of a
    passage's, or its path."""
    names = (_name(name) for name in (title, heading.rpartition(" > ")[2]))
    shown = " > ".join(dict.fromkeys(filter(None, names)))
    return f"{_DASH} **{shown}**" if shown else ""


def body(
    text: str, units: Sequence[Unit], pieces: Sequence[Sequence[int]], bold: Sequence[int]
) -> str:
    """Return the units of ``text`` at the places in ``pieces``, one after the other. Those in
    ``bold`` are so, unless they are the only ones. What is below a step is not: the steps
    answer together, and it is a detail of one."""
    groups = [
        [at for at in places if not _is_told_by_row(text, units, places, at)] for places in pieces
    ]
    alone = sum(map(len, groups)) <= len(bold)
    marked = () if alone else [at for at in bold if not _is_below_step(units, at)]
    return "\n\n".join(_group(text, units, places, marked) for places in groups if places)


def _is_below_step(units: Sequence[Unit], at: int) -> bool:
    return units[at].depth > 0 and any(units[lead].is_step for lead in units[at].leads)


def _group(text: str, units: Sequence[Unit], places: Sequence[int], bold: Sequence[int]) -> str:
    parts: list[str] = []
    before: int | None = None
    for at in places:
        if before is not None:
            parts.append(_between(units, before, at))
        parts.append(_begun(text, units, before, at))
        parts.append(_shown(text, units, at, bold=at in bold))
        before = at
    if before is not None and _goes_on(units, before):
        parts.append(f" {_LEFT_OUT}")
    return "".join(parts)


def _name(name: str) -> str:
    plain = plain_line(" ".join(name.split())[: 4 * _NAME])
    words = on_one_line(plain).replace("*", _STAR)
    return words if len(words) <= _NAME else f"{words[: _NAME - 1].rstrip()}{_LEFT_OUT}"


def _plain(words: str) -> str:
    """Return the words without bold that is not ours."""
    return _BOLD.sub(rf"{2 * _STAR}\1{2 * _STAR}", words)


def _shown(text: str, units: Sequence[Unit], at: int, *, bold: bool) -> str:
    unit = units[at]
    source = text[unit.start : unit.end]
    if unit.kind is Kind.CODE:
        return quoted(source)
    if unit.kind is Kind.TABLE and (row := _row(text, units, at)):
        words = _plain(quoted(row))
    else:
        words = _plain(quoted(source))
    if not bold or "\n" in words or "*" in words:
        return words
    mark = ""
    if unit.kind is Kind.ITEM and (found := _MARKER.match(words)) and _opens(units, at):
        mark, words = found[0], words[found.end() :]
    return f"{mark}**{words}**" if words.strip() else f"{mark}{words}"


def _row(text: str, units: Sequence[Unit], at: int) -> str:
    """Return a row with each cell's header before it: "City: Berlin · Days: 30"."""
    heads = [lead for lead in units[at].leads if units[lead].kind is Kind.TABLE]
    if not heads:
        return ""
    header, row = (_cells(text[units[n].start : units[n].end]) for n in (heads[-1], at))
    if len(header) != len(row):
        return ""
    named = [(name, cell) for name, cell in zip(header, row, strict=True) if cell]
    return " · ".join(f"{name}: {cell}" if name else cell for name, cell in named)


def _is_told_by_row(text: str, units: Sequence[Unit], places: Sequence[int], at: int) -> bool:
    """Return whether each cell has its header before it already."""
    rows = [n for n in places if at in units[n].leads and units[n].kind is Kind.TABLE]
    is_header = units[at].kind is Kind.TABLE and bool(rows)
    return is_header and all(_row(text, units, n) for n in rows)


def _cells(line: str) -> list[str]:
    cells = _CELL.split(line.strip().removeprefix("|").removesuffix("|"))
    return [" ".join(cell.replace(r"\|", "|").split()) for cell in cells]


def _opens(units: Sequence[Unit], at: int) -> bool:
    return at == 0 or units[at - 1].block != units[at].block


def _begun(text: str, units: Sequence[Unit], before: int | None, at: int) -> str:
    """Return the mark for a hidden beginning of a paragraph or item: a later sentence of an item
    has the mark of its item."""
    apart = before is None or units[before].block != units[at].block
    if not apart or not _is_within(units, at):
        return ""
    if units[at].kind is not Kind.ITEM:
        return f"{_LEFT_OUT} " if before is None else ""
    first = at
    while not _opens(units, first):
        first -= 1
    mark = _MARKER.match(quoted(text[units[first].start : units[first].end]))
    return f"{mark[0] if mark else ''}{_LEFT_OUT} "


def _is_within(units: Sequence[Unit], at: int) -> bool:
    """Return whether a sentence is not the first of its paragraph."""
    return not _opens(units, at) and units[at].kind is not Kind.TABLE


def _between(units: Sequence[Unit], one: int, other: int) -> str:
    same = units[one].block == units[other].block
    gap = other != one + 1
    listed = units[other].kind in (Kind.ITEM, Kind.TABLE)
    if same and units[other].kind is not Kind.TABLE:
        return f" {_LEFT_OUT} " if gap else " "
    tight = listed and (units[one].listed == units[other].listed or one in units[other].leads)
    end = "\n" if tight else "\n\n"
    # Nothing may follow a fence on its line, and a row needs no word of those before it.
    is_gap = gap and units[one].kind is not Kind.CODE and units[other].kind is not Kind.TABLE
    # A later sentence of an item already shows that something is left out.
    is_gap = is_gap and not (units[other].kind is Kind.ITEM and _is_within(units, other))
    return f" {_LEFT_OUT}{end}" if is_gap else end


def _goes_on(units: Sequence[Unit], last: int) -> bool:
    """Return whether the list of the last shown item has more items."""
    after = units[last + 1 : last + 2]
    return any(
        unit.kind is Kind.ITEM is units[last].kind and unit.listed == units[last].listed
        for unit in after
    )
