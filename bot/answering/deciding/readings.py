"""Headings, worded as a person would say them: the readings of a clarifying question."""

from __future__ import annotations

import re

from indexers.text.prose import plain

LABEL = 70
"""Characters of a label."""
_PLACE = 34
"""Characters of the place in a label."""
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
"""A word with one capital, as titles have. A word with more capitals is a name."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def as_label(heading: str, place: str, text: str) -> str:
    """Return ``heading`` as a label: without numbering, question words and title capitals, and with
    ``place`` (a title or heading above it; empty if not needed). ``text`` is the text of its
    section: a word that it has in lower case is no name."""
    words = plain_heading(heading, text)
    place_words = _cut(place.strip(" ?:."), _PLACE)
    if place_words.casefold() in words.casefold():
        return _cut(words, LABEL)
    return f"{_cut(words, LABEL - len(place_words) - len(' ()'))} ({place_words})"


def as_question(heading: str, title: str, text: str) -> str:
    """Return ``heading`` as the words of a question: in full length, always with the page's
    title."""
    words, title_words = plain_heading(heading, text), title.strip(" ?:.")
    return words if title_words.casefold() in words.casefold() else f"{words} ({title_words})"


def plain_heading(heading: str, text: str) -> str:
    lower_case_words = frozenset(word for word in _WORD.findall(plain(text)) if word.islower())
    words = heading.strip(" ?:.")
    for prefix in (_NUMBERING, _ASKS):
        words = prefix.sub("", words, count=1) if prefix.match(words) else words
    first, *others = words.split() or [""]
    lowered = {word: match[1].lower() for word in others if (match := _CAPITAL.fullmatch(word))}
    if lower_case_words.issuperset(lowered.values()):
        # Lower all or none: a mix would read worse than a title.
        others = [word.lower() if word in lowered else word for word in others]
    return " ".join([first[:1].upper() + first[1:], *others])


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 1].rsplit(" ", 1)[0] + "\u2026"
