"""Tables whose rows are for ranges: "up to 500", "500 to 5,000", "above"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf

from bot.answering.words.quantities import Quantity, quantities
from bot.answering.words.tables import Table
from bot.answering.words.units import CLOCK, MONEY, UNITS, MeasureUnit

_TO = re.compile(r"\d\D{0,12}(?:[-\u2013\u2014]|\b(?:and|to|until|up to)\b)", re.IGNORECASE)
_NO_MORE = re.compile(r"\bnot? (?:longer|more) than\b", re.IGNORECASE)
_BELOW = re.compile(r"[<\u2264]|\b(?:below|fewer|less|maximum|most|under|up to)\b", re.IGNORECASE)
_ABOVE = re.compile(
    r"[+>\u2265]|\b(?:above|exceeding|from|higher|least|longer|minimum|more|over)\b", re.IGNORECASE
)
_OUTSIDE = re.compile(r"[<>]|\b(?:above|below|exceeding|over|than|under)\b", re.IGNORECASE)
_MONEY = 1000
"""The least number without a unit that may be an amount of money: not the 2 of "two laptops"."""
_LONGEST = 60
"""Characters that are read of a cell."""


@dataclass(frozen=True, slots=True)
class _Range:
    """``low`` to ``high`` of a ``kind`` of unit (None: without a unit). ``open``: its only limit is
    outside."""

    low: Fraction | float
    high: Fraction | float
    kind: str | None
    open: bool = False

    def holds(self, kind: str | None, size: Fraction) -> bool:
        is_money = kind is None and self.kind in MONEY and size >= _MONEY
        if not (kind == self.kind or is_money):
            return False
        return self.low <= size <= self.high and not (self.open and size in (self.low, self.high))


def rows_of_amount(question: str, table: Table) -> frozenset[int]:
    """Return the places of the rows whose ranges hold the amount in ``question``; none if it is not
    one amount, or if no column of the table has ranges that follow one another."""
    amounts = {_size(amount) for amount in quantities(question) if not _is_vague(amount)}
    for name, cells in table.columns:
        ranges = list(_ranges(name, cells))
        if len(ranges) == len(cells) and _follow_one_another(ranges):
            held = [
                {place for place, limits in enumerate(ranges) if limits.holds(*amount)}
                for amount in amounts
            ]
            rows = [places for places in held if places]
            return frozenset(rows[0]) if len(rows) == 1 else frozenset()
    return frozenset()


def _follow_one_another(ranges: Sequence[_Range]) -> bool:
    if sum(limits.low != limits.high for limits in ranges) < 2:
        return False
    rising = all(before.high <= after.low for before, after in pairwise(ranges))
    return rising or all(after.high <= before.low for before, after in pairwise(ranges))


def _ranges(name: str, cells: Sequence[str]) -> Iterator[_Range]:
    """Yield the ranges of a column, down to the first cell that is none."""
    words = re.findall(r"\w+|[%$\u20ac\u00a3\u00a5]", name.casefold())
    unit = next((UNITS[word] for word in words if word in UNITS), None)
    last: _Range | None = None
    for cell in cells:
        last = _range(cell[:_LONGEST], unit, last)
        if last is None:
            return
        yield last


def _range(cell: str, unit: MeasureUnit | None, last: _Range | None) -> _Range | None:
    """Return the range of a cell; None if it is none. ``unit`` is that of the column, ``last`` the
    range of the row above, on which a bare "above" goes on."""
    sizes = [_size(number, unit) for number in quantities(cell) if not _is_vague(number)]
    is_below = bool(_BELOW.search(cell) or _NO_MORE.search(cell))
    is_above = bool(_ABOVE.search(_NO_MORE.sub("", cell)))
    is_open = bool(_OUTSIDE.search(_NO_MORE.sub("", cell)))
    if not sizes and last and is_above:
        return _Range(last.high, inf, last.kind, open=True)
    if len(sizes) == 1:
        (kind, size) = sizes[0]
        if is_below and is_above:
            return None
        low, high = -inf if is_below else size, inf if is_above else size
        return _Range(low, high, kind, is_open)
    if len(sizes) == 2 and _TO.search(cell):
        (first_kind, low), (second_kind, high) = sizes
        if low < high and (first_kind == second_kind or None in (first_kind, second_kind)):
            return _Range(low, high, first_kind or second_kind)
    return None


def _size(number: Quantity, unit: MeasureUnit | None = None) -> tuple[str | None, Fraction]:
    """Return the kind of unit, and the size in it. Of 5,000 and 5.000, it is the five thousand."""
    known = number.unit or unit
    value = max(number.values)
    return (known.kind, value * known.size) if known else (None, value)


def _is_vague(number: Quantity) -> bool:
    return number.implied or (number.unit is not None and number.unit.kind == CLOCK)
