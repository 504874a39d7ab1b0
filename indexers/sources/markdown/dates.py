"""The date that a page's author wrote, in the forms that people use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAY_MONTH = re.compile(
    rf"(?<!\d){_DAY}[ -](?:of )?{_MONTH}[ ,-]{{1,2}}(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_MONTH_DAY = re.compile(
    rf"(?<!\w){_MONTH} {_DAY},? (?P<year>\d{{4}})(?!\d)", re.IGNORECASE | re.ASCII
)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{4})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?")
_LONGEST = 80
"""Characters of a value that is a date."""
_FIRST_YEAR = 1970
"""Earlier dates are no dates of pages: programs write `0001-01-01` for none."""


def date_of(value: object) -> date | None:
    """Return the day that ``value`` names, as a text, a number or a mapping with a date. None if it
    names none, or if day and month are ambiguous (``3/4/2024``). Months have English names."""
    if isinstance(value, Mapping):
        return date_of(value.get("date"))
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    if isinstance(value, int) and abs(value) >= 10**8:  # Python does not print very long integers
        return None
    text = " ".join(str(value)[:_LONGEST].split())
    day = next(filter(None, map(_valid_date, _candidates(text))), None)
    return day if day and day.year >= _FIRST_YEAR else None


def _candidates(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day for each form of a date that ``text`` matches."""
    if match := _YEAR_FIRST.search(text):
        yield int(match[1]), int(match[3]), int(match[4])
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        if match := pattern.search(text):
            month = _MONTHS.index(match["month"].lower()) + 1
            yield int(match["year"]), month, int(match["day"])
    if match := _YEAR_LAST.search(text):
        yield from _year_last(int(match[1]), int(match[3]), int(match[4]), dots=match[2] == ".")
    if match := _COMPACT.fullmatch(text):
        yield int(match[1]), int(match[2]), int(match[3])


def _year_last(first: int, second: int, year: int, *, dots: bool) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day. With ``dots`` the day comes first; otherwise the order must be
    unambiguous."""
    if dots or first > 12 or first == second:
        yield year, second, first
    elif second > 12:
        yield year, first, second


def _valid_date(candidate: tuple[int, int, int]) -> date | None:
    try:
        return date(*candidate)
    except ValueError:
        return None
