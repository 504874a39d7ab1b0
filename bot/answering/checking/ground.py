"""A passage that the model saw, prepared for comparison with sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answering.checking.agreement import roots
from bot.answering.checking.claims import addresses, codes, exact_tokens
from bot.answering.checking.relations import instructs_model, points_back
from bot.answering.words.dates import scheduled_times
from bot.answering.words.quantities import Quantity, quantities
from bot.answering.words.quote_units import units
from bot.answering.words.roles import Word, read
from indexers.model import Passage
from indexers.text.prose import plain

_POINTING = 3
"""An "it" or "this" points back if it is among this many first words of a sentence."""
_CELL = " \u00b7 "
"""The separator between the cells of a row, as `plain` writes it."""
_AROUND = 240
"""Characters before and after a span that may limit it."""
_MARKS = " \t*_"
_MOST_UNITS = 3
"""The most neighbouring sentences of a passage that one sentence may sum up."""


@dataclass(frozen=True, slots=True)
class SupportSpan:
    """A span of neighbouring ``units`` (sentences or rows) of a passage, from ``start`` to ``end``
    of its text."""

    start: int
    end: int
    words: tuple[Word, ...]
    roots: frozenset[str]
    text: str
    parts: tuple[tuple[Word, ...], ...] = ()
    """The words of each unit. A unit that points back also has those of the unit before."""

    @property
    def units(self) -> int:
        return max(1, len(self.parts))

    @property
    def labels(self) -> frozenset[str]:
        """Return the roots in the first cell of its last row, which names what the row is about;
        none if it is in no table."""
        cells = self.text.splitlines()[-1].split(_CELL) if self.text else []
        return roots(read(cells[0])) if len(cells) > 1 else frozenset()


def span_of(text: str, ranges: Sequence[tuple[int, int]]) -> SupportSpan:
    """Return the span of the units at these ``ranges`` of a passage's ``text``."""
    start, end = ranges[0][0], ranges[-1][1]
    shown = plain(text[start:end])
    words = read(shown)
    parts: list[tuple[Word, ...]] = []
    for first, last in ranges if len(ranges) > 1 else ():
        unit = read(plain(text[first:last]))
        before = parts[-1] if parts and _begins_pointing(unit) else ()
        parts.append((*before, *unit))
    return SupportSpan(start, end, words, roots(words), shown, tuple(parts))


def _begins_pointing(unit: Sequence[Word]) -> bool:
    """Return whether one of its first words points back; not the "that" of "code that deletes"."""
    first = unit[:_POINTING]
    return any(
        points_back(word) and not (word.root == "that" and place and first[place - 1].weighs)
        for place, word in enumerate(first)
    )


