"""Numbers that a writer works out from a passage: sums, products, shares, ends of a range.

"6 days for each weekly working day" is 18 days for somebody who works 3 days a week. A number that
can be worked out is no contradiction, and no proof either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, islice, pairwise, permutations, product

from bot.answering.words.dates import MONTHS, days_between
from bot.answering.words.quantities import Quantity, compounds, is_compound, quantities
from bot.answering.words.units import CLOCK, MONEY, MONTH, TIME, UNITS, MeasureUnit

_MOST = 40
"""Numbers of a text that may be operands."""
_CONCLUDING = re.compile(
    r"\b(?:so|i\.e|total|altogether|combined|together|that(?:['\u2019]s|\sis|\smakes|\sleaves)"
    r"|comes\sto|adds\sup|amounts\sto|which\s(?:makes|leaves|gives|means|brings)"
    r"|difference|instead\sof|(?:more|less|fewer|longer|shorter|earlier|later|higher|lower|bigger"
    r"|smaller|cheaper)(?!\sthan)|(?:below|above)\sthe|left|increase|decrease|raise|cut|remain(?:s|ing)?)\b",
    re.IGNORECASE,
)
"""Words of a sentence that compares, or concludes."""
_APART = re.compile(r"\b(?:after|apart|before|between|earlier|later)\b", re.IGNORECASE)
_DAY = 24 * 60
_CLOCK_TIME = MeasureUnit(CLOCK)
_PER_CENT = Fraction(1, 100)
_DOUBLING = re.compile(r"\b(?:doubl(?:e|es|ed|ing)|twice)\b", re.IGNORECASE)
_DOUBLINGS = 4
"""The most times that a delay is doubled in a row."""
_PER = re.compile(
    r"(?:\b(?:an?|per|each|every)\s|/)(minute|hour|day|week|month|quarter|year)\b"
    r"|\b((?:hour|dai|week|month|quarter|year)ly)\b",
    re.IGNORECASE,
)
_PERIODS = 4
"""The most periods of a text that are compared."""
_FIRST = re.compile(r"\bfirst\s{1,3}([\w-]{1,20})", re.IGNORECASE)
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_SUPPOSING = re.compile(
    r"\b(?:so|if|say|suppose|imagine|(?:for|an?)\s(?:example|instance))\b|\be\.g\."
    rf"|\ban?\s{_MONTH.pattern}",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?{_MONTH.pattern}"
    r"(?:\s\d{1,2}(?:st|nd|rd|th)?\b)?(?:,?\s\d{4}\b)?|(?<=\b(?:in|of)\s)(?:19|20)\d\d\b"
)


def calculated(
    text: str,
    near: Sequence[str],
    passages: Sequence[str],
    asked: str = "",
    steps: Sequence[Quantity] = (),
) -> list[Quantity]:
    """Return the numbers of the claim ``text`` that can be worked out from the ``near`` texts, its
    own other numbers and those of the question ``asked``, with the numbers of an example. ``steps``
    are the numbers of the claim that are already held. A claim that says that it works something
    out may take numbers from all of the ``passages``."""
    own = quantities(text)[:_MOST]
    questions = quantities(asked)[:_MOST]
    far = _quantities(passages)
    concluding = bool(_CONCLUDING.search(text))
    if concluding:
        near = passages
    page = _quantities(near)
    operands = [*dict.fromkeys([*questions, *steps, *page])][:_MOST]
    totals = list(islice((total for other in near for total in compounds(other)), _MOST))
    durations = [*totals, *_whole(operands, [text, *near])]
    results = [
        *_sums(operands),
        *(_sums([*totals, *page, *_with_units_of_others(page)]) if concluding else ()),
        *_ends(operands, durations),
        *(_example_times(own, durations) if _SUPPOSING.search(text) else ()),
        *_per_period(text, near, page),
        *totals,
        *_doubled(page, [text, *near]),
        *_before_next(text, page),
        *(_between_dates(passages) if _APART.search(text) else ()),
    ]
    worked_out = [*results, *_total_of_own(own, far), *_windows([*own, *page])]
    if concluding:
        worked_out += _quotients(page)
    for result, example in _products(own, page, far, questions):
        worked_out += [result, example]
    return [*worked_out, *_parts_of_compounds(text, [*results, *page])]


def without_example_dates(text: str, near: Sequence[str]) -> str:
    """Return ``text`` without the dates of an example, if it is one: "So if it begins on 1 June,
    ..." of a passage that names no date."""
    if not _SUPPOSING.search(text) or any(_MONTH.search(other) for other in near):
        return text
    return _DATE.sub("then", text)


