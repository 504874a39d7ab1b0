"""The numbers of a text with their units, so that "thirty days" is "30 days" and "$75" is "75
dollars"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from bot.answering.words.units import (
    AND_PARTS,
    ARTICLES,
    CLOCK,
    EVERY_SECOND,
    HALF,
    HALVES,
    HOURS,
    JOINS,
    MONEY,
    NAMED_HOURS,
    PARTS,
    PER_CENT,
    SPELLED,
    SYMBOLS,
    TIME,
    TIMES,
    UNIT_ENDINGS,
    UNITS,
    WEEKDAYS,
    WORKING,
    MeasureUnit,
)

_REACH = 3
"""The unit is within this many words after a number: "400 messages a second"."""
_SMALL = 12
"""A spelled number up to this one, without unit, need not be on the page: a writer may count the
items of a page ("two people")."""
_TOKEN = re.compile(
    r"(?<![^\W_])(?<![^\W_]\.)\d++(?:[.,:'\u2019\u00a0\u202f]\d++)*+(?:[A-Za-z\u00b5\u03bc]{1,3})?(?![^\W_])"
    r"|(?<!\w)[AaPp]\.[Mm](?!\w)|[^\W_]++(?:['\u2019][^\W_]++)?|[%$\u20ac\u00a3\u00a5]|[^\s\w]"
)
_ALWAYS = re.compile(r"(?<![\w/])24/7(?![\w/])")
"""An idiom for "at any time", and no number."""
_PORT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3}):(?=\d)")
"""An address and the colon before its port, as in 127.0.0.1:8888."""
_RATE = re.compile(r"(?<=\d)\s?(?:r|req)/s(?![^\W_])", re.IGNORECASE)
_VERSION = re.compile(r"(?<![^\W_])v(?=\d)", re.IGNORECASE)
_KEY_WITH_UNIT = re.compile(
    r"(?:(?<=[a-z0-9])(Milliseconds|Seconds|Minutes|Hours|Days|Weeks|Months|Bytes|Ms|KB|MB|GB)"
    r"|(?<=[A-Za-z0-9][_.-])(?i:(milliseconds|seconds|minutes|hours|days|weeks|months|bytes"
    r"|sec|min|ms|kb|mb|gb)))"
    r"[`\"']{0,2}\s{0,2}[:=|\u00b7]\s{0,2}[`\"']?\d{1,15}(?![\w%]|[.,:]\d)"
)
"""A setting whose name ends in the unit of its number: `timeoutSeconds: 30`, `max_size_mb = 5`."""
_FRACTIONS = {"\u00bc": ".25", "\u00bd": ".5", "\u00be": ".75"}
_FRACTION = re.compile(r"(\d{1,9})?\s?([\u00bc\u00bd\u00be])")
_NUMERAL = re.compile(r"(\d[\d.,:'\u2019\u00a0\u202f]{0,30})([a-z\u03bc]{0,3})\Z")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'\u2019\u00a0\u202f])\d{3})(?:\1\d{3})*")
_FIRST_GROUP, _GROUP = re.compile(r"[1-9]\d{0,2}"), re.compile(r"\d{3}")
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "e", "o", "a"})
_ENDS = frozenset(".,;:!?()[]|")
_STARTS = frozenset({"within"})
"""What comes before a duration: "get one within an hour" is no hour of the "one"."""
_ONE = (["a"], ["an"])
_DAY = 24 * 60
_HUNDRED = 100
_MOST_GROUPED = 10
"""Digits to which no further group is added: a row of a table has more, and is no number."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity. ``values`` are the possible readings: 2.500 is 2500 in some countries.
    ``spelled``: in words, not digits. ``implied``: "an hour", "daily". ``working``: days of which a
    week has five. ``halves``: a time of day may also be this many minutes later, since "5:30" may
    be in the afternoon. ``minutes``: "5m" may be 5 million, or 5 minutes."""

    values: frozenset[Fraction]
    unit: MeasureUnit | None = None
    spelled: bool = False
    implied: bool = False
    working: bool = False
    halves: int = 0
    minutes: frozenset[Fraction] = frozenset()

    @property
    def is_loose(self) -> bool:
        """Return whether the writer may have counted it, so that no page need state it."""
        counts = self.spelled and self.unit is None and max(self.values) <= _SMALL
        return counts or self.implied

    @property
    def times(self) -> frozenset[Fraction]:
        """Return the readings of a time of day, in minutes from midnight."""
        return self.values | {value + self.halves for value in self.values}

    @property
    def sizes(self) -> frozenset[tuple[str, Fraction]]:
        """Return its possible sizes by kind of unit: 2 hours are 120 of "minute"."""
        if self.unit is None:
            return frozenset(("minute", value) for value in self.minutes)
        if self.unit.kind == "cent":
            kinds = ("cent", 1), ("$", _HUNDRED), ("\u20ac", _HUNDRED)
            return frozenset((kind, v / parts) for v in self.values for kind, parts in kinds)
        weeks = (1, Fraction(7, 5)) if self.working else (1,)
        return frozenset(
            (self.unit.kind, value * self.unit.size * week)
            for value in self.values
            for week in weeks
        )


def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of ``text``, in order. "18F" is a name, no quantity; "v1.20" is a
    version, the number 1.20."""
    text = PER_CENT.sub("%", _VERSION.sub("", _ALWAYS.sub(" ", text)))
    text = _RATE.sub(" requests/s", _PORT.sub(r"\1: ", text))
    text = _KEY_WITH_UNIT.sub(lambda m: f"{m[0]} {m[1] or m[2]} ", text)
    text = _FRACTION.sub(lambda m: f"{m[1] or 0}{_FRACTIONS[m[2]]}", text)
    tokens = [match[0].casefold() for match in _TOKEN.finditer(text)]
    numbers: list[tuple[int, int, Quantity]] = []
    at = 0
    while at < len(tokens):
        number, end = _number(tokens, at)
        if number:
            numbers.append((at, end, number))
        at = max(end, at + 1)
    return tuple(_with_units(tokens, _with_groups(tokens, numbers)))


