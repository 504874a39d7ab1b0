"""A section as people read it: whole blocks, and the name of the section below them.

Titles, headings and pages are text by others: nothing in it may look like one of our marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from footnote_bot.bot.answering.quoting.units import UnitPiece
from footnote_bot.bot.foreign import on_one_line, quoted
from footnote_bot.indexers.text.prose import Kind, plain_line

LEFT_OUT = "\u2026"
_DASH = "\u2014"
_NAME = 80
"""Characters of a title, and of a heading."""
_BOLD = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*")
"""Bold text, as every surface shows it."""
_STAR = "\u2217"
"""An operator that looks like an asterisk."""
_CELL = re.compile(r"(?<!\\)\|")


def caption(title: str, heading: str) -> str:
    """Return the caption below a section: the page's title, and the last of a path of headings."""
    names = (_name(name) for name in (title, heading.rpartition(" > ")[2]))
    shown = " > ".join(dict.fromkeys(filter(None, names)))
    return f"{_DASH} **{shown}**" if shown else ""


def shown(pieces: Sequence[UnitPiece]) -> str:
    """Return the pieces as people read them: paragraphs apart, items and rows of one list or table
    below each other."""
    text, last = "", None
    for piece in pieces:
        words = _words(piece)
        close = piece.kind is last and last in (Kind.ITEM, Kind.TABLE)
        text += f"{chr(10) if close else 2 * chr(10)}{words}" if text else words
        last = piece.kind
    return text


def line(words: str, most: int) -> str:
    """Return a page's ``words`` on one line, cut at a word to at most ``most`` characters."""
    plain = on_one_line(plain_line(" ".join(words.split()))).replace("*", _STAR)
    if len(plain) <= most:
        return plain
    return f"{plain[: most - 1].rsplit(' ', 1)[0].rstrip()}{LEFT_OUT}"


def _words(piece: UnitPiece) -> str:
    """Return the text of a piece. Its bold words get other asterisks: bold is a mark of ours."""
    if piece.kind is Kind.CODE:
        return quoted(piece.text)
    words = _row(piece) if piece.kind is Kind.TABLE else piece.text
    return _BOLD.sub(rf"{2 * _STAR}\1{2 * _STAR}", quoted(words))


def _row(piece: UnitPiece) -> str:
    """Return a row with each cell's header before it: "- City: Berlin · Days: 30"."""
    header, row = _cells(piece.header), _cells(piece.text)
    if len(header) != len(row):
        return f"- {' · '.join(filter(None, row))}"
    cells = [(name, cell) for name, cell in zip(header, row, strict=True) if cell]
    return f"- {' · '.join(f'{name}: {cell}' if name else cell for name, cell in cells)}"


def _cells(line: str) -> list[str]:
    cells: Iterable[str] = _CELL.split(line.strip().removeprefix("|").removesuffix("|"))
    return [" ".join(cell.replace(r"\|", "|").split()) for cell in cells]


def _name(name: str) -> str:
    """Return a title or a heading in plain text, cut to `_NAME` characters."""
    plain = plain_line(" ".join(name.split())[: 4 * _NAME])
    words = on_one_line(plain).replace("*", _STAR)
    return words if len(words) <= _NAME else f"{words[: _NAME - 1].rstrip()}{LEFT_OUT}"
