"""A passage as a person sees it: sentences, items, rows, and the introductions of each.

An item says nothing without the sentence above its list, a row nothing without its header, and a
command nothing without its purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from indexers.text.prose import Block, Kind, blocks, is_rule, plain, readable
from indexers.text.sentences import goes_on, spans

_LABEL = 6
"""Words. A text of at most this many without a full stop is a label ("Suggestions"), no
sentence."""
_ENDS = ".!?…。！？"  # noqa: RUF001 - Chinese
_COLONS = (":", "：")  # noqa: RUF001 - Chinese
_STOP = re.compile(r"(?:(?<!\.\.)\.|[!。！])[\"'\u2019\u201d\u00bb)\]]*$")  # noqa: RUF001 - Chinese
_POINTS = re.compile(
    r"\b(?:below|following|follows|folgend\w{0,2}|siguientes?|suivante?s?)\b", re.IGNORECASE
)
"""Words by which a sentence points at the list below it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that is never cut: a sentence, an item, a row, a block of code. ``text`` is its text
    as people read it. Units of the same ``block`` form a paragraph or an item; ``leads`` are the
    places of the units that introduce it, in order."""

    start: int
    end: int
    text: str
    kind: Kind
    block: int
    leads: tuple[int, ...] = ()
    listed: int = -1
    """The number of its list or table in the passage; -1 if none."""
    depth: int = 0
    """The indentation of an item."""
    is_step: bool = False
    """Whether its item has a number."""
    more: int = 0
    """Characters that a reader sees in addition to ``text``: the indentation and marker of an item,
    the header before each cell of a row, the fences of code."""
    introduces: bool = False
    """Whether it says little without the units below it."""

    @property
    def names(self) -> bool:
        """Return whether it only names the text below it, without a colon."""
        return len(self.text.split()) <= _LABEL and not self.text.endswith((*_COLONS, *_ENDS))

    @property
    def is_label(self) -> bool:
        """Return whether it only names or introduces the text below it."""
        return self.text.endswith(_COLONS) or self.names


def outline(text: str) -> list[Unit]:
    """Return the units of ``text`` (light Markdown) that say something, in order."""
    builder = _OutlineBuilder(text)
    for number, block in enumerate(blocks(text)):
        builder.add(number, block)
    return builder.units


@dataclass(slots=True)
class _OutlineBuilder:
    text: str
    units: list[Unit] = field(default_factory=list)
    _parents: list[tuple[int, int]] = field(default_factory=list)
    """The items that the next one may be nested in: the indentation and place of each."""
    _intro: tuple[int, ...] = ()
    _lists: int = 0
    _last: Kind | None = None

    def add(self, number: int, block: Block) -> None:
        if block.kind is Kind.ITEM:
            self._item(number, block)
        elif block.kind is Kind.TABLE:
            self._table(number, block)
        elif block.kind is Kind.CODE:
            # Code within a list belongs to the item above it, and does not end the list.
            above = (len(self.units) - 1,) if self.units else ()
            leads = (*self.units[above[0]].leads, *above) if above else ()
            self._add_unit(number, block.start, block.end, Kind.CODE, leads, inside=self._parents)
            return
        else:
            for start, end in _sentences(block):
                self._add_unit(number, start, end, block.kind, ())
            self._parents = []
        self._last = block.kind

    def _item(self, number: int, block: Block) -> None:
        indent = len(block.text) - len(block.text.lstrip(" "))
        if self._last is not Kind.ITEM:
            self._intro, self._parents = self._above(), []
            self._lists += 1
        while self._parents and self._parents[-1][0] >= indent:
            self._parents.pop()
        leads = (*self._intro, *(place for _, place in self._parents))
        depth = len(self._parents)
        is_step = block.text.lstrip()[:1].isdecimal()
        item_head: int | None = None
        for start, end in _sentences(block):
            label = (item_head,) if item_head is not None and self.units[item_head].is_label else ()
            was_added = self._add_unit(
                number, start, end, Kind.ITEM, (*leads, *label), depth=depth, is_step=is_step
            )
            if was_added and item_head is None:
                item_head = len(self.units) - 1
                self._parents.append((indent, item_head))

    def _table(self, number: int, block: Block) -> None:
        above = self._above()
        self._lists += 1
        header: tuple[int, ...] = ()
        lines = list(_lines(block))
        # A long header is not repeated in the passages that continue its table.
        has_header = len(lines) > 1 and is_rule(self.text[slice(*lines[1])])
        for row, (start, end) in enumerate(lines):
            added = self._add_unit(number, start, end, Kind.TABLE, (*above, *header))
            if added and has_header and not row:
                header = (len(self.units) - 1,)
        self._parents = []

    def _above(self) -> tuple[int, ...]:
        """Return the sentence before a list or table if it introduces that: it points at it, or has
        no full stop."""
        if not self.units or self._last is not Kind.PARAGRAPH:
            return ()
        above = self.units[-1]
        if _STOP.search(above.text) and not _POINTS.search(above.text):
            return ()
        self.units[-1] = replace(above, introduces=True)
        return (len(self.units) - 1,)

    def _add_unit(  # noqa: PLR0913 - the parts of a unit
        self,
        number: int,
        start: int,
        end: int,
        kind: Kind,
        leads: tuple[int, ...],
        *,
        depth: int = 0,
        is_step: bool = False,
        inside: object = (),
    ) -> bool:
        shown = plain(self.text[start:end])
        if not any(map(str.isalnum, shown)):
            return False
        listed = self._lists if kind in (Kind.ITEM, Kind.TABLE) or inside else -1
        more = self._extra_characters(start, end, kind, shown, leads)
        if kind is Kind.ITEM and self.units and self.units[-1].block == number:
            more = self.units[-1].more  # the marker of its item, if only this sentence is shown
        introduces = shown.endswith(_COLONS)
        unit = Unit(
            start, end, shown, kind, number, leads, listed, depth, is_step, more, introduces
        )
        self.units.append(unit)
        return True

    def _extra_characters(
        self, start: int, end: int, kind: Kind, shown: str, leads: tuple[int, ...]
    ) -> int:
        if kind is Kind.TABLE:
            leading_units = (self.units[index] for index in leads)
            return sum(len(lead.text) for lead in leading_units if lead.kind is Kind.TABLE)
        if kind in (Kind.ITEM, Kind.CODE):
            return max(0, len(readable(self.text[start:end])) - len(shown))
        return 0


def _sentences(block: Block) -> Iterator[tuple[int, int]]:
    """Yield the sentences. A number alone is not a sentence, but begins the next one, as in a
    numbered list, or ends the last one of a block: "tel. 0800 123". Nor is a single word at the
    beginning of a block: "Note." or "No.", nor what ends with "max."."""
    begin: int | None = None
    last: tuple[int, int] | None = None
    for start, end in spans(block.text):
        begin = start if begin is None else begin
        part = block.text[begin:end]
        if goes_on(part, block.text[end : end + 1]):
            continue
        if any(map(str.isalpha, part)) and (last or not _is_opening_word(part)):
            if last:
                yield last
            last, begin = (block.start + begin, block.start + begin + len(part.rstrip())), None
    if begin is not None and any(map(str.isalnum, block.text[begin:])):
        first = last[0] if last else block.start + begin
        last = first, block.start + len(block.text.rstrip())
    if last:
        yield last


def _is_opening_word(part: str) -> bool:
    """Return whether it is a single word with a full stop, which says nothing by itself."""
    words = [word for word in part.split() if any(map(str.isalpha, word))]
    return len(words) == 1 and words[0].endswith(tuple(_ENDS))


def _lines(block: Block) -> Iterator[tuple[int, int]]:
    position = block.start
    for line in block.text.splitlines(keepends=True):
        yield position, position + len(line.rstrip())
        position += len(line)
