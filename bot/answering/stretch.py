"""A passage with those that stand beside it in its section, as one text.

A long list or table is cut between passages, and what introduces it stands in the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from indexers.model import Hit, Passage
from indexers.prose import is_row, is_rule

_JOINT = "\n\n"


@dataclass(frozen=True)
class Stretch:
    """Some of a section's ``passages``, one after the other."""

    passages: Sequence[Passage]

    @classmethod
    def around(cls, found: Passage, hits: Iterable[Hit]) -> Stretch:
        """Return ``found`` with its neighbours among ``hits``."""
        beside = (hit.passage for hit in hits if is_beside(found, hit.passage))
        by_ordinal = {one.ordinal: one for one in (*beside, found)}
        return cls([by_ordinal[ordinal] for ordinal in sorted(by_ordinal)])

    @cached_property
    def joints(self) -> Sequence[str]:
        """What stands behind each passage. Rows behind rows without a head of their own go on
        in the same table."""
        texts = [passage.text for passage in self.passages]
        return [*(_joint(one, other) for one, other in pairwise(texts)), ""]

    @cached_property
    def text(self) -> str:
        both = zip(self.passages, self.joints, strict=True)
        return "".join(f"{passage.text}{joint}" for passage, joint in both)

    def starts(self) -> list[int]:
        """Return where in the text each passage begins."""
        starts, at = [], 0
        for passage, joint in zip(self.passages, self.joints, strict=True):
            starts.append(at)
            at += len(passage.text) + len(joint)
        return starts

    def at(self, place: int) -> Passage:
        """Return the passage that stands at this place of the text."""
        both = zip(self.starts(), self.passages, strict=True)
        return [passage for start, passage in both if start <= place][-1]


def is_beside(one: Passage, other: Passage) -> bool:
    """Whether one goes on where the other ends, in the same section and revision of a page."""
    same = (one.wiki, one.page, one.revision, one.headings, one.url, one.acl) == (
        other.wiki, other.page, other.revision, other.headings, other.url, other.acl
    )  # fmt: skip
    return same and abs(one.ordinal - other.ordinal) == 1


def stands_in(quote: str, passages: Sequence[Passage]) -> bool:
    """Whether ``quote`` stands, letter for letter, in one of ``passages`` or in neighbours."""
    hits = [Hit(passage, 0.0, 0.0) for passage in passages]
    return any(quote in passage.text for passage in passages) or any(
        quote in Stretch.around(passage, hits).text for passage in passages
    )


def holds_of(quote: str, text: str) -> bool:
    """Whether a line of ``quote`` stands in a passage's ``text``: one may go over into the next.
    An empty one stands in any."""
    lines = [line for line in quote.splitlines() if line.strip()]
    return not lines or any(line in text for line in lines)


def _joint(one: str, other: str) -> str:
    last, (first, *rest) = one.rpartition("\n")[2], other.split("\n", 2)
    goes_on = is_row(last) and is_row(first) and not (rest and is_rule(rest[0]))
    return "\n" if goes_on else _JOINT
