"""The units of a section: the pieces of text that answer a question only as a whole.

A unit is a paragraph; a list with the paragraph before it and all its items; a line that ends with
a colon or a question mark with what follows it; one row of a table with its header; a block of code
with its introduction. Where one ends is told by form alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.text.prose import Block, Kind, blocks, is_rule, plain

_INTRODUCES = (":", "?", "\uff1a", "\uff1f")
"""What a line ends with that says nothing without what follows it."""


@dataclass(frozen=True, slots=True)
class UnitPiece:
    """A block of a section, or one row of a table with the ``header`` of its columns. ``start`` and
    ``end`` are its place in the section's text."""

    kind: Kind
    start: int
    end: int
    text: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """Pieces that are only shown together."""

    pieces: tuple[UnitPiece, ...]

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end

    @property
    def words(self) -> str:
        """Return the unit's words, as a cross-encoder reads them."""
        return "\n".join(plain(f"{piece.header}\n{piece.text}") for piece in self.pieces)


def units(text: str) -> list[Unit]:
    """Return the units of ``text`` (light Markdown) in order."""
    found: list[Unit] = []
    waiting: list[UnitPiece] = []
    runs = [list(run) for run in _runs(blocks(text))]
    for place, run in enumerate(runs):
        following = runs[place + 1] if place + 1 < len(runs) else None
        if run[0].kind is Kind.TABLE:
            found += _rows(run[0], waiting)
            waiting = []
            continue
        waiting += [UnitPiece(block.kind, block.start, block.end, block.text) for block in run]
        if following is None or not _introduces(run[-1], following):
            found.append(Unit(tuple(waiting)))
            waiting = []
    return found


def _runs(found: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield the blocks one by one, and the items of a list, with the code in them, together."""
    run: list[Block] = []
    for block in found:
        within = block.kind is Kind.ITEM or (block.kind is Kind.CODE and block.text[:1] == " ")
        if run and not (within and run[0].kind is Kind.ITEM):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _introduces(last: Block, following: Sequence[Block]) -> bool:
    """Return whether ``last`` introduces the blocks after it."""
    if last.kind is Kind.PARAGRAPH and following[0].kind is Kind.ITEM:
        return True
    return last.kind in (Kind.PARAGRAPH, Kind.ITEM) and last.text.rstrip().endswith(_INTRODUCES)


def _rows(table: Block, introduction: Sequence[UnitPiece]) -> Iterator[Unit]:
    """Yield each row of a table as a unit with the introduction of the table."""
    lines = table.text.splitlines(keepends=True)
    header = lines[0].strip() if len(lines) > 1 and is_rule(lines[1].rstrip()) else ""
    at = table.start
    for number, line in enumerate(lines):
        row = line.rstrip("\r\n")
        if row.strip() and not (header and number < _HEAD):
            yield Unit((*introduction, UnitPiece(Kind.TABLE, at, at + len(row), row, header)))
        at += len(line)


_HEAD = 2
"""Lines of a table's header: the names of its columns, and the line of dashes below them."""
