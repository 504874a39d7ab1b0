"""The answering words -> the part of their passage to show, cut as a person would.

An item comes with the sentence above its list, a row with its header, a command with its purpose; a
sentence with the rest of its paragraph, where qualifiers and exceptions are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.outline import Unit
from bot.answering.windows import TIE, Window
from indexers.text.prose import Kind

SHORT = 400
"""Characters: a section or list up to this length is shown whole."""
PARAGRAPH = 220
"""The same for a paragraph; of a longer one, the answer and what follows."""
ITEM = 100
"""The same for an item beside the answering one."""
BRIEF = 60
"""Sentences above the answer in its paragraph stay there up to this length; longer ones come after
it."""
ABOVE = 150
"""The same for items and rows above the answering one: out of order they are hard to read."""
NEAR = 1.25
"""A unit at most this far behind the best may answer, too, or add to it."""
ROW = 0.5
"""The same for a row: another one says the same of another thing. Steps that are so near answer
together; other items and rows only if they answer as well. Of 111 right answers the words in bold
held a fact in 87 where all were told apart by `TIE`, in 75 by this."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut. The places of all units that are ``shown``, in the page's order, and of the ``cores``,
    which answer: one, or one for each part of a question. ``first`` are those that come before the
    others: the answer, and what is below it. ``bold`` are the cores that stand out."""

    cores: Sequence[int] = ()
    shown: Sequence[int] = ()
    first: Sequence[int] = ()
    bold: Sequence[int] = ()

    @property
    def ordered(self) -> list[Sequence[int]]:
        """Return the places in the order of the quotation."""
        rest = sorted(set(self.shown) - set(self.first))
        return [self.first, rest] if rest else [self.first]


def cut(units: Sequence[Unit], windows: Sequence[Window], room: int) -> Cut:
    """Return the places to show: around the first of ``windows`` for which there is room, in at
    most ``room`` characters; empty if there is none."""
    shown = _Shown(units, room)
    core = next((window.place for window in windows if shown.add([window.place])), None)
    if core is None:
        return Cut()
    beside = _siblings(units, core)
    together_within = ROW if units[core].is_step else TIE
    alone = {one.place for one in windows if one.behind <= together_within}.isdisjoint(beside)
    shown.add_short(range(len(units)), SHORT)
    if units[core].is_step and not alone:  # Steps that answer together are told from the first.
        shown.add_each(beside)
    shown.add(_understood(units, core, PARAGRAPH))
    last = _block(units, core)[-1]
    if units[last].introduces:  # Conditions and exceptions, as often as not.
        shown.add_each([*range(core + 1, last + 1), *_below(units, last)])
    if units[core].kind is Kind.ITEM:
        shown.add_short(_listed(units, core), SHORT)
    for window in windows:
        is_row = units[window.place].kind is Kind.TABLE
        if window.behind <= (ROW if is_row else NEAR):
            shown.add(_understood(units, window.place, ITEM))
    if units[core].kind is not Kind.TABLE:
        shown.add_each(at for at in _block(units, core) if at > core)
    if units[core].kind is Kind.ITEM:
        shown.add_each(_below(units, core))
    closed = shown.closed(core)
    return Cut([core], closed, _first(units, closed, core), [core] if alone else [])


def together(cuts: Sequence[Cut]) -> Cut:
    """Return one cut for several parts of a question, which the same text answers."""
    cores = dict.fromkeys(at for one in cuts for at in one.cores)
    shown = {at for one in cuts for at in one.shown}
    first = {at for one in cuts for at in one.first}
    bold = {at for one in cuts for at in one.bold}
    return Cut(list(cores), sorted(shown), sorted(first), sorted(bold))


def _listed(units: Sequence[Unit], place: int) -> list[int]:
    """Return the list or table of an item or row."""
    return [at for at, unit in enumerate(units) if unit.listed == units[place].listed != -1]


def _siblings(units: Sequence[Unit], place: int) -> list[int]:
    """Return the other items or rows of its list with the same introductions, and what is below
    them."""
    leads = set(units[place].leads)
    block = [place] if units[place].kind is Kind.TABLE else _block(units, place)
    return [
        at
        for at in _listed(units, place)
        if at not in block and place not in units[at].leads and leads <= set(units[at].leads)
    ]


def _first(units: Sequence[Unit], shown: Sequence[int], core: int) -> list[int]:
    """Return the answering unit, with the sentences that it refers to and what introduces it, and
    everything shown below it."""
    start, answer = core, units[core]
    while start - 1 in shown and start - 1 in _block(units, core) and _leans(units[start]):
        start -= 1
    above = [at for at in shown if at < start and _together(units[at], answer)]
    # Steps out of order mislead.
    steps = any(units[at].is_step for at in above)
    if above and (steps or _size(units, above) <= (ABOVE if answer.listed >= 0 else BRIEF)):
        start = above[0]
    found = {at for at in shown if at >= start}
    return sorted(found.union(*(units[at].leads for at in found)))


def _together(one: Unit, other: Unit) -> bool:
    return one.block == other.block or one.listed == other.listed != -1


class _Shown:
    """Places to show, as long as there is room for them and what introduces them."""

    def __init__(self, units: Sequence[Unit], room: int) -> None:
        self._units = units
        self._room = room
        self._places: set[int] = set()

    def add(self, places: Iterable[int]) -> bool:
        """Add all of them or none."""
        together = self._places | self._introduced(places)
        if _seen(self._units, together) > self._room:
            return False
        self._places = together
        return True

    def add_short(self, places: Sequence[int], most: int) -> None:
        if _size(self._units, places) <= most:
            self.add(places)

    def add_each(self, places: Iterable[int]) -> None:
        """Add them in order, up to the first for which there is no room."""
        for at in places:
            if not self.add([at]):
                return

    def closed(self, core: int) -> list[int]:
        """Return the places in order. A unit that introduces nothing shown is dropped from the end,
        unless it answers."""
        gone = len(self._units)  # Or the unit before it would bring it back for ever.
        while self._units[last := max(self._places)].introduces and last + 1 < len(self._units):
            if last + 1 >= gone or not self.add([last + 1]):
                if last == core:
                    break
                self._places.discard(last)
                gone = last
        return sorted(self._places)

    def _introduced(self, places: Iterable[int]) -> set[int]:
        """Return places, and what introduces them."""
        found = set(places)
        return found.union(*(self._units[at].leads for at in found))


def _size(units: Sequence[Unit], places: Iterable[int]) -> int:
    return sum(len(units[at].text) + 1 for at in places)


def _seen(units: Sequence[Unit], places: Iterable[int]) -> int:
    """Return their characters as a reader sees them, with separators."""
    ordered = sorted(places)
    gaps = sum(other != one + 1 for one, other in pairwise(ordered))
    seen = sum(len(units[at].text) + units[at].more for at in ordered)
    return seen + 2 * (len(ordered) + gaps)


def _block(units: Sequence[Unit], place: int) -> list[int]:
    """Return the paragraph or item of a unit."""
    return [at for at, unit in enumerate(units) if unit.block == units[place].block]


def _understood(units: Sequence[Unit], place: int, short: int) -> list[int]:
    """Return a unit with its context: its whole paragraph or item if that is ``short``, or else the
    sentence that it refers to."""
    block = _block(units, place)
    if units[place].kind is not Kind.TABLE and _size(units, block) <= short:
        return block
    return [place - 1, place] if place - 1 in block and _leans(units[place]) else [place]


def _below(units: Sequence[Unit], place: int) -> Iterator[int]:
    """Yield what is below a sentence that introduces it, or an item, in order."""
    for at in range(place + 1, len(units)):
        is_next = at == place + 1 and units[place].introduces
        if not is_next and place not in units[at].leads:
            return
        yield at


_FEW = 5
_POINTING = frozenset({"this", "these", "those", "such"})
"""Also after a word: "With this setting"."""
_LEANING = frozenset(
    {"it", "its", "that", "they", "them", "he", "she"}
    | {"otherwise", "however", "also", "then", "there", "so", "but", "and"}
)


def _leans(unit: Unit) -> bool:
    """Return whether a sentence needs the one before it: "This can include the author"."""
    words = [word.strip(",") for word in unit.text.casefold().split()[:_FEW]]
    points = bool(_POINTING.intersection(words[:3]))
    return unit.kind is not Kind.TABLE and (len(words) < _FEW or words[0] in _LEANING or points)
