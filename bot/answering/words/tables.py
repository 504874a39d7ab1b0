"""Tables: a column's name says of what kind the things in it are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.words.english import word_set
from bot.answering.words.roles import read
from indexers.text.prose import Kind, blocks, is_rule, plain_block

_SEPARATOR = " \u00b7 "
"""Between the cells of a row in plain text."""
_OF_NUMBERS = word_set("no nr num number id #")
"""In "Lift no.", the kind is a lift."""


@dataclass(frozen=True, slots=True)
class Table:
    """The words of a table. Each of its rows has as many cells as its ``header``."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, header: str, rows: Sequence[str]) -> Table:
        """Return the table of rows in plain text, without those that lack a cell."""
        names = tuple(header.split(_SEPARATOR))
        cells = (tuple(row.split(_SEPARATOR)) for row in rows)
        return cls(names, tuple(row for row in cells if len(row) == len(names)))

    @property
    def columns(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the name and the cells of each column."""
        for place, name in enumerate(self.header):
            yield name, tuple(row[place] for row in self.rows)


@dataclass(frozen=True, slots=True)
class TextWithTables:
    """A text in plain words, which of it stands ``outside`` of its ``tables``, and these. Only rows
    whose cells have names are of a table."""

    whole: str
    outside: str
    tables: tuple[Table, ...] = ()

    @classmethod
    def of(cls, text: str) -> TextWithTables:
        """Read light Markdown."""
        whole: list[str] = []
        outside: list[str] = []
        found: list[Table] = []
        for block in blocks(text):
            words = plain_block(block)
            whole.append(words)
            lines = block.text.splitlines()
            if block.kind is Kind.TABLE and len(lines) > 1 and is_rule(lines[1]):
                header, *rows = words.split("\n")
                table = Table.of(header, rows)
                found.append(table)
                named = set(table.rows)
                words = "\n".join(row for row in rows if tuple(row.split(_SEPARATOR)) not in named)
            outside.append(words)
        return cls("\n".join(whole), "\n".join(outside), tuple(found))


def kind_of(column: str) -> str:
    """Return the stem of the kind of thing that a column's name names; empty if it names none."""
    words = read(column.partition("(")[0])
    kinds = [word.base for word in words if word.weighs and word.base not in _OF_NUMBERS]
    return kinds[-1] if kinds else ""