def _quantities(texts: Sequence[str]) -> list[Quantity]:
    return list(islice((number for text in texts for number in quantities(text)), _MOST))


def _sums(operands: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the sums and differences of quantities with the same kind of unit."""
    sized = [(quantity.unit.kind, _size(quantity)) for quantity in operands if quantity.unit]
    for (kind, left), (other, right) in permutations(sized, 2):
        if kind == other:
            yield Quantity(frozenset({left + right}), MeasureUnit(kind))
            yield Quantity(frozenset({left - right}), MeasureUnit(kind))


def _per_period(text: str, near: Sequence[str], page: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield "$25 a month" where the page has "$300 a year"."""
    periods = [_period(match) for other in near for match in _PER.finditer(other)]
    for match in islice(_PER.finditer(text), _PERIODS):
        for period in periods[:_PERIODS]:
            ratio = _period(match) / period
            for quantity in page if ratio != 1 else ():
                # The unit of "400 messages a second" is the period itself.
                if quantity.unit is None or quantity.unit.kind not in TIME:
                    values = frozenset(value * ratio for value in quantity.values)
                    yield Quantity(values, quantity.unit)


def _period(match: re.Match[str]) -> Fraction:
    """Return the length of "a month" or "monthly", in minutes."""
    unit = UNITS[(match[1] or match[2]).casefold()]
    return unit.size * (MONTH if unit.kind == "month" else 1)


def _ends(starts: Sequence[Quantity], durations: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the times of day that are a duration after or before another."""
    for start, duration in product(starts, durations):
        if start.unit == _CLOCK_TIME and duration.unit and duration.unit.kind == "minute":
            for size in (_size(duration), -_size(duration)):
                times = frozenset((time + size) % _DAY for time in start.times)
                yield Quantity(times, _CLOCK_TIME)


def _example_times(own: Sequence[Quantity], durations: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield both times of "so if you land at 14:00, call by noon" if the page has two hours."""
    for start in own:
        ends = frozenset(time for end in _ends([start], durations) for time in end.times)
        for end in own:
            if end.unit == _CLOCK_TIME and end.times & ends:
                yield start
                yield end


def _with_units_of_others(page: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the 30 of "10 years, and 30 for others" in years."""
    for before, quantity in pairwise(page):
        if quantity.unit is None and before.unit:
            yield replace(quantity, unit=before.unit)


def _whole(operands: Sequence[Quantity], texts: Sequence[str]) -> list[Quantity]:
    """Return the operands without the parts of "2 h 45 min"."""
    parts = {
        part
        for text in texts
        for pair in pairwise(quantities(text))
        if is_compound(*pair)
        for part in pair
    }
    return [quantity for quantity in operands if quantity not in parts]


def _size(quantity: Quantity) -> Fraction:
    value = max(quantity.values)
    return value * quantity.unit.size if quantity.unit else value


def _windows(operands: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the time between two neighbouring times of day: 22:00 to 4:00 are 6 hours."""
    for left, right in pairwise(operands):
        if left.unit == right.unit == _CLOCK_TIME:
            for later in (0, *{right.halves} - {0}):
                between = (max(right.values) + later - max(left.values)) % _DAY
                yield Quantity(frozenset({between}), UNITS["minute"])


def _quotients(page: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the price of one, how many times as much something is, and by how many per cent it
    differs."""
    for left, right in product(page, repeat=2):
        divisor = _size(right)
        if divisor in (0, 1) or left.implied or right.implied:
            continue
        if left.unit and right.unit and left.unit.kind == right.unit.kind:
            share = _size(left) / divisor
            yield Quantity(frozenset({share}))
            yield Quantity(frozenset({share * 100, abs(share - 1) * 100}), UNITS["%"])
        elif right.unit is None or left.unit is None:
            yield Quantity(frozenset({max(left.values) / max(right.values)}), left.unit)
            if left.unit == right.unit:
                share = abs(_size(left) / divisor - 1) * 100
                yield Quantity(frozenset({share}), UNITS["%"])


def _doubled(page: Sequence[Quantity], texts: Sequence[str]) -> Iterator[Quantity]:
    """Yield the quantities of a page doubled several times, if a text speaks of doubling."""
    if any(map(_DOUBLING.search, texts)):
        for quantity in page:
            for times in range(1, _DOUBLINGS):
                factor = 2**times
                values = frozenset(value * factor for value in quantity.values)
                yield Quantity(values, quantity.unit)


def _before_next(text: str, page: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the 3 of "the first three days" where the page has "from the fourth day"."""
    for match in _FIRST.finditer(text):
        for quantity in quantities(match[1])[:1]:
            following = frozenset(value + 1 for value in quantity.values)
            if any(following & other.values for other in page):
                yield Quantity(quantity.values)


def _between_dates(passages: Sequence[str]) -> Iterator[Quantity]:
    """Yield the days between each two dates of a page."""
    for days in days_between(passages):
        yield Quantity(frozenset({Fraction(days)}), UNITS["day"])


def _total_of_own(own: Sequence[Quantity], page: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the total of neighbouring numbers of the claim, all of which are the page's:
    "80 (23 + 34 + 23)"."""
    held = frozenset(value for quantity in page for value in quantity.values)
    for start, end in combinations(range(len(own) + 1), 2):
        terms = own[start:end]
        if len(terms) > 1 and all(held & term.values for term in terms):
            units = {term.unit for term in terms if term.unit}
            if len(units) > 1:
                continue
            total = sum((max(term.values) for term in terms), Fraction(0))
            if any(total in quantity.values for quantity in own):
                yield Quantity(frozenset({total}), next(iter(units), None))
                # "For a three-day trip" counts the terms.
                yield from (q for q in own if q.values == frozenset({Fraction(len(terms))}))


def _products(
    own: Sequence[Quantity],
    page: Sequence[Quantity],
    far: Sequence[Quantity],
    asked: Sequence[Quantity],
) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield the products in the claim, each with its factor that is an example: of "€0.30 a km" a
    claim may say "for 100 km you get €30"."""
    shares = [quantity for quantity in page if quantity.unit == UNITS["%"]]
    pairs = [*product([*own, *asked], [*page, *far]), *product(shares, page)]
    for factor, rate in pairs:
        is_share = UNITS["%"] in (factor.unit, rate.unit)
        if factor.implied or rate.implied or (is_share and factor.unit == rate.unit):
            continue
        if factor.unit and rate.unit and {factor.unit.kind, rate.unit.kind} <= MONEY:
            continue
        if not is_share and Fraction(1) in factor.values | rate.values:
            continue
        value = max(factor.values) * max(rate.values) * (_PER_CENT if is_share else 1)
        for result in own:
            if result in (factor, rate) or value not in result.values:
                continue
            units = (
                {factor.unit, rate.unit} - {UNITS["%"]} if is_share else {factor.unit, rate.unit}
            )
            if result.unit is None or result.unit in units:
                yield result, factor


def _parts_of_compounds(text: str, held: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the parts of "2 hours and 45 minutes" if that duration is held as a whole."""
    sizes = frozenset(size for quantity in held for size in quantity.sizes)
    parts = quantities(text)
    for left, right in pairwise(parts):
        if is_compound(left, right) and ("minute", _size(left) + _size(right)) in sizes:
            yield left
            yield right
