"""The numbered and named things of a text: host web-99, floor 2, the year 2024, the Berlin office.

Such a thing is compared with others of its kind: `bot.answering.deciding.absent`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from bot.answering.words.codes import codes, without_codes
from bot.answering.words.english import word_set
from bot.answering.words.numbers import MONTHS, UNITS, read_numbers
from bot.answering.words.roles import TokenRole, Word, read
from bot.answering.words.stems import stems
from bot.answering.words.tables import Table, TextWithTables, kind_of

_TYPO = 0.7
"""Least similarity (`difflib`) of a name and its misspelling."""
_CODE = "code"
_NUMBER = re.compile(r"(?<![\d.,:/])(?<!\d-)(\d{1,9}(?:\.\d{1,9}){0,3})(?![\w/-]|[.,:]\d)")
_TIME = re.compile(r"(?<![\w.,:/])\d{1,2}:\d\d(?![\w:])")
_DISTINCT = 3
"""Digits. A number with as many means little else than the thing that has it."""

_GLUED = re.compile(
    r"(?<![\w.-])([^\W\d_]{1,20}(?:[-_.][^\W\d_]{1,20}){0,3})[-_#]?"
    r"(\d{1,6}[^\W\d_]{0,10})(?![\w%]|[.,:]\d|-\d)"
)
"""web-99, OPS-7, A12, A320neo."""
_NUMBERED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,20})[\s#_/-]{0,2}(\d{1,6}[^\W\d_]{0,10})(?!\w)")
PARTS = re.compile(r"[-_.]")
_YEAR = re.compile(r"(?<![\w.,:/$\u20ac\u00a3#-])(?:19|20)\d\d(?![\w%]|[.,:]\d)")
_RANGE = re.compile(
    r"(?<![\w.,:/])(?<!\d-)([^\W\d_]{0,20})[-_#]?(\d{1,6})"
    r"\s{0,2}(?:-|\u2013|\u2014|to|through|until|till|and|bis)\s{0,2}"
    r"[^\W\d_]{0,20}[-_#]?(\d{1,6})(?![\w%]|[.,:]\d)(?=\s?([^\W\d_]{0,20}))"
)
_ORDINAL = re.compile(
    r"\b(?:(\d{1,3})(?:st|nd|rd|th)|([a-z]{5,8}))\s([^\W\d_]{1,20})", re.IGNORECASE
)
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(),  # noqa: SIM905 - read as words
        1,
    )
}
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of a ``kind``: a number and the word for what it numbers, or a name and the word
    beside it. ``shown`` is its original spelling."""

    kind: str
    which: str
    shown: str

    @property
    def stems(self) -> frozenset[str]:
        return stems(self.kind)

    @property
    def is_named(self) -> bool:
        return self.kind.startswith("_") or self.kind.endswith("_")


def things(text: str) -> Iterator[Thing]:
    """Yield the things that ``text`` names."""
    yield from numbered(text)
    words = read(text)
    for place, word in enumerate(words):
        if _is_name(word):
            for kind in _slots(words, place):
                yield Thing(kind, word.root, _run(words, place))


def _run(words: Sequence[Word], place: int) -> str:
    """Return the name that ends with the word at ``place``: New York."""
    first = place
    while first and _is_name(words[first - 1]):
        first -= 1
    return " ".join(word.text for word in words[first : place + 1])


def numbered(text: str) -> Iterator[Thing]:
    """Yield the things with a number that ``text`` names."""
    for code in codes(text):
        yield Thing(_CODE, code.casefold(), code)
    text = _TIME.sub(" ", without_codes(text))
    for match in _GLUED.finditer(text):
        kind = match[1].casefold()
        if kind not in UNITS and kind not in MONTHS:
            yield Thing(f"{kind}#", _bare(match[2]), match[0])
    for match in _YEAR.finditer(text):
        yield Thing("year", match[0], match[0])
    written = {_bare(match[2]): match[0] for match in _NUMBERED.finditer(text)}
    for stated in read_numbers(_GLUED.sub(r"\1", text)):
        is_year = bool(_YEAR.fullmatch(stated.number))
        # In "whether I have to write one", the number counts nothing.
        is_count = stated.number != "1" or "1" in written
        names_kind = stated.labels and stated.of and stated.of not in _ROUGHLY
        if names_kind and is_count and not is_year:
            as_read = f"{stated.of} {stated.number}"
            shown = " ".join(written.get(stated.number, as_read).split())
            same = shown.casefold().startswith(stated.of)
            yield Thing(f"{stated.of} ", stated.number, shown if same else as_read)


_ROUGHLY = frozenset(
    {"about", "almost", "around", "like", "maybe", "nearly", "past", "roughly", "say"}
)
"""In "for big deals, like 40k" and "half past 3", they name no kind of thing."""


def _bare(number: str) -> str:
    return number.casefold().lstrip("0") or "0"


def _is_name(word: Word) -> bool:
    return (
        word.role is TokenRole.NAME
        and len(word.root) > 1
        and word.root[0].isalnum()
        and word.text.casefold() not in _DAYS | MONTHS
    )


def _slots(words: Sequence[Word], place: int) -> Iterator[str]:
    """Yield the word after a name ("the Berlin office") and the one before it ("the office in
    Berlin"): another name beside the same word is a thing of the same kind."""
    after = words[place + 1] if place + 1 < len(words) else None
    if after and after.role is TokenRole.WORD:
        yield f"_{after.root}"
    before = place - 1
    if (
        before >= 1
        and words[before].role is TokenRole.IDLE
        and words[before - 1].role is TokenRole.WORD
    ):
        yield f"{words[before - 1].root} {words[before].root}_"


