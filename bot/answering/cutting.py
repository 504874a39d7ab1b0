"""The words that answer -> what of their passage is shown, as a person would cut it.

With an item goes the sentence above its list, with a row its header, with a command what it is
for; with a sentence what its paragraph says after it, where qualifiers and exceptions stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.answering.outline import Unit
from bot.answering.windows import Window
from indexers.prose import Kind

SHORT = 300
"""Characters: a section or a list of no more is shown whole."""
PARAGRAPH = 220
"""The same of a paragraph; of a longer one, what answers and what follows."""
ITEM = 200
"""The same of an item beside the one that answers."""
NEAR = 0.5
"""What is no further behind the best answers, too."""
FAR = 2.0
"""What is no further behind may say more, and is shown only after what answers."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The places of all units that are ``shown``, and of the one that answers."""

    core: int = -1
    shown: Sequence[int] = ()


def cut(units: Sequence[Unit], windows: Sequence[Window], room: int) -> Cut:
    """Return the places of what is shown, in order: around the first of ``windows`` for which
    there is room, in at most ``room`` characters. Nothing if there is none."""
    shown = _Shown(units, room)
    core = next((window.place for window in windows if shown.add([window.place])), None)
    if core is None:
        return Cut()
    shown.add_short(range(len(units)), SHORT)
    shown.add_each(_below(units, core) if units[core].introduces else ())
    shown.add(_understood(units, core, PARAGRAPH))
    for window in windows:
        if window.behind <= NEAR:
            shown.add(_understood(units, window.place, ITEM))
    if units[core].kind is not Kind.TABLE:
        shown.add_each(at for at in _block(units, core) if at > core)
    if units[core].kind is Kind.ITEM:
        listed = [at for at, unit in enumerate(units) if unit.listed == units[core].listed]
        shown.add_short(listed, SHORT)
        shown.add_each(_below(units, core))
    for window in windows:
        # Another row says the same of another thing.
        is_row = units[window.place].kind is Kind.TABLE
        if window.behind <= FAR and window.place > core and not is_row:
            shown.add(_understood(units, window.place, ITEM))
    return Cut(core, shown.closed(core))


class _Shown:
    """Places that are shown, as long as there is room for them and what introduces them."""

    def __init__(self, units: Sequence[Unit], room: int) -> None:
        self._units = units
        self._room = room
        self._places: set[int] = set()

    def add(self, places: Iterable[int]) -> bool:
        """All of them or none."""
        together = self._places | self._introduced(places)
        if _size(self._units, together) > self._room:
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
_LEANING = frozenset(
    {"it", "its", "this", "that", "these", "those", "they", "them", "he", "she", "such"}
    | {"otherwise", "however", "also", "then", "there", "so", "but", "and"}
)


def _leans(unit: Unit) -> bool:
    """Whether a sentence needs the one before it: "This can include the author"."""
    words = unit.text.casefold().split()
    return unit.kind is not Kind.TABLE and (len(words) < _FEW or words[0].strip(",") in _LEANING)
