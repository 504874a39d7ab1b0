"""The evidence of a sentence: words that a model copied from the passages that it was shown.

A model copies what it sees, which is no Markdown, and lays it out in its own way. So words are
searched for without white space, marks and the targets of links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from footnote_bot.indexers.model import Passage
from footnote_bot.indexers.text.prose import is_rule

_MARKS = frozenset("*_`#|>\\\u2022\u00b7[]")
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u2010\u2011", "-"),
    }
)
_TARGET = re.compile(r"(?<=\])\((?:[^()\s]|\([^()\s]*\))*(?:\s\"[^\"\n]*\")?\)")
_BEGINNING = re.compile(r"\s*(?:> ?)*(?:(?:[-*+\u2022]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?)?")
"""The mark of an item or a quote, which is shown in another form or not at all."""
_LEFT_OUT = re.compile(r"\[?(?:\u2026|\.{3})\]?")
_OPENING, _CLOSING = "[`", "`"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the passage with this number, counted from 1 as in the prompt."""

    passage: int
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a passage: its number, and the span of its text; an empty span stands for the
    passage as a whole."""

    passage: int
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Bare:
    """A text without white space, marks and targets of links, in lower case. ``places`` says where
    each of its characters stood."""

    letters: str
    places: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Bare:
        kept = [
            (letter, place)
            for place, character in _kept(text)
            for letter in character.translate(_SAME).casefold()
        ]
        return cls("".join(letter for letter, _ in kept), [place for _, place in kept])

    def find(self, parts: Sequence[str]) -> tuple[int, int] | None:
        """Return the span of the original text with these ``parts`` (bare) in order, or None."""
        start = end = -1
        for part in parts:
            at = self.letters.find(part, max(end, 0))
            if at < 0:
                return None
            start, end = (at if start < 0 else start), at + len(part)
        return None if start < 0 else (self.places[start], self.places[end - 1] + 1)


def _kept(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and character of all that is kept: no white space, marks and targets of links."""
    at = 0
    for line in text.splitlines(keepends=True):
        if not is_rule(line):
            beginning = _BEGINNING.match(line)
            begins = beginning.end() if beginning else 0
            targets = {place for match in _TARGET.finditer(line) for place in range(*match.span())}
            for place, character in enumerate(line):
                counts = not character.isspace() and character not in _MARKS
                if counts and place >= begins and place not in targets:
                    yield at + place, character
        at += len(line)


def bare(text: str) -> str:
    """Return the letters of ``text`` for comparing, see `Bare`."""
    return Bare.of(text).letters


def without_targets(text: str) -> str:
    """Return ``text`` with the labels of its links alone."""
    return _TARGET.sub("", text)


class ShownPassage:
    """A passage that a model was shown."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.titles = "\n".join([passage.title, *passage.headings])

    @cached_property
    def bare(self) -> Bare:
        return Bare.of(self.passage.text)

    @cached_property
    def bare_titles(self) -> str:
        return bare(self.titles)

    def find(self, words: str) -> tuple[int, int] | None:
        """Return the span of the passage's text with these words; an empty one if its titles have
        them, None if neither has. "..." in the words stands for anything in between."""
        parts = [part for text in _LEFT_OUT.split(words) if (part := bare(text))]
        if span := self.bare.find(parts):
            return self._with_marks(*span)
        return (0, 0) if parts and all(part in self.bare_titles for part in parts) else None

    def _with_marks(self, start: int, end: int) -> tuple[int, int]:
        """Return the span with the marks around it, so that no link or code is cut in two."""
        text = self.passage.text
        while start and text[start - 1] in _OPENING:
            start -= 1
        while end < len(text) and text[end] in "]`":
            end += 1
        target = _TARGET.match(text, end)
        return start, target.end() if target else end


def locate(evidence: Evidence, shown: Sequence[ShownPassage]) -> Place | None:
    """Return where the evidence's words stand: in the passage that it names, else in the first that
    has them; None if none has."""
    named = range(len(shown))[evidence.passage - 1 : evidence.passage] if evidence.passage else ()
    for place in dict.fromkeys([*named, *range(len(shown))]):
        if (span := shown[place].find(evidence.words)) is not None:
            return Place(place + 1, *span)
    return None