class Ground:
    """A passage with its title and headings."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.titles = [passage.title, *passage.headings]
        self.frame = read("\n".join(self.titles))
        self.frame_roots = roots(self.frame)

    def holds(self, quotation: str) -> bool:
        """Return whether these words occur here in a row. A "..." stands for any text."""
        parts = [part for text in _LEFT_OUT.split(quotation) if (part := bare(text))]
        return bool(parts) and all(f" {part} " in f" {self._bare} " for part in parts)

    def has_code(self, code: str) -> bool:
        """Return whether ``code`` occurs here letter for letter, except for white space."""
        code = spaced(code)
        return bool(code) and any(code in text for text in self._verbatim)

    def has_lines(self, code: str) -> bool:
        """Return whether each line of ``code`` is a line or a span of code here, in this order."""
        own = iter(self._code_lines)
        lines = [line for text in code.splitlines() if (line := text.rstrip())]
        return bool(lines) and all(line in own for line in lines)

    def links(self, address: str) -> bool:
        """Return whether the address occurs here, by itself or as the host or the file name of
        another."""
        bare_address = _bare(address)
        return bare_address in self._addresses or any(
            bare_address in (host, name) for host, name in self._hosts_and_names
        )

    def find(self, words: str) -> SupportSpan | None:
        """Return where ``words`` occur, letter for letter except for white space."""
        parts = words.split()
        if not parts:
            return None
        match = re.search(r"\s+".join(map(re.escape, parts)), self.passage.text)
        return span_of(self.passage.text, [match.span()]) if match else None

    def around(self, span: SupportSpan) -> tuple[str, str]:
        """Return the text right before and right after ``span``."""
        text = self.passage.text
        before = text[max(0, span.start - _AROUND) : span.start]
        return before, text[span.end : span.end + _AROUND].lstrip(_MARKS)

    @cached_property
    def spans(self) -> list[SupportSpan]:
        """Return the spans, short ones first, so that the shortest of equal ones is quoted."""
        ranges = [(unit.start, unit.end) for unit in units(self.passage.text)]
        return [
            span_of(self.passage.text, ranges[first : first + length])
            for length in range(1, _MOST_UNITS + 1)
            for first in range(len(ranges) - length + 1)
        ]

    @cached_property
    def whole(self) -> str:
        """Return its text with its titles, as a person reads them."""
        return "\n".join([*self.titles, self.text])

    @cached_property
    def roots(self) -> frozenset[str]:
        """Return the roots of all words of its text and titles."""
        return roots(read(self.whole))

    @cached_property
    def instructs_model(self) -> bool:
        """Return whether it instructs a language model anywhere."""
        return instructs_model(self.whole)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return (*quantities(self.whole), *scheduled_times(self.whole))

    def spells(self, token: str) -> bool:
        """Return whether an exact token occurs here: as it is, or as two words if it is a name of
        letters and digits, or as a channel or a person without its sign; v2 as "version 2"."""
        name = _PLURAL.sub("", token.lstrip("#@"))
        if token in self._exact or not (name.isalnum() or name != token):
            return token in self._exact
        spelling = _LETTER_DIGIT.sub(r"[\\s-]?", re.escape(name))
        spelling = _VERSION.sub("(?:v|version|release)", spelling)
        return bool(re.search(rf"(?<![\w-]){spelling}(?![\w@-])", self.whole.casefold()))

    @cached_property
    def _exact(self) -> frozenset[str]:
        return exact_tokens("\n".join([*self.titles, self.passage.text, self.passage.url]))

    @cached_property
    def text(self) -> str:
        return plain(self.passage.text)

    @cached_property
    def _verbatim(self) -> list[str]:
        return [spaced(text) for text in (self.text, self.passage.text, *self.titles)]

    @cached_property
    def _addresses(self) -> frozenset[str]:
        text, url = self.passage.text, self.passage.url
        return frozenset(map(_bare, (*addresses(text), url, *_TARGET.findall(text))))

    @cached_property
    def _code_lines(self) -> list[str]:
        """Return the lines of the passage, those with spans of code without what is around them."""
        return [
            piece
            for line in self.passage.text.splitlines()
            for piece in (codes(line) or [line.rstrip()])
        ]

    @cached_property
    def _bare(self) -> str:
        return " | ".join(map(bare, (self.text, self.passage.text, *self.titles)))

    @cached_property
    def _hosts_and_names(self) -> frozenset[tuple[str, str]]:
        paths = [address.split("/") for address in self._addresses if "@" not in address]
        return frozenset((path[0], path[-1]) for path in paths)


_TARGET = re.compile(r"\]\(<?([^()\s<>]+)")
_LEFT_OUT = re.compile(r"\[?(?:\u2026|\.\.\.)\]?")
_LETTER_DIGIT = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
"""Between the letters and digits of a name: the page may write 18 F."""
_VERSION = re.compile(r"^v(?=\[)")
_PLURAL = re.compile(r"(?<=[a-z]\d)s$|(?<=\d\d)s$")
_NO_WORDS = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Return the words of ``text`` in lower case, with a space between them."""
    return " ".join(_NO_WORDS.sub(" ", text.casefold()).split())


def spaced(text: str) -> str:
    return " ".join(text.split())


def _bare(address: str) -> str:
    bare = _SCHEME.sub("", address.casefold())
    return bare.partition("#")[0].rstrip("/")


_SCHEME = re.compile(r"^(?:mailto:|tel:|https?://)(?:www\.)?")