def in_columns(table: Table) -> Iterator[Thing]:
    """Yield the numbers in the columns that are named after their kind: band 5 below "Band"."""
    for name, cells in table.columns:
        kind = kind_of(name)
        for cell in cells if kind else ():
            if _ONLY_NUMBER.fullmatch(cell):
                yield Thing(f"{kind} ", _bare(cell), f"{name} {cell}")


class NamedThings:
    """The ``texts`` of the passages found, each parsed once for all lookups."""

    def __init__(self, texts: Sequence[TextWithTables]) -> None:
        self._texts = texts

    @cached_property
    def _words(self) -> frozenset[Word]:
        return frozenset(word for text in self._texts for word in read(text.whole))

    @cached_property
    def _numbers(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (thing.kind, thing.which) for text in self._texts for thing in numbered(text.whole)
        )

    def hold(self, thing: Thing) -> bool:
        """Return whether one of the texts names ``thing``, or a range that contains it."""
        if thing.is_named:
            return any(_same_name(word, thing.which) for word in self._words)
        if (thing.kind, thing.which) in self._numbers:
            return True
        return any(_holds(text, thing) for text in self._texts)


def _holds(text: TextWithTables, thing: Thing) -> bool:
    words = text.whole
    if thing.kind in (_CODE, "year") and thing.which in words.casefold():
        return True
    if thing.kind == _CODE:
        return False
    if thing.kind == "year":
        return any(_is_within(thing.which, low, high) for _, low, high, _ in _RANGE.findall(words))
    if thing.kind.endswith(" ") and _stands_alone(text, thing.which):
        return True
    # For a host named db-web-9: the word right before the number.
    kind = PARTS.split(thing.kind.rstrip("# "))[-1]
    beside = any(
        word.casefold().startswith(kind) and _bare(number) == thing.which
        for word, number in _NUMBERED.findall(words)
    )
    counted = any(
        (number or _ORDINALS.get(spelled.casefold())) == thing.which
        and word.casefold().startswith(kind)
        for number, spelled, word in _ORDINAL.findall(words)
    )
    return (
        beside
        or counted
        or _in_range(text.outside, thing, kind)
        or any(_in_table(table, thing, kind, words) for table in text.tables)
    )


def _in_table(table: Table, thing: Thing, kind: str, words: str) -> bool:
    """Return whether the thing may be in a table: in a column of its kind or, if there is none and
    the text tells of its kind, in one without a kind ("No.") or in the first, which names what the
    rows are about."""
    own = [cells for name, cells in table.columns if _is_same(kind_of(name), kind)]
    if any(_OPEN.search(cell) for cells in own for cell in cells):
        return True
    if not own and re.search(rf"\b{re.escape(kind)}", words, re.IGNORECASE):
        own = [
            cells
            for place, (name, cells) in enumerate(table.columns)
            if not place or not kind_of(name)
        ]
    return any(
        _in_range(cell, thing, kind) or _is_in_cell(cell, thing.which)
        for cells in own
        for cell in cells
    )


def _is_same(column: str, kind: str) -> bool:
    """Return whether a column's kind is ``kind``, which may be short: SEV3 below "Severity"."""
    return column.startswith(kind) if len(kind) >= _DISTINCT else column == kind


_OPEN = re.compile(
    r"[+<>\u2264\u2265]|\b(?:above|all|any|below|others?|over|rest|under|up)\b", re.IGNORECASE
)
"""In a column of grades, "7+" and "all others" may contain any."""
_IN_CELL = re.compile(r"(?<![\w.])\d{1,6}[^\W\d_]?(?!\w)")
_ONLY_NUMBER = re.compile(r"\d{1,6}[^\W\d_]?")


def _is_in_cell(cell: str, number: str) -> bool:
    return any(_bare(found) == number for found in _IN_CELL.findall(cell))


def _stands_alone(text: TextWithTables, number: str) -> bool:
    """Return whether the number has a nameless cell of its own, or is distinct and stands by
    itself."""
    if len(number) >= _DISTINCT:
        # Release 3.14 is named where 3.14.0 is.
        release = f"{number}." if "." in number else None
        return any(
            _bare(found) == number or (release and found.startswith(release))
            for found in _NUMBER.findall(text.whole)
        )
    rows = (line.split("\u00b7") for line in text.outside.splitlines() if "\u00b7" in line)
    return any(_bare(cell.strip()) == number for row in rows for cell in row)


def _in_range(text: str, thing: Thing, kind: str) -> bool:
    """Return whether a range contains the thing. In "3-5 days", "06:00-14:00" and "no. 20-1499" are
    no hosts."""
    for before, low, high, unit in _RANGE.findall(text):
        if not _is_within(thing.which, low, high):
            continue
        if before:
            fits = before.casefold().startswith(kind[:3])
        else:
            spans = int(low) <= 1 or len(high) <= len(low) + 1
            fits = spans and (not _is_unit(unit) or unit.casefold().startswith(kind))
        if fits:
            return True
    return False


def _is_unit(word: str) -> bool:
    return any(part.base in UNITS for part in read(word))


def _is_within(number: str, low: str, high: str) -> bool:
    return number.isdecimal() and int(low) <= int(number) <= int(high)


def _same_name(word: Word, name: str) -> bool:
    """Return whether the word is the name, in another form or misspelt."""
    if not word.weighs or word.role is TokenRole.NUMBER:
        return False
    text = word.text.casefold()
    if name in word.forms or text == name:
        return True
    if text[:2] != name[:2] and text[-2:] != name[-2:]:
        return False
    return SequenceMatcher(None, text, name, autojunk=False).ratio() >= _TYPO
