"""A passage -> the part of its section that answers, whole, and then the rest of the passage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.quoting.showing import LEFT_OUT, caption, shown
from footnote_bot.bot.answering.quoting.units import Unit, UnitPiece, units
from footnote_bot.bot.answering.retrieval.sources import title_and_path
from footnote_bot.bot.answering.retrieval.stretch import Stretch
from footnote_bot.bot.answering.words.stems import Weights, stems
from footnote_bot.bot.model import LONGEST_LINE
from footnote_bot.indexers.model import Hit, Passage
from footnote_bot.indexers.text.prose import blocks, is_rule, plain, words
from footnote_bot.indexers.text.sentences import sentences

Read = Callable[[str, Sequence[str]], Sequence[float] | None]
"""Returns how well each text answers a question (logits), or None if that takes too long."""

_MOST_READ = 10
"""Units that the cross-encoder reads, those first that share most words with the question."""
_LONGEST_READ = 700
"""Characters of a unit that it reads."""
_PATH = 120
"""Characters of title and heading above each unit that it reads."""
LONGEST_UNIT = 2_800
"""Characters of a unit that are shown. A longer one is cut between its pieces: Slack takes 3,000
characters in a block."""


@dataclass(frozen=True)
class QuotedSection:
    """A passage with its neighbours of the same section."""

    passage: Passage
    stretch: Stretch

    @classmethod
    def around(cls, passage: Passage, hits: Sequence[Hit]) -> QuotedSection:
        return cls(passage, Stretch.around(passage, hits))

    @cached_property
    def units(self) -> Sequence[Unit]:
        return units(self.stretch.text)

    def answering(self, question: str, read: Read | None, weigh: Weights) -> AnsweringUnit | None:
        """Return the unit that answers best; None if the section is empty."""
        if not self.units:
            return None
        shares = _shares(question, self.units, weigh)
        order = sorted(range(len(self.units)), key=lambda at: -shares[at])
        if read:
            candidates = sorted(order[:_MOST_READ])
            path = " > ".join([self.passage.title, *self.passage.headings[-1:]])[:_PATH]
            scores = read(
                question, [f"{path}\n{self.units[at].words[:_LONGEST_READ]}" for at in candidates]
            )
            if scores is not None:
                # Places are negated, so that of equal scores the first unit is taken.
                score, negated = max(zip(scores, (-at for at in candidates), strict=True))
                return AnsweringUnit(self, self.units[-negated], score)
        return AnsweringUnit(self, self.units[order[0]], None)

    def span(self) -> tuple[int, int]:
        """Return where the passage itself begins and ends in the section's text."""
        starts = self.stretch.starts()
        place = [passage.id for passage in self.stretch.passages].index(self.passage.id)
        return starts[place], starts[place] + len(self.stretch.parts[place])


@dataclass(frozen=True, slots=True)
class AnsweringUnit:
    """The ``unit`` of a section that answers best. ``score`` is the cross-encoder's, a logit; None
    without one."""

    section: QuotedSection
    unit: Unit
    score: float | None

    @property
    def words(self) -> str:
        """Return the unit, verbatim; a table's row alone, as its introduction may be far above."""
        rows = [piece for piece in self.unit.pieces if piece.header]
        if rows:
            return rows[-1].text
        return self.section.stretch.text[self.unit.start : self.unit.end]

    @property
    def passage(self) -> Passage:
        """Return the passage in which the unit ends, which its footnote links to."""
        return self.section.stretch.at(self.unit.pieces[-1].start)

    def text(self, room: int, mark: str) -> str:
        """Return the unit; then, as far as ``room`` (characters) goes, the rest of its passage in
        the page's order; and the caption with the footnote ``mark``."""
        pieces, is_cut = _within(self.unit.pieces, LONGEST_UNIT)
        unit = f"{shown(pieces)}\n\n{LEFT_OUT}" if is_cut else shown(pieces)
        title, headings = title_and_path(self.passage)
        rest = "" if is_cut else self._rest(room - len(unit))
        whole = f"{unit}\n\n{texts.MORE_OF_SECTION}\n\n{rest}" if rest else unit
        return f"{whole}\n{caption(title, ' > '.join(headings))} {mark}"

    def _rest(self, room: int) -> str:
        """Return the other pieces of the passage that fit into ``room``: first those after the
        unit, then those before it, each the nearest first; all in the page's order."""
        passage_start, passage_end = self.section.span()
        own = {piece.start for piece in self.unit.pieces}
        others: dict[int, UnitPiece] = {}
        for unit in self.section.units:
            for piece in unit.pieces:
                if piece.start not in own and passage_start <= piece.start < passage_end:
                    others.setdefault(piece.start, piece)  # rows share their introduction
        after = [piece for place, piece in sorted(others.items()) if place > self.unit.start]
        before = [piece for place, piece in sorted(others.items()) if place < self.unit.start]
        kept_after = list(_fitting(after, room))
        room -= sum(len(piece.text) for piece in kept_after)
        kept_before = list(_fitting(before[::-1], room))[::-1]
        parts = [shown(pieces) for pieces in (kept_before, kept_after) if pieces]
        return "\n\n".join(parts)


def nearest_line(question: str, passage: Passage, weigh: Weights) -> str:
    """Return the line of a passage, or the sentence of a long one, that shares most words with the
    question: verbatim, in at most `LONGEST_LINE` characters as people read them. Rare words weigh
    more."""
    question_stems = stems(question)
    lines = [
        sentence.strip()
        for block in blocks(passage.text)
        for line in block.text.splitlines()
        if not is_rule(line)
        for sentence in (sentences(line) if len(line) > LONGEST_LINE else [line])
    ]
    best = max(lines, key=lambda line: fsum(map(weigh, question_stems & stems(line))), default="")
    kept = ""
    for word in words(best):
        if len(plain(kept + word)) > LONGEST_LINE:
            break
        kept += word
    return kept


def _within(pieces: Sequence[UnitPiece], most: int) -> tuple[Sequence[UnitPiece], bool]:
    """Return the first pieces that have room, at least one, and whether some are left out."""
    kept = list(_fitting(pieces, most)) or list(pieces[:1])
    return kept, len(kept) < len(pieces)


def _fitting(pieces: Sequence[UnitPiece], room: int) -> Sequence[UnitPiece]:
    """Return the first pieces that have together at most ``room`` characters."""
    kept: list[UnitPiece] = []
    for piece in pieces:
        room -= len(piece.text)
        if room < 0:
            break
        kept.append(piece)
    return kept


def _shares(question: str, found: Sequence[Unit], weigh: Weights) -> list[float]:
    """Return the share of the question's words in each unit. Rare words weigh more."""
    question_stems = stems(question)
    total = fsum(map(weigh, question_stems)) or 1.0
    return [fsum(map(weigh, question_stems & stems(unit.words))) / total for unit in found]
