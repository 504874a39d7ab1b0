"""The words that answer -> what of their passage is shown, as a person would cut it.

With an item goes the sentence above its list, with a row its header, with a command what it is
for; with a sentence what its paragraph says after it, where qualifiers and exceptions stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.outline import Unit
from bot.answering.windows import Window
from indexers.text.prose import Kind

SHORT = 400
"""Characters: a section or a list of no more is shown whole."""
PARAGRAPH = 220
"""The same of a paragraph; of a longer one, what answers and what follows."""
ITEM = 100
"""The same of an item beside the one that answers."""
BRIEF = 60
"""What stands above what answers, in its list or paragraph, and is no longer than this stays there;
what is longer is told after it."""
NEAR = 1.25
"""What is no further behind the best may answer, too, or says more."""
ROW = 0.5
"""The same of a row: another one says the same of another thing."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The places of all units that are ``shown``, in the page's order, and of the one that answers.
    ``first`` are those that are told before the others: what answers, and what stands below it."""

    core: int = -1
    shown: Sequence[int] = ()
    first: Sequence[int] = ()

    @property
    def told(self) -> list[Sequence[int]]:
        """The places in the order in which they are told."""
        rest = sorted(set(self.shown) - set(self.first))
        return [self.first, rest] if rest else [self.first]


def cut(units: Sequence[Unit], windows: Sequence[Window], room: int) -> Cut:
    """Return the places of what is shown: around the first of ``windows`` for which
    there is room, in at most ``room`` characters. Nothing if there is none."""
    shown = _Shown(units, room)
    core = next((window.place for window in windows if shown.add([window.place])), None)
    if core is None:
        return Cut()
    shown.add_short(range(len(units)), SHORT)
    shown.add_each(_below(units, core) if units[core].introduces else ())
    shown.add(_understood(units, core, PARAGRAPH))
    for window in windows:
        is_row = units[window.place].kind is Kind.TABLE
        if window.behind <= (ROW if is_row else NEAR):
            shown.add(_understood(units, window.place, ITEM))
    if units[core].kind is not Kind.TABLE:
        shown.add_each(at for at in _block(units, core) if at > core)
    if units[core].kind is Kind.ITEM:
        listed = [at for at, unit in enumerate(units) if unit.listed == units[core].listed]
        shown.add_short(listed, SHORT)
        shown.add_each(_below(units, core))
    closed = shown.closed(core)
    return Cut(core, closed, _first(units, closed, core))


def _first(units: Sequence[Unit], shown: Sequence[int], core: int) -> list[int]:
    """Return what answers, with the sentences that it leans on and what introduces it, and all
    that is shown below it."""
    start, answer = core, units[core]
    while start - 1 in shown and start - 1 in _block(units, core) and _leans(units[start]):
        start -= 1
    above = [at for at in shown if at < start and _together(units[at], answer)]
    # Steps that are told out of their order lead astray.
    steps = any(units[at].is_step for at in above)
    if above and (steps or _size(units, above) <= BRIEF):
        start = above[0]
    found = {at for at in shown if at >= start}
    return sorted(found.union(*(units[at].leads for at in found)))


def _together(one: Unit, other: Unit) -> bool:
    return one.block == other.block or one.listed == other.listed != -1


class _Shown:
    """Places that are shown, as long as there is room for them and what introduces them."""

    def __init__(self, units: Sequence[Unit], room: int) -> None:
        self._units = units
        self._room = room
        self._places: set[int] = set()

    def add(self, places: Iterable[int]) -> bool:
        """All of them or none."""
        together = self._places | self._introduced(places)
        if _seen(self._units, together) > self._room:
            return False
        self._places = together
        return True

    def add_short(self, places: Sequence[int], most: int) -> None:
        if _size(self._units, places) <= most:
            self.add(places)

    def add_each(self, places: Iterable[int]) -> None:
        """In order, up to the first for which there is no room."""
        for at in places:
            if not self.add([at]):
                return

    def closed(self, core: int) -> list[int]:
        """In order. What is shown last introduces nothing that is not shown, unless it is what
        answers."""
        gone = len(self._units)  # Or what stands before it would bring it back for ever.
        while self._units[last := max(self._places)].introduces and last + 1 < len(self._units):
            if last + 1 >= gone or not self.add([last + 1]):
                if last == core:
                    break
                self._places.discard(last)
                gone = last
        return sorted(self._places)

    def _introduced(self, places: Iterable[int]) -> set[int]:
        """Places, and what introduces them."""
        found = set(places)
        return found.union(*(self._units[at].leads for at in found))


def _size(units: Sequence[Unit], places: Iterable[int]) -> int:
    return sum(len(units[at].text) + 1 for at in places)


def _seen(units: Sequence[Unit], places: Iterable[int]) -> int:
    """Characters as a reader sees them, with what stands between them."""
    ordered = sorted(places)
    gaps = sum(other != one + 1 for one, other in pairwise(ordered))
    seen = sum(len(units[at].text) + units[at].more for at in ordered)
    return seen + 2 * (len(ordered) + gaps)


def _block(units: Sequence[Unit], place: int) -> list[int]:
    """The paragraph or item of a unit."""
    return [at for at, unit in enumerate(units) if unit.block == units[place].block]


def _understood(units: Sequence[Unit], place: int, short: int) -> list[int]:
    """A unit with what it is understood with: its whole paragraph or item if that is
    ``short``, or else the sentence that it leans on."""
    block = _block(units, place)
    if units[place].kind is not Kind.TABLE and _size(units, block) <= short:
        return block
    return [place - 1, place] if place - 1 in block and _leans(units[place]) else [place]


def _below(units: Sequence[Unit], place: int) -> Iterator[int]:
    """What stands below a sentence with a colon, or an item, in order."""
    for at in range(place + 1, len(units)):
        is_next = at == place + 1 and units[place].introduces
        if not is_next and place not in units[at].leads:
            return
        yield at


_FEW = 5
_POINTING = frozenset({"this", "these", "those", "such"})
"""Also behind a word: "With this setting"."""
_LEANING = frozenset(
    {"it", "its", "that", "they", "them", "he", "she"}
    | {"otherwise", "however", "also", "then", "there", "so", "but", "and"}
)


def _leans(unit: Unit) -> bool:
    """Whether a sentence needs the one before it: "This can include the author"."""
    words = [word.strip(",") for word in unit.text.casefold().split()[:_FEW]]
    points = bool(_POINTING.intersection(words[:3]))
    return unit.kind is not Kind.TABLE and (len(words) < _FEW or words[0] in _LEANING or points)
