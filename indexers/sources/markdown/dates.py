"""The date that a page's author wrote, in the forms that people use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

_MONTHS = """
    january jan januar janvier enero gennaio janeiro januari
    february feb februar février fevrier febrero febbraio fevereiro februari
    march mar märz maerz mars marzo março marco maart mrz
    april apr avril abril aprile
    may mai mayo maggio maio mei
    june jun juni juin junio giugno junho
    july jul juli juillet julio luglio julho
    august aug août aout agosto augustus
    september sep sept septembre septiembre settembre setembro
    october oct oktober okt octobre octubre ottobre outubro
    november nov novembre noviembre novembro
    december dec dezember dez décembre decembre diciembre dicembre dezembro
"""
_MONTH = {
    name: number
    for number, names in enumerate(_MONTHS.strip().splitlines(), start=1)
    for name in names.split()
}
"""Months in the languages of most handbooks; ``mars`` and ``mai`` are the same in several."""

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d])(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]{1,3}(?:de\s|of\s)?([^\W\d_]{3,10})\.?"
    r"(?:[\s,-]{1,3}|\sde\s)(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(
    r"(?<!\w)([^\W\d_]{3,10})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(\d{4})(?!\d)"
)
_MONTH_ALONE = re.compile(r"(?<!\w)([^\W\d_]{3,10})\.?,?\s{1,3}(\d{4})(?!\d)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_LONGEST = 80
"""Characters of a value that is a date."""
_FIRST_YEAR = 1970
"""Earlier dates are no dates of pages: programs write `0001-01-01` for none."""


def date_of(value: object) -> date | None:
    """Return the day that ``value`` names, as a text, a number or a mapping with a date; None if it
    names none, or if day and month are ambiguous (``3/4/2024``)."""
    if isinstance(value, Mapping):
        return date_of(value.get("date"))
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    # Check the size first: an integer of thousands of digits cannot become a text.
    if isinstance(value, int) and abs(value) >= 10**14:
        return None
    text = " ".join(str(value)[:_LONGEST].split())
    day = next(filter(None, map(_valid_date, _candidates(text))), None)
    return day if day and day.year >= _FIRST_YEAR else None


def _candidates(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day for each form of a date that ``text`` matches."""
    if match := _YEAR_FIRST.search(text):
        yield int(match[1]), int(match[3]), int(match[4])
    if match := _DAY_MONTH.search(text):
        yield int(match[3]), _MONTH.get(match[2].casefold(), 0), int(match[1])
    if match := _MONTH_DAY.search(text):
        yield int(match[3]), _MONTH.get(match[1].casefold(), 0), int(match[2])
    if match := _YEAR_LAST.search(text):
        yield from _year_last(int(match[1]), int(match[3]), int(match[4]), dots=match[2] == ".")
    if _EPOCH.fullmatch(text):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text[:10]))
        yield moment.year, moment.month, moment.day
    if match := _COMPACT.search(text):
        yield int(match[1]), int(match[2]), int(match[3])
    if not _DAY_MONTH.search(text) and (match := _MONTH_ALONE.search(text)):
        yield int(match[2]), _MONTH.get(match[1].casefold(), 0), 1


def _year_last(first: int, second: int, year: int, *, dots: bool) -> Iterator[tuple[int, int, int]]:
    """Yield the date of day, month, year. With dots the day comes first; otherwise the order must
    be unambiguous."""
    if dots or first > 12 or first == second:
        yield year, second, first
    elif second > 12:
        yield year, first, second


def _valid_date(candidate: tuple[int, int, int]) -> date | None:
    try:
        return date(*candidate)
    except ValueError:
        return None
