"""The rows of a sheet as tables: where one begins, and which of its rows is the header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile

from indexers.sources.attachments.text import paragraphs
from indexers.text.writing import table

Row = list[str]

_NUMBER = re.compile(r"[\d\s.,:;%€$£+()/-]+")


def written(rows: Iterable[Row]) -> list[str]:
    """Return one string a block. Empty rows separate tables only before a title or a header; rows
    above a table with a single value are text."""
    found: list[str] = []
    body: list[Row] = []
    for has_text, group in groupby(rows, key=any):
        if not has_text:
            continue
        part = list(group)
        title = list(takewhile(_says_one_thing, part))
        rest = part[len(title) :]
        if title or (body and _has_header(rest)):
            found += _table(body)
            body = []
        found += paragraphs("\n".join("".join(row) for row in title))
        body += rest
    return [*found, *_table(body)]


def _says_one_thing(row: Row) -> bool:
    return sum(map(bool, row)) == 1


def _has_header(part: list[Row]) -> bool:
    """Return whether some column has words above nothing but numbers."""
    head, *below = part
    for x, name in enumerate(head):
        values = [row[x] for row in below if x < len(row) and row[x]]
        if name and values and not _NUMBER.fullmatch(name) and all(map(_NUMBER.fullmatch, values)):
            return True
    return False


def _table(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    used = [x for x in range(max(map(len, rows))) if any(x < len(row) and row[x] for row in rows)]
    head, *body = _narrowed(rows, used)
    return [table(head, body)]


def _narrowed(rows: list[Row], used: list[int]) -> Iterator[Row]:
    for row in rows:
        yield [row[x] if x < len(row) else "" for x in used]
