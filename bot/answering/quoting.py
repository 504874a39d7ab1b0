"""Passage -> quotation: whole sentences, verbatim, the ones that say most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from bot.answering.stems import Weights, stems
from indexers.model import Hit, Passage
from indexers.prose import Block, Kind, blocks, plain
from indexers.sentences import sentences


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that is never cut: a sentence, a row, a block of code."""

    start: int
    end: int
    stems: frozenset[str]
    size: int


def units(text: str) -> list[Unit]:
    """Those of ``text`` that say something, in order."""
    return [
        Unit(start, end, stems(shown), len(shown))
        for block in blocks(text)
        for start, end in _spans(block)
        if (shown := plain(text[start:end]))
    ]


def _spans(block: Block) -> Iterable[tuple[int, int]]:
    if block.kind is Kind.CODE:
        return [(block.start, block.end)]
    if block.kind in (Kind.TABLE, Kind.QUOTE):
        parts: Iterable[str] = block.text.splitlines(keepends=True)
    else:
        parts = _sentences(block.text)
    spans, at = [], block.start
    for part in parts:
        if part.strip():
            spans.append((at + len(part) - len(part.lstrip()), at + len(part.rstrip())))
        at += len(part)
    return spans


def _sentences(text: str) -> Iterable[str]:
    """A number alone is none, but the beginning of one, as in a numbered list."""
    held = ""
    for part in sentences(text):
        held += part
        if any(character.isalpha() for character in part):
            yield held
            held = ""
    if held:
        yield held


@dataclass(slots=True)
class _Stretch:
    """Neighbouring units of one passage, first and last, of which a quotation is made."""

    hit: Hit
    pieces: list[Unit]
    first: int = 0
    last: int = -1

    def with_unit(self, place: int) -> tuple[int, int]:
        """Where it would begin and end if it held the unit at ``place`` too."""
        if self.last < self.first:
            return place, place
        return min(self.first, place), max(self.last, place)

    def length(self, first: int, last: int) -> int:
        return sum(piece.size + 1 for piece in self.pieces[first : last + 1])

    @property
    def words(self) -> str:
        return self.hit.passage.text[self.pieces[self.first].start : self.pieces[self.last].end]


def quote(question: str, hits: Sequence[Hit], room: int) -> list[tuple[Passage, str]]:
    """The passages that answer best, at most three, best first (those of one section
    together, as the page has them), each with the one stretch of it that is quoted; together
    about ``room`` characters.

    Units are taken by what they share with the question, rare words weighing more,
    until the room is full; a stretch grows over the gap to a unit that joins it.
    """
    ranked = sorted(hits, key=lambda hit: -hit.score)
    weigh = Weights(stems(hit.passage.embedded) for hit in ranked)
    wanted = stems(question)
    near = [hit for hit in ranked[:_MOST] if hit.score >= ranked[0].score - _BEHIND]
    stretches = [_Stretch(hit, units(hit.passage.text)) for hit in near]
    valued = sorted(
        (
            (-(_FLOOR + fsum(map(weigh, piece.stems & wanted))) * _DECAY**rank, rank, place)
            for rank, stretch in enumerate(stretches)
            for place, piece in enumerate(stretch.pieces)
        ),
    )
    for value, rank, place in valued:
        stretch = stretches[rank]
        first, last = stretch.with_unit(place)
        new = stretch.last < stretch.first
        if new and value > _WORTH * valued[0][0]:
            continue
        cost = stretch.length(first, last) - stretch.length(stretch.first, stretch.last)
        cost += _MARK if new else 0
        if cost <= room:
            stretch.first, stretch.last = first, last
            room -= cost
    taken = [stretch for stretch in stretches if stretch.last >= stretch.first]
    return [(stretch.hit.passage, stretch.words) for stretch in _as_read(taken)]


def _as_read(taken: Sequence[_Stretch]) -> list[_Stretch]:
    """What is quoted of one section stands together, in the order in which the page says it."""
    best: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for rank, stretch in enumerate(taken):
        best.setdefault(_section(stretch.hit.passage), rank)

    def place(stretch: _Stretch) -> tuple[int, int]:
        passage = stretch.hit.passage
        return best[_section(passage)], passage.ordinal

    return sorted(taken, key=place)


def _section(passage: Passage) -> tuple[str, str, tuple[str, ...]]:
    return passage.wiki, passage.page, passage.headings


_MOST = 3
_BEHIND = 2.5
"""Another passage is quoted only if its score, which differs by log odds, is no further behind."""
_DECAY = 0.7
"""A passage's units count this much less than those of the passage before it."""
_FLOOR = 0.5
"""What a unit is worth that shares nothing, so that room left over gives context."""
_WORTH = 0.4
"""Another passage is quoted for a unit worth at least this share of the best one."""
_MARK = len(" [1]\n\n")