def _with_groups(
    tokens: Sequence[str], numbers: Sequence[tuple[int, int, Quantity]]
) -> Sequence[tuple[int, int, Quantity]]:
    """Add the reading 12500 to both numbers of "12 500", as French and others group digits."""
    grouped = list(numbers)
    run = ""
    for place, (start, end, _) in enumerate(numbers):
        digits = tokens[start] if end == start + 1 else ""
        follows = (
            0 < len(run) < _MOST_GROUPED
            and numbers[place - 1][1] == start
            and _GROUP.fullmatch(digits)
        )
        run = run + digits if follows else digits * bool(_FIRST_GROUP.fullmatch(digits))
        if follows:
            for other in range(place - (len(run) - 1) // 3, place + 1):
                first, last, own = grouped[other]
                values = own.values | {Fraction(run)}
                grouped[other] = first, last, replace(own, values=values)
    return grouped


def _number(tokens: Sequence[str], at: int) -> tuple[Quantity | None, int]:
    token = tokens[at]
    if numeral := _NUMERAL.match(token):
        return _in_digits(tokens, at, numeral[1].rstrip(".,:'"), numeral[2])
    if fraction := _fraction(tokens, at):
        return fraction
    if implied := _implied(tokens, at):
        return implied
    if token in SPELLED or (token in TIMES and len(token) > 3 and at and tokens[at - 1] == "a"):
        return _in_words(tokens, at)
    return None, at + 1


def _fraction(tokens: Sequence[str], at: int) -> tuple[Quantity, int] | None:
    """Read "half a million", "a quarter of a million", "a quarter of an hour", "three quarters of
    an hour"."""
    count = SPELLED.get(tokens[at], 0)
    name = at + (tokens[at] == "a" or count > 0)
    name += count > 0 and tokens[name : name + 1] == ["-"]
    rest = name + 1 + (tokens[name + 1 : name + 2] == ["of"])
    word = tokens[name] if name < len(tokens) else ""
    part = PARTS.get(word.removesuffix("s") if count else word)
    if part is None or tokens[rest : rest + 1] not in _ONE:
        return None
    part *= count or 1
    following = tokens[rest + 1] if rest + 1 < len(tokens) else ""
    unit, whole = UNITS.get(following), TIMES.get(following)
    if unit and unit.kind in TIME:
        return Quantity(frozenset({part}), unit, implied=not count), rest + 2
    if whole is None:
        return None
    return Quantity(frozenset({part * whole}), spelled=True), rest + 2


def _implied(tokens: Sequence[str], at: int) -> tuple[Quantity, int] | None:
    """Read "an hour", "half an hour", "half-yearly", "half of it", "an hour and a half", "daily",
    "every second week", "noon"."""
    if hours := NAMED_HOURS.get(tokens[at]):
        return Quantity(hours, MeasureUnit(CLOCK), implied=True), at + 1
    if second := _every_second(tokens, at):
        return second
    value, end = Fraction(1), at
    if tokens[at] in HALF:
        value, end = Fraction(1, 2), at + 1 + (tokens[at + 1 : at + 2] == ["-"])
    articles = end < len(tokens) and tokens[end] in ARTICLES
    unit = UNITS.get(tokens[end + articles]) if end + articles < len(tokens) else None
    if unit is None and tokens[at] in HALF:
        return Quantity(frozenset({Fraction(50)}), UNITS["%"], implied=True), at + 1
    if unit is None or unit.kind not in TIME or not (articles or end > at or _is_rate(tokens[at])):
        return None
    end += articles + 1
    part, end = _and_part(tokens, end)
    return Quantity(frozenset({value + part}), unit, implied=True), end


def _and_part(tokens: Sequence[str], at: int) -> tuple[Fraction, int]:
    """Read "and a half", "and three-quarter"; 0 if there is none."""
    for length in (4, 3):
        if part := AND_PARTS.get(tuple(tokens[at : at + length])):
            return part, at + length
    return Fraction(0), at


def _every_second(tokens: Sequence[str], at: int) -> tuple[Quantity, int] | None:
    """Read "every second week", "every other Thursday"."""
    if tuple(tokens[at : at + 2]) not in EVERY_SECOND or at + 2 >= len(tokens):
        return None
    unit = UNITS["week"] if tokens[at + 2] in WEEKDAYS else UNITS.get(tokens[at + 2])
    if unit is None or unit.kind not in TIME:
        return None
    return Quantity(frozenset({Fraction(2)}), unit, implied=True), at + 3


def _is_rate(token: str) -> bool:
    return token.endswith("ly")


def _in_digits(
    tokens: Sequence[str], at: int, digits: str, suffix: str
) -> tuple[Quantity | None, int]:
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    half = suffix if suffix in HALVES else following if following in HALVES else ""
    if (time := _TIME.fullmatch(digits)) or half or following in HOURS:
        return _clock(time[0] if time else digits, half), at + 1 + (half == following != "")
    readings = _readings(digits)
    if not readings:
        return None, at + 1
    if suffix in TIMES:
        minutes = readings if suffix == "m" else frozenset()
        product = frozenset(value * TIMES[suffix] for value in readings)
        return Quantity(product, minutes=minutes), at + 1
    if unit := UNITS.get(suffix) or SYMBOLS.get(suffix):
        return Quantity(readings, unit), at + 1
    if suffix and suffix not in _ORDINALS:
        return None, at + 1  # 18F is a name
    return _multiplied(Quantity(readings), tokens, at + 1)


def _clock(digits: str, half: str) -> Quantity | None:
    hour, _, minute = digits.replace(".", ":").partition(":")
    if not (hour.isdecimal() and (minute or "0").isdecimal()) or len(hour) > 2 or len(minute) > 5:
        return None
    whole = int(hour) * 60 + int(minute[:2] or 0)
    if half:
        whole = whole % (_DAY // 2) + HALVES[half]
    later = _DAY // 2 if not half and whole < _DAY // 2 and not hour.startswith("0") else 0
    return Quantity(frozenset({Fraction(whole)}), MeasureUnit(CLOCK), halves=later)


def _readings(digits: str) -> frozenset[Fraction]:
    """Return the possible values: point or comma is decimal, and the other groups digits."""
    plain = re.sub(r"['\u2019\u00a0\u202f]", "", digits)
    readings = set()
    if _GROUPED.fullmatch(digits):
        readings.add(Fraction(re.sub(r"\D", "", digits)))
    for point, comma in ((".", ","), (",", ".")):
        whole = plain.replace(comma, "") if _GROUPED.match(plain.partition(point)[0]) else plain
        if whole.count(point) <= 1 and whole.replace(point, "").isdecimal():
            readings.add(Fraction(whole.replace(point, ".")))
    return frozenset(readings)


def _in_words(tokens: Sequence[str], at: int) -> tuple[Quantity, int]:
    value = SPELLED.get(tokens[at], 1)
    end = at + (tokens[at] in SPELLED)
    if value % 10 == 0 and value >= 20:
        ones = end + (end < len(tokens) and tokens[end] == "-")
        if ones < len(tokens) and 1 <= SPELLED.get(tokens[ones], 0) < 10:
            value, end = value + SPELLED[tokens[ones]], ones + 1
    return _multiplied(Quantity(frozenset({Fraction(value)}), spelled=True), tokens, end)


def _multiplied(number: Quantity, tokens: Sequence[str], end: int) -> tuple[Quantity, int]:
    """Read "8 million", "three hundred"."""
    while end < len(tokens) and tokens[end] in TIMES:
        factor = TIMES[tokens[end]]
        number = replace(number, values=frozenset(value * factor for value in number.values))
        end += 1
        rest = end + (tokens[end : end + 1] == ["and"])
        is_hundred = factor == _HUNDRED and rest < len(tokens)
        if is_hundred and 0 < SPELLED.get(tokens[rest], 0) < _HUNDRED:
            ones, end = _in_words(tokens, rest)
            number = _plus(number, max(ones.values))
    part, end = _and_part(tokens, end)
    return _plus(number, part), end


def _plus(number: Quantity, addend: Fraction) -> Quantity:
    return replace(number, values=frozenset(value + addend for value in number.values))


def _with_units(
    tokens: Sequence[str], numbers: Sequence[tuple[int, int, Quantity]]
) -> Iterable[Quantity]:
    """Give each number the unit before or after it; in "3 to 5 weeks" the first takes the unit of
    the second."""
    later: tuple[int, MeasureUnit | None] = (-1, None)
    quantities: list[Quantity] = []
    for start, end, number in reversed(numbers):
        if every := _times_in(tokens, end):
            # "Four times a day" is every 6 hours.
            values = frozenset(1 / value for value in number.values if value)
            quantities.append(replace(number, values=values, unit=every, spelled=False))
            continue
        unit = number.unit or _unit_before(tokens, start) or _unit_after(tokens, end)
        shares = unit is None and later[0] - end == 1 and tokens[end] in JOINS
        unit = later[1] if shares else unit
        time = _as_hour(number) if shares and unit == MeasureUnit(CLOCK) else number
        later = start, unit
        working = unit == UNITS["day"] and not WORKING.isdisjoint(tokens[end : end + _REACH])
        quantities.append(replace(time, unit=unit, working=working))
    return reversed(quantities)


def _as_hour(number: Quantity) -> Quantity:
    """Read the 3 of "3 to 7 pm" as a time of day, before or after noon."""
    minutes = frozenset(value * 60 for value in number.values)
    return replace(number, values=minutes, halves=_DAY // 2 * (max(minutes) < _DAY // 2))


def _times_in(tokens: Sequence[str], end: int) -> MeasureUnit | None:
    """Read "times a day" after a number."""
    if tokens[end : end + 1] != ["times"] or end + 2 >= len(tokens):
        return None
    unit = UNITS.get(tokens[end + 2]) if tokens[end + 1] in ARTICLES else None
    return unit if unit and unit.kind in TIME else None


def compounds(text: str) -> list[Quantity]:
    """Return the durations of ``text`` that have two parts, such as "2 h 45 min"."""
    return [
        Quantity(frozenset({size}), MeasureUnit(left.unit.kind))
        for left, right in pairwise(quantities(text))
        if left.unit and right.unit and is_compound(left, right)
        for size in [
            max(left.values) * left.unit.size + max(right.values) * right.unit.size,
        ]
    ]


def is_compound(left: Quantity, right: Quantity) -> bool:
    """Return whether two neighbours may be one duration: hours and minutes."""
    if left.unit is None or right.unit is None or right.implied:
        return False
    same = left.unit.kind == right.unit.kind and left.unit.kind in TIME
    return same and right.unit.size < left.unit.size


def _unit_before(tokens: Sequence[str], start: int) -> MeasureUnit | None:
    unit = UNITS.get(tokens[start - 1]) if start else None
    return unit if unit and unit.kind in MONEY else None


def _unit_after(tokens: Sequence[str], end: int) -> MeasureUnit | None:
    for at in range(end, min(end + _REACH, len(tokens))):
        token = tokens[at]
        near = SYMBOLS.get(token) if at == end and token not in JOINS else None
        far = UNITS.get(token) if at == end or token not in ARTICLES else None
        if near or far:
            return near or far
        if at == end and token.endswith(UNIT_ENDINGS):
            # In "28 Urlaubstage im Jahr" the year is no unit. Nor are these always days: Feiertage.
            return None
        if (
            token in _ENDS
            or token in _STARTS
            or token[0].isdecimal()
            or token in SPELLED
            or token in JOINS - {"-", "a"}
        ):
            return None
    return None
