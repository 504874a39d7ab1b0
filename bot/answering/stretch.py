"""A passage with its neighbours in its section, as one text.

A long list or table is cut between passages, and its introduction is in the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from indexers.model import Hit, Passage
from indexers.text.prose import Kind, blocks, is_item, is_row, is_rule

_JOINT = "\n\n"
_HEAD = 2
"""Lines of a table's head: the names of its columns, and the rule below them."""


@dataclass(frozen=True)
class Stretch:
    """Consecutive ``passages`` of a section."""

    passages: Sequence[Passage]

    @classmethod
    def around(cls, found: Passage, hits: Iterable[Hit]) -> Stretch:
        """Return ``found`` with its neighbours among ``hits``."""
        beside = (hit.passage for hit in hits if is_beside(found, hit.passage))
        by_ordinal = {one.ordinal: one for one in (*beside, found)}
        return cls([by_ordinal[ordinal] for ordinal in sorted(by_ordinal)])

    @cached_property
    def parts(self) -> Sequence[str]:
        """Return the text of each passage with its separator: items and rows continue the same list
        or table, without a repeated head."""
        texts = [passage.text for passage in self.passages]
        joined = [_going_on(one, other) for one, other in pairwise(texts)]
        bare = [*texts[:1], *(other for _, other in joined)]
        joints = [*(joint for joint, _ in joined), ""]
        return [f"{text}{joint}" for text, joint in zip(bare, joints, strict=True)]

    @cached_property
    def text(self) -> str:
        return "".join(self.parts)

    def starts(self) -> list[int]:
        """Return where in the text each passage begins."""
        return [0, *accumulate(map(len, self.parts[:-1]))]

    def at(self, place: int) -> Passage:
        """Return the passage at this place of the text."""
        both = zip(self.starts(), self.passages, strict=True)
        return [passage for start, passage in both if start <= place][-1]


def is_beside(one: Passage, other: Passage) -> bool:
    """Return whether one continues the other, in the same section and revision of a page."""
    same = (one.wiki, one.page, one.revision, one.headings, one.url, one.acl) == (
        other.wiki, other.page, other.revision, other.headings, other.url, other.acl
    )  # fmt: skip
    return same and abs(one.ordinal - other.ordinal) == 1


def stands_in(quote: str, passages: Sequence[Passage]) -> bool:
    """Return whether ``quote`` occurs, letter for letter, in one of ``passages`` or across
    neighbours."""
    hits = [Hit(passage, 0.0, 0.0) for passage in passages]
    return any(quote in passage.text for passage in passages) or any(
        quote in Stretch.around(passage, hits).text for passage in passages
    )


def holds_of(quote: str, text: str) -> bool:
    """Return whether a line of ``quote`` occurs in a passage's ``text``: a quote may extend into
    the next. An empty one occurs in any."""
    lines = [line for line in quote.splitlines() if line.strip()]
    return not lines or any(line in text for line in lines)


def _going_on(one: str, other: str) -> tuple[str, str]:
    """Return the separator of two passages, and the second one without a head that the first has,
    too."""
    last, first = one.rpartition("\n")[2], other.partition("\n")[0]
    if is_row(last) and is_row(first):
        head, *rows = _headed(other)
        if not head:
            return "\n", other
        return ("\n", rows[0]) if rows and head == _headed(one)[0] else (_JOINT, other)
    return ("\n" if is_item(first) and _ends_in_item(one) else _JOINT), other


def _headed(text: str) -> list[str]:
    """Return the head of the table at the beginning of a text (empty if it has none), and the
    rest."""
    lines = text.split("\n", _HEAD)
    if len(lines) < _HEAD or not is_rule(lines[1]):
        return [""]
    return ["\n".join(lines[:_HEAD]), *lines[_HEAD:]]


def _ends_in_item(text: str) -> bool:
    return [block.kind for block in blocks(text)[-1:]] == [Kind.ITEM]
