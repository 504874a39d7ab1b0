"""Read dates in numerals and cron expressions as the words that a writer has for them.

"31/12/2026" is in December, and "15 1 * * 0" is 01:15 on Sundays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

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
