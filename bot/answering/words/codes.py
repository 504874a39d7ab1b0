"""The codes and addresses that are the same in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

ADDRESS = (
    r"`[^`\n]{1,100}`|\S{0,100}(?:://|@\w)\S{0,200}(?<=[\w/])|\w{1,60}_\w{1,60}"
    r"|(?<!\S)[/#][\w/-]{2,60}|(?<!\w)\w[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.[a-z]{2,10}\b"
)
"""A regular expression for code, links, e-mail addresses, mentions, names with underscores, paths,
channels, file and host names."""
_CANDIDATE = re.compile(r"(?<![\w.,:/-])\d{1,6}(?:[-.][^\W_]{1,10}){1,5}(?![\w/%-]|[.,:]\w)")
_PARTS = re.compile(r"[-.]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DECIMALS = 3
"""Digits after a point. A number with more is no amount."""
_LETTERS = 2
"""Letters of a code's part. More are a word: 3-day."""


def codes(text: str) -> Iterator[str]:
    """Yield the codes of ``text`` that begin with a number, in order, as written: part 4711-02-A,
    steel 1.4404, host 10.1.20.22. Dates, ranges and amounts are none."""
    for match in _CANDIDATE.finditer(text):
        if _is_code(match[0]):
            yield match[0]


def without_codes(text: str) -> str:
    return _CANDIDATE.sub(lambda match: " " if _is_code(match[0]) else match[0], text)


def _is_code(token: str) -> bool:
    parts = _PARTS.split(token)
    if not all(part.isdecimal() for part in parts):
        return "." not in token and not any(
            part.isalpha() and len(part) > _LETTERS for part in parts
        )
    if len(parts) == 2:
        if "." in token:
            return len(parts[1]) > _DECIMALS
        return int(parts[0]) > int(parts[1]) and not _YEAR.fullmatch(parts[0])
    return not (len(parts) == 3 and _is_date(parts))


def _is_date(parts: list[str]) -> bool:
    first, second, third = map(len, parts)
    return second <= 2 and ((first == 4 and third <= 2) or (first <= 2 and third in (2, 4)))
