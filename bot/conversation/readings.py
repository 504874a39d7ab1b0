"""A reading that a person chose in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote_bot.bot.model import Reading

_NUMBER = re.compile(r"\A\W*(?:(?:no|number|option)\W*)?(?<![+-])([1-9])\W*", re.IGNORECASE)
"""A number without a sign: +1 and -1, also as emoji, judge the question and choose nothing."""


def is_number(words: str) -> bool:
    """Return whether ``words`` are only the number of a reading."""
    return _NUMBER.fullmatch(words) is not None


def reading_named(words: str, readings: Sequence[Reading]) -> Reading | None:
    """Return the reading that ``words`` name, by its number or its label."""
    if match := _NUMBER.fullmatch(words):
        return next(iter(readings[int(match[1]) - 1 : int(match[1])]), None)
    # First with punctuation: by their letters alone, C, C++ and C# are the same.
    for form in (_spaced, _bare):
        name = form(words)
        matches = [reading for reading in readings if name and form(reading.label) == name]
        if matches:
            return matches[0] if len(matches) == 1 else None
    return None


def _spaced(words: str) -> str:
    return " ".join(words.casefold().split())


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
