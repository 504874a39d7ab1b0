"""Read dates in numerals and cron expressions as the words that a writer has for them.

"31/12/2026" is in December, and "15 1 * * 0" is 01:15 on Sundays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from itertools import combinations, islice

from bot.answering.words.quantities import Quantity
from bot.answering.words.units import CLOCK, MeasureUnit

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 - read as words
)
_WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905 - read as words
"""By their numbers in cron: 0 and 7 are the same."""
_DATE = re.compile(
    r"(?<![\w./-])(?:\d{4}-(\d{1,2})-\d{1,2}|(\d{1,2})([./])(\d{1,2})\3(?:\d{4}|\d\d)"
    r"|(\d{1,2})/\d{4}|\d{4}-(\d{1,2}))(?![\w/-])"
)
_MONTH_NAME = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_DAY_OF_MONTH = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?)?({_MONTH_NAME})\b\.?"
    r"(?:\s(\d{1,2})(?:st|nd|rd|th)?\b)?(?:,?\s(\d{4})\b)?"
)
_MOST = 30
"""Dates of a text that are compared."""
_LEAP_YEAR = 2000
_CRON = re.compile(
    r"(?<![\w*/,.-])(\d{1,2}|\*(?:/\d{1,2})?) (\d{1,2}(?:,\d{1,2}){0,5}|\*(?:/\d{1,2})?)"
    r" ([\d*?,/-]{1,12}) ([\d*?,/-]{1,12}) ([0-7](?:-[0-7])?|\*)(?![\w*/-]|,\d)"
)


def names_of_dates(text: str) -> str:
    """Return the months and weekdays that ``text`` has in numerals, as words."""
    names: list[str] = []
    for match in _DATE.finditer(text):
        # The month comes first in some countries, and second in others.
        months = [int(match[group]) for group in (1, 2, 4, 5, 6) if match[group]]
        names += [MONTHS[month - 1] for month in months if 1 <= month <= len(MONTHS)]
    for _, _, weekday in _schedules(text):
        if weekday != "*":
            first, _, last = weekday.partition("-")
            names += _WEEKDAYS[int(first) : int(last or first) + 1]
    return " ".join(dict.fromkeys(names))


def without_named_months(text: str, texts: Sequence[str]) -> str:
    """Return ``text`` with its numeric dates without the month, if ``texts`` name it: "14 2024" for
    "11/14/24" where they have "November 14"."""

    def days_and_years(match: re.Match[str]) -> str:
        numbers = re.findall(r"\d+", match[0])
        for month in (match[group] for group in (1, 2, 4, 5, 6) if match[group]):
            if 1 <= int(month) <= len(MONTHS) and _names(MONTHS[int(month) - 1], texts):
                numbers.remove(month)
                if match[2] and len(numbers[-1]) == len("24"):
                    numbers[-1] = f"20{numbers[-1]}"
                return " ".join(numbers)
        return match[0]

    return _DATE.sub(days_and_years, text)


def days_between(texts: Sequence[str]) -> set[int]:
    """Return the days between each two dates of ``texts`` that name day and month. A date without a
    year is in that of the date before it."""
    dates, year = [], _LEAP_YEAR
    matches = (match for text in texts for match in _DAY_OF_MONTH.finditer(text))
    for match in islice(matches, _MOST):
        year = int(match[4] or year)
        month = 1 + next(n for n, name in enumerate(MONTHS) if name.startswith(match[2][:3]))
        with suppress(ValueError):  # no such day, or none is named
            dates.append(date(year, month, int(match[1] or match[3] or 0)))
    return {abs((one - other).days) for one, other in combinations(dates, 2)}


def _names(month: str, texts: Sequence[str]) -> bool:
    pattern = re.compile(rf"\b{month[:3]}(?:{month[3:]})?\b")
    return any(map(pattern.search, texts))


def scheduled_times(text: str) -> tuple[Quantity, ...]:
    """Return the times of day in the cron expressions of ``text``."""
    return tuple(
        Quantity(frozenset({Fraction(int(hour) * 60 + int(minute))}), MeasureUnit(CLOCK))
        for minute, hours, _ in _schedules(text)
        for hour in hours.split(",")
        if minute.isdecimal() and hour.isdecimal()
    )


def _schedules(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the minute, the hours and the weekdays of each cron expression."""
    for match in _CRON.finditer(text):
        if "*" in match[0]:  # else it is a row of numbers
            yield match[1], match[2], match[5]
