"""The units that answer -> the part of their passage to show, cut as a person would cut it.

An item comes with the sentence above its list, a row with its header, a command with its purpose; a
sentence comes with the rest of its paragraph, which holds its conditions and exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.quoting.outline import Unit
from bot.answering.quoting.window import TIE, Window
from indexers.text.prose import Kind

SHORT = 400
"""Characters. A section or list up to this length is shown whole."""
PARAGRAPH = 220
"""The same for a paragraph. Of a longer one, the answer and the sentences after it are shown."""
ITEM = 100
"""The same for another item than the answering one."""
BRIEF = 60
"""Sentences before the answer in its paragraph stay before it up to this length; longer ones are
shown after it."""
ABOVE = 150
"""The same for items and rows, which are hard to read out of order."""
NEAR = 1.0
"""A unit at most this far behind the best one may also answer, or add something to it. Of 416
everyday questions, 237 are answered rightly, in 72 words (median of all answers); 236 in 78 with
1.25, and 234 in 68 with .75."""
ROW = 0.5
"""The same for a row, because other rows say the same about other things. Steps within this
distance answer together; other items and rows only within `TIE`. The words in bold held a fact in
87 of 111 right answers with `TIE` for all units, and in 75 with this for all."""


LATE = 0.7
"""The same for text that is before the answer on the page, but would be shown after it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut, as places of units. ``shown`` are all units to show, in the page's order; ``cores``
    are the units that answer: one, or one for each part of a question. ``first`` are shown before
    the others: the answer, and the units below it. ``bold`` are the cores in bold."""

    cores: Sequence[int] = ()
    shown: Sequence[int] = ()
    first: Sequence[int] = ()
    bold: Sequence[int] = ()

    @property
    def ordered(self) -> list[Sequence[int]]:
        """Return the places in the order of the quotation."""
        others = sorted(set(self.shown) - set(self.first))
        return [self.first, others] if others else [self.first]


def cut(units: Sequence[Unit], windows: Sequence[Window], room: int) -> Cut:
    """Return the places to show, in at most ``room`` characters: those around the first of
    ``windows`` that fits. Empty if none fits."""
    shown = _Shown(units, room)
    core = next((window.place for window in windows if shown.add([window.place])), None)
    if core is None:
        return Cut()
    siblings = _siblings(units, core)
    together_within = ROW if units[core].is_step else TIE
    stands_alone = {
        window.place for window in windows if window.behind <= together_within
    }.isdisjoint(siblings) and not any(
        _JOINS_NEXT.search(units[place].text) for place in (core, *siblings)
    )
    shown.add_short(range(len(units)), SHORT)
    if units[core].is_step and not stands_alone:  # Steps that answer together start with the first.
        shown.add_each(siblings)
    shown.add(_with_context(units, core, PARAGRAPH))
    block_end = _block(units, core)[-1]
    if units[block_end].introduces:  # These are often conditions and exceptions.
        shown.add_each([*range(core + 1, block_end + 1), *_below(units, block_end)])
    if units[core].kind is Kind.ITEM:
        shown.add_short(_listed(units, core), SHORT)
    for window in windows:
        is_row = units[window.place].kind is Kind.TABLE
        if window.behind <= (ROW if is_row else NEAR):
            shown.add(_with_context(units, window.place, ITEM))
    if units[core].kind is not Kind.TABLE:
        shown.add_each(index for index in _block(units, core) if index > core)
    if units[core].kind is Kind.ITEM:
        shown.add_each(_below(units, core))
    places = shown.closed(core)
    first = set(_first(units, places, core))
    late = _adding(units, windows, places, first) - _late_questions(units, places, first)
    if units[core].kind is Kind.ITEM:  # Its list keeps the order of the page.
        first |= {index for index in late if units[index].listed == units[core].listed}
    return Cut([core], sorted(first | late), sorted(first), [core] if stands_alone else [])


def together(pieces: Sequence[Cut]) -> Cut:
    """Return one cut for several parts of a question that the same text answers."""
    cores = dict.fromkeys(index for piece in pieces for index in piece.cores)
    shown = {index for piece in pieces for index in piece.shown}
    first = {index for piece in pieces for index in piece.first}
    bold = {index for piece in pieces for index in piece.bold}
    return Cut(list(cores), sorted(shown), sorted(first), sorted(bold))


def _listed(units: Sequence[Unit], place: int) -> list[int]:
    """Return all items or rows of the list or table that has this one."""
    return [index for index, unit in enumerate(units) if unit.listed == units[place].listed != -1]


def _siblings(units: Sequence[Unit], place: int) -> list[int]:
    """Return the other items or rows of its list with the same introductions, and the units below
    them."""
    leads = set(units[place].leads)
    block = [place] if units[place].kind is Kind.TABLE else _block(units, place)
    return [
        index
        for index in _listed(units, place)
        if index not in block
        and place not in units[index].leads
        and leads <= set(units[index].leads)
    ]


def _first(units: Sequence[Unit], shown: Sequence[int], core: int) -> list[int]:
    """Return the answering unit, the sentences that it refers to, its introductions, and everything
    shown below it."""
    start, answer = core, units[core]
    while start - 1 in shown and start - 1 in _block(units, core) and _needs_previous(units[start]):
        start -= 1
    above = [index for index in shown if index < start and _belong_together(units[index], answer)]
    # Steps out of order mislead.
    has_steps = any(units[index].is_step for index in above)
    if above and (has_steps or _size(units, above) <= (ABOVE if answer.listed >= 0 else BRIEF)):
        start = above[0]
    while start - 1 in shown and _heads(units, start - 1):
        start -= 1
    from_start = {index for index in shown if index >= start}
    told = from_start.union(*(units[index].leads for index in from_start))
    rest = [  # of items whose beginnings introduce the answer
        index
        for lead in told - from_start
        for index in _block(units, lead)
        if lead < index < start and index in shown and units[lead].block != answer.block
    ]
    return sorted(told.union(rest if _size(units, rest) <= ABOVE else ()))


def _heads(units: Sequence[Unit], place: int) -> bool:
    """Return whether a paragraph is a short heading, or a question that the next one answers."""
    unit = units[place]
    is_question = unit.text.endswith(_QUESTION_MARKS) and len(unit.text) <= BRIEF
    return (
        unit.kind is Kind.PARAGRAPH
        and (unit.names or is_question)
        and _block(units, place) == [place]
    )


def _adding(
    units: Sequence[Unit], windows: Sequence[Window], shown: Sequence[int], first: Set[int]
) -> set[int]:
    """Return the units before the answer on the page, to be shown after it, that add something to
    it, with the rest of their paragraphs, and what they introduce or need as an introduction."""
    late = set(shown) - first
    adding = late.intersection(window.place for window in windows if window.behind <= LATE)
    needed = {lead for index in first for lead in units[index].leads}
    kept: set[int] = set()
    for index in sorted(late, reverse=True):
        related = {*_block(units, index), *units[index].leads, *_below(units, index)}
        if index in needed or not related.isdisjoint(adding):
            kept.add(index)
            needed.update(units[index].leads)
    return kept


def _late_questions(units: Sequence[Unit], shown: Sequence[int], first: Set[int]) -> set[int]:
    """Return the paragraphs before the answer that are questions, and would be shown after it,
    although what is shown answers them."""
    needed = {lead for index in shown for lead in units[index].leads}
    return {
        index
        for index in set(shown) - needed.union(first)
        if index < min(first)
        and units[index].kind is Kind.PARAGRAPH
        and units[index].text.endswith(_QUESTION_MARKS)
    }


def _belong_together(one: Unit, other: Unit) -> bool:
    return one.block == other.block or one.listed == other.listed != -1


class _Shown:
    """Places to show, as long as they and their introductions fit into the ``room``."""

    def __init__(self, units: Sequence[Unit], room: int) -> None:
        self._units = units
        self._room = room
        self._places: set[int] = set()

    def add(self, places: Iterable[int]) -> bool:
        """Add all places or none."""
        enlarged = self._places | self._with_introductions(places)
        if _visible_size(self._units, enlarged) > self._room:
            return False
        self._places = enlarged
        return True

    def add_short(self, places: Sequence[int], most: int) -> None:
        if _size(self._units, places) <= most:
            self.add(places)

    def add_each(self, places: Iterable[int]) -> None:
        """Add places in order, up to the first that does not fit."""
        for index in places:
            if not self.add([index]):
                return

    def closed(self, core: int) -> list[int]:
        """Return the places in order, without units that introduce nothing shown. The unit after
        the last of these is added if it fits; the answer stays."""
        # Else the unit before a dropped one would add it again, forever.
        dropped = len(self._units)
        while self._units[last := max(self._places)].introduces:
            if last + 1 >= dropped or not self.add([last + 1]):
                if last == core:
                    break
                self._places.discard(last)
                dropped = last
        kept: set[int] = set()
        needed: set[int] = set()
        for place in sorted(self._places, reverse=True):
            # An item, such as a step, says something by itself.
            says = self._units[place].kind is Kind.ITEM or not self._units[place].introduces
            if says or place in {core, *needed} or place + 1 in kept:
                kept.add(place)
                needed.update(self._units[place].leads)
        return sorted(kept)

    def _with_introductions(self, places: Iterable[int]) -> set[int]:
        """Return places, those of their introductions, and of what introduces these."""
        added: set[int] = set()
        waiting = list(places)
        while waiting:
            if (place := waiting.pop()) not in added:
                added.add(place)
                waiting += self._units[place].leads
        return added


def _size(units: Sequence[Unit], places: Iterable[int]) -> int:
    return sum(len(units[index].text) + 1 for index in places)


def _visible_size(units: Sequence[Unit], places: Iterable[int]) -> int:
    """Return how many characters a reader sees, with separators."""
    ordered = sorted(places)
    gaps = sum(next_place != place + 1 for place, next_place in pairwise(ordered))
    characters = sum(len(units[index].text) + units[index].more for index in ordered)
    return characters + 2 * (len(ordered) + gaps)


def _block(units: Sequence[Unit], place: int) -> list[int]:
    """Return all units of the paragraph or item that has this one."""
    return [index for index, unit in enumerate(units) if unit.block == units[place].block]


def _with_context(units: Sequence[Unit], place: int, short: int) -> list[int]:
    """Return a unit with its context: its whole paragraph or item if that is ``short``, or else the
    sentence that it refers to."""
    block = _block(units, place)
    if units[place].kind is not Kind.TABLE and _size(units, block) <= short:
        return block
    return [place - 1, place] if place - 1 in block and _needs_previous(units[place]) else [place]


def _below(units: Sequence[Unit], place: int) -> Iterator[int]:
    """Yield the units below an item, or below a sentence that introduces them, in order."""
    for index in range(place + 1, len(units)):
        is_next = index == place + 1 and units[place].introduces
        if not is_next and place not in units[index].leads:
            return
        yield index


_JOINS_NEXT = re.compile(r"[\s,;](?:and|or|et|oder|ou|und)$", re.IGNORECASE)
"""The end of an item that forms one sentence with the next one."""
_QUESTION_MARKS = ("?", "\uff1f", "\u061f")
_FEW = 5
_POINTING = frozenset({"this", "these", "those", "such"})
"""These also count as the second or third word: "With this setting"."""
_REFERRING = frozenset(
    {"it", "its", "that", "they", "them", "he", "she"}
    | {"otherwise", "however", "also", "then", "there", "so", "but", "and"}
)


def _needs_previous(unit: Unit) -> bool:
    """Return whether a sentence needs the one before it: "This can include the author"."""
    words = [word.strip(",") for word in unit.text.casefold().split()[:_FEW]]
    points = bool(_POINTING.intersection(words[:3]))
    return unit.kind is not Kind.TABLE and (len(words) < _FEW or words[0] in _REFERRING or points)
