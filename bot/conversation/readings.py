"""A reading that a person chose in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.model import Reading

_NUMBER = re.compile(r"\W*(?:(?:no|number|option)\W*)?([1-9])\W*", re.IGNORECASE)


def reading_named(words: str, readings: Sequence[Reading]) -> Reading | None:
    """Return the reading that ``words`` name, by its number or its label."""
    if match := _NUMBER.fullmatch(words):
        return next(iter(readings[int(match[1]) - 1 : int(match[1])]), None)
    return next((one for one in readings if _bare(one.label) == _bare(words)), None)


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
