"""Headings, worded as a person would say them: the readings of a clarifying question."""

from __future__ import annotations

import re

from indexers.text.prose import plain

LABEL = 70
"""Characters."""
_PLACE = 34
"""Characters of its place."""
_NUMBERING = re.compile(
    r"(?:(?:step|part|section|chapter|phase)\s+)?\d{1,3}(?:\.\d{1,3}){0,4}\s*[.):\u2013\u2014-]\s+",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:how (?:do|can|should|would) (?:i|we|you|one)|how to|what (?:is|are)(?: (?:an?|the))?)\s+",
    re.IGNORECASE,
)
"""The beginning of a heading that is a question."""
_CAPITAL = re.compile(r"\W?([A-Z][a-z]+)\W?")
"""A word in the capital of a title; one with more capitals is a name."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def in_words(heading: str, place: str, text: str) -> str:
    """Return ``heading`` without numbering, question words and title capitals, and with ``place``
    (a title or heading above it, empty if not needed). ``text`` is its section's: a word in lower
    case there is no name."""
    words = plainly(heading, text)
    where = _cut(place.strip(" ?:."), _PLACE)
    if where.casefold() in words.casefold():
        return _cut(words, LABEL)
    return f"{_cut(words, LABEL - len(where) - len(' ()'))} ({where})"


def in_full(heading: str, title: str, text: str) -> str:
    """Return the same as a question's words: in full length, always with the page's title."""
    words, where = plainly(heading, text), title.strip(" ?:.")
    return words if where.casefold() in words.casefold() else f"{words} ({where})"


def plainly(heading: str, text: str) -> str:
    small = frozenset(word for word in _WORD.findall(plain(text)) if word.islower())
    words = heading.strip(" ?:.")
    for begins in (_NUMBERING, _ASKS):
        words = begins.sub("", words, count=1) if begins.match(words) else words
    first, *rest = words.split() or [""]
    capitals = {word: found[1].lower() for word in rest if (found := _CAPITAL.fullmatch(word))}
    if small.issuperset(capitals.values()):
        # A mix of lower case and capitals would read worse than a title.
        rest = [word.lower() if word in capitals else word for word in rest]
    return " ".join([first[:1].upper() + first[1:], *rest])


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 1].rsplit(" ", 1)[0] + "\u2026"
