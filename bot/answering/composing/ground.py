"""A passage that was shown to the model, ready to be compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answering.composing.agreement import roots
from bot.answering.composing.claims import addresses, exact_tokens
from bot.answering.composing.quantities import Quantity, quantities
from bot.answering.composing.relations import gives_orders, points
from bot.answering.composing.words import Word, read
from bot.answering.quoting import units
from indexers.model import Passage
from indexers.text.prose import plain

_POINTING = 3
"""The number of first words of a sentence among which an "it" or "this" points back."""
_CELL = " \u00b7 "
"""The separator between the cells of a row, as `plain` writes it."""
_STRETCH = 3
"""Neighbouring sentences of a passage that one sentence may sum up."""


@dataclass(frozen=True, slots=True)
class SupportSpan:
    """A span of neighbouring ``units`` of a passage, sentences or rows, from ``start`` to ``end``
    of its text."""

    start: int
    end: int
    words: tuple[Word, ...]
    roots: frozenset[str]
    text: str
    parts: tuple[frozenset[str], ...] = ()
    """The roots of each unit; of one that points back, with those of the one before."""

    @property
    def units(self) -> int:
        return max(1, len(self.parts))

    @property
    def labels(self) -> frozenset[str]:
        """Return the words of the first cell of its last row, if it is in a table: what the row is
        about."""
        cells = self.text.splitlines()[-1].split(_CELL) if self.text else []
        return roots(read(cells[0])) if len(cells) > 1 else frozenset()


def stretch_of(text: str, spans: Sequence[tuple[int, int]]) -> SupportSpan:
    """Return the span of these units of a passage's ``text``."""
    start, end = spans[0][0], spans[-1][1]
    shown = plain(text[start:end])
    words = read(shown)
    parts: list[frozenset[str]] = []
    for unit in (read(plain(text[one:other])) for one, other in spans) if len(spans) > 1 else ():
        before = parts[-1] if parts and any(map(points, unit[:_POINTING])) else frozenset()
        parts.append(roots(unit) | before)
    return SupportSpan(start, end, words, roots(words), shown, tuple(parts))


class Ground:
    """A passage with its title and headings."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.titles = [passage.title, *passage.headings]
        self.frame = read("\n".join(self.titles))
        self.frame_roots = roots(self.frame)

    def holds(self, quotation: str) -> bool:
        """Return whether the words occur here in a row. Text left out at "..." may lie between."""
        parts = [part for text in _LEFT_OUT.split(quotation) if (part := bare(text))]
        return bool(parts) and all(f" {part} " in f" {self._bare} " for part in parts)

    def has_code(self, code: str) -> bool:
        """Return whether it occurs here letter for letter, except for white space."""
        wanted = spaced(code)
        return bool(wanted) and any(wanted in text for text in self._verbatim)

    def links(self, address: str) -> bool:
        """Return whether the address occurs here, by itself or as the host or the file name of
        another."""
        wanted = _bare(address)
        return wanted in self._addresses or any(
            wanted in (host, name) for host, name in self._hosts_and_names
        )

    def find(self, words: str) -> SupportSpan | None:
        """Return where ``words`` occur, letter for letter except for white space."""
        parts = words.split()
        if not parts:
            return None
        found = re.search(r"\s+".join(map(re.escape, parts)), self.passage.text)
        return stretch_of(self.passage.text, [found.span()]) if found else None

    @cached_property
    def stretches(self) -> list[SupportSpan]:
        """Return the spans, short ones first, so that of equals the shortest is quoted."""
        spans = [(piece.start, piece.end) for piece in units(self.passage.text)]
        return [
            stretch_of(self.passage.text, spans[first : first + length])
            for length in range(1, _STRETCH + 1)
            for first in range(len(spans) - length + 1)
        ]

    @cached_property
    def whole(self) -> str:
        """Return its text with its titles, as a person reads them."""
        return "\n".join([*self.titles, self.text])

    @cached_property
    def roots(self) -> frozenset[str]:
        """Return the roots of all its words and those of its titles."""
        return roots(read(self.whole))

    @cached_property
    def gives_orders(self) -> bool:
        """Return whether it gives instructions to a language model anywhere."""
        return gives_orders(self.whole)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.whole)

    def spells(self, token: str) -> bool:
        """Return whether an exact token occurs here: as such, or a name of letters and digits in
        two words, or a channel without its sign."""
        name = token.lstrip("#@")
        if token in self._exact or not (name.isalnum() or name != token):
            return token in self._exact
        parted = _PARTED.sub(r"[\\s-]?", re.escape(name))
        return bool(re.search(rf"(?<![\w-]){parted}(?![\w@-])", self.whole.casefold()))

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
        passage = self.passage
        found = {_bare(one) for one in (*addresses(passage.text), passage.url)}
        return frozenset(found | {_bare(url) for url in _TARGET.findall(passage.text)})

    @cached_property
    def _bare(self) -> str:
        return " | ".join(map(bare, (self.text, self.passage.text, *self.titles)))

    @cached_property
    def _hosts_and_names(self) -> frozenset[tuple[str, str]]:
        parts = [one.split("/") for one in self._addresses if "@" not in one]
        return frozenset((one[0], one[-1]) for one in parts)


_TARGET = re.compile(r"\]\(<?([^()\s<>]+)")
_LEFT_OUT = re.compile(r"\[?(?:\u2026|\.\.\.)\]?")
_PARTED = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
"""Between the letters and digits of a name: the page may write 18 F."""
_NO_WORDS = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Return its words in lower case, a space between them."""
    return " ".join(_NO_WORDS.sub(" ", text.casefold()).split())


def spaced(text: str) -> str:
    return " ".join(text.split())


def _bare(address: str) -> str:
    bare = _SCHEME.sub("", address.casefold())
    return bare.partition("#")[0].rstrip("/")


_SCHEME = re.compile(r"^(?:mailto:|tel:|https?://)(?:www\.)?")
