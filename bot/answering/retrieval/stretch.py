"""A passage with its neighbours in its section, as one text.

A long list or table is cut into several passages, and its introduction is in an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from footnote_bot.indexers.model import Hit, Passage
from footnote_bot.indexers.text.prose import Kind, blocks, is_item, is_row, is_rule

_SEPARATOR = "\n\n"
_HEAD = 2
"""Lines of a table's header: the names of its columns, and the line of dashes below them."""


@dataclass(frozen=True)
class Stretch:
    """Consecutive ``passages`` of a section."""

    passages: Sequence[Passage]

    @classmethod
    def around(cls, passage: Passage, hits: Iterable[Hit]) -> Stretch:
        """Return ``passage`` with its neighbours among ``hits``."""
        neighbours = (hit.passage for hit in hits if is_beside(passage, hit.passage))
        by_ordinal = {each.ordinal: each for each in (*neighbours, passage)}
        return cls([by_ordinal[ordinal] for ordinal in sorted(by_ordinal)])

    @cached_property
    def parts(self) -> Sequence[str]:
        """Return the text of each passage with its separator. Items and rows continue the same list
        or table, without a repeated header."""
        texts = [passage.text for passage in self.passages]
        joined = [_continuation(text, following) for text, following in pairwise(texts)]
        without_heads = [*texts[:1], *(following for _, following in joined)]
        separators = [*(separator for separator, _ in joined), ""]
        return [
            f"{text}{separator}" for text, separator in zip(without_heads, separators, strict=True)
        ]

    @cached_property
    def text(self) -> str:
        return "".join(self.parts)

    def starts(self) -> list[int]:
        """Return the position in the text at which each passage begins."""
        return [0, *accumulate(map(len, self.parts[:-1]))]

    def at(self, position: int) -> Passage:
        """Return the passage at ``position`` in the text."""
        starts_and_passages = zip(self.starts(), self.passages, strict=True)
        return [passage for start, passage in starts_and_passages if start <= position][-1]


def is_beside(one: Passage, other: Passage) -> bool:
    """Return whether one continues the other, in the same section and revision of a page."""
    same = (one.wiki, one.page, one.revision, one.headings, one.url, one.acl) == (
        other.wiki, other.page, other.revision, other.headings, other.url, other.acl
    )  # fmt: skip
    return same and abs(one.ordinal - other.ordinal) == 1


def stands_in(quote: str, passages: Sequence[Passage]) -> bool:
    """Return whether ``quote`` occurs verbatim in one of ``passages`` or across neighbours."""
    hits = [Hit(passage, 0.0, 0.0) for passage in passages]
    return any(quote in passage.text for passage in passages) or any(
        quote in Stretch.around(passage, hits).text for passage in passages
    )


def has_line_of(quote: str, text: str) -> bool:
    """Return whether a line of ``quote`` occurs in a passage's ``text``: a quote may extend into
    the next passage. An empty quote occurs in any text."""
    lines = [line for line in quote.splitlines() if line.strip()]
    return not lines or any(line in text for line in lines)


def _continuation(text: str, following: str) -> tuple[str, str]:
    """Return the separator of two passages, and the second one without a header that it repeats."""
    last_line, first_line = text.rpartition("\n")[2], following.partition("\n")[0]
    if is_row(last_line) and is_row(first_line):
        header, *rows = _header_and_rows(following)
        if not header:
            return "\n", following
        return (
            ("\n", rows[0])
            if rows and header == _header_and_rows(text)[0]
            else (_SEPARATOR, following)
        )
    return ("\n" if is_item(first_line) and _ends_in_item(text) else _SEPARATOR), following


def _header_and_rows(text: str) -> list[str]:
    """Return the header of the table at the text's beginning (empty without one), and its rows."""
    lines = text.split("\n", _HEAD)
    if len(lines) < _HEAD or not is_rule(lines[1]):
        return [""]
    return ["\n".join(lines[:_HEAD]), *lines[_HEAD:]]


def _ends_in_item(text: str) -> bool:
    return [block.kind for block in blocks(text)[-1:]] == [Kind.ITEM]
