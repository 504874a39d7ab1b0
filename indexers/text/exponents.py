"""Raised or lowered text in a line, written so that it reads right.

``10<sup>6</sup>`` is 10^6 and not 106; H<sub>2</sub>O is H2O, for which people search.
"""

from __future__ import annotations

import re

_ONE = re.compile(r"[+\-\u2212\u00b1]?\w+(?:[.,]\d+)?[+\-\u2212]?|[+\-\u2212*\u2020\u2021]+")
_ENDINGS = frozenset(
    ["st", "nd", "rd", "th", "er", "re", "e", "eme", "ème", "es", "a", "o", "ª", "º"]
)
"""The endings of ordinal numbers: 1st, 2nd, 1er, 3ª."""
_MARKS = {"tm": "\u2122", "sm": "\u2120", "r": "\u00ae", "c": "\u00a9"}
_AS_THEY_ARE = "\u2122\u2120\u00ae\u00a9[(*\u2020\u2021\u00b0\u00ba\u00aa"
_LONGEST = 24
"""Characters; longer text is small print and no exponent."""


def raised(before: str, text: str) -> str:
    """Return raised ``text`` as written after the character ``before`` (empty: there is none)."""
    text = " ".join(text.split())
    if not text or not before.strip() or text[0] in _AS_THEY_ARE:
        return text
    if before.isdigit() and text.casefold() in _ENDINGS:
        return text
    if before.isalpha() and text.casefold() in _MARKS:
        return _MARKS[text.casefold()]
    if before in ".,;:!?" and text.isdigit():
        return f"[{text}]"
    return _marked("^", text)


def lowered(before: str, text: str) -> str:
    """Return lowered ``text`` as written after the character ``before`` (empty: there is none)."""
    text = " ".join(text.split())
    if not text or not before.strip() or text[0] in "[(":
        return text
    if text.isdigit() and not before.isdigit():
        return text
    return _marked("_", text)


def _marked(mark: str, text: str) -> str:
    if _ONE.fullmatch(text):
        return f"{mark}{text}"
    return f"{mark}({text})" if len(text) <= _LONGEST else f" {text}"
