"""Copies of a page: a passage is shown once, though it is on two pages.

A page is copied to another space, archived beside its successor, or is Confluence's "Copy of ...";
its title differs then, and a word or two. Two passages are copies only if nothing essential
differs: numbers, names and "not" are the same, so are the headings, and one title has all words of
the other. "Release 1.2" is no copy of "Release 1.3", nor "Onboarding Berlin" one of "Onboarding
Paris", whatever they share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from bot.answering.composing.words import TokenRole, read
from bot.answering.retrieval import FoundPage, best_first, worth
from indexers.model import Hit, Passage

_ALIKE = 0.85
"""The share of common shingles (Jaccard): one word of forty may differ."""
_SHINGLE = 3  # words
_WORD = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7ff]|\\w+")
_NUMBER = re.compile(r"\d+")
_TELLING = (TokenRole.NUMBER, TokenRole.NAME, TokenRole.NOT)


def folded(hits: Sequence[Hit]) -> list[Hit]:
    """Return ``hits`` in their order without copies: the one kept is not outdated, then newer, then
    first. Passages of one page are no copies."""
    read_once = [_Read(hit.passage) for hit in hits]
    kept: list[int] = []
    for place in sorted(range(len(hits)), key=lambda place: _preference(hits[place].passage)):
        if not any(_copies(read_once[place], read_once[other]) for other in kept):
            kept.append(place)
    return [hits[place] for place in sorted(kept)]


def fold_pages(pages: Sequence[FoundPage], language: str = "") -> tuple[FoundPage, ...]:
    """Return ``pages`` without the passages that are copies, the best page first, of equals one in
    ``language``. A page loses the score of its removed passages, and is dropped without any."""
    hits = sorted((hit for page in pages for hit in page.hits), key=lambda hit: -hit.score)
    kept = set(map(id, folded(hits)))
    if len(kept) == len(hits):
        return tuple(pages)
    left = [(page, tuple(hit for hit in page.hits if id(hit) in kept)) for page in pages]
    return best_first((_lessened(page, hits) for page, hits in left if hits), language)


def _lessened(page: FoundPage, hits: tuple[Hit, ...]) -> FoundPage:
    if len(hits) == len(page.hits):
        return page
    before = worth(page.hits)
    return replace(page, score=page.score * worth(hits) / before if before else 0.0, hits=hits)


class _Read:
    """The compared parts of a passage, each computed on first use."""

    def __init__(self, passage: Passage) -> None:
        self.place = passage.wiki, passage.page
        self.headings = passage.headings
        self.title = frozenset(_words(passage.title))
        self.text = passage.text
        self._passage = passage

    @cached_property
    def numbers(self) -> tuple[list[str], list[str]]:
        """Return the numbers of the title, and of the text."""
        return _NUMBER.findall(self._passage.title), _NUMBER.findall(self.text)

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        # The first line of the searched text holds title and headings: see the splitter.
        words = _words(self._passage.embedded.partition("\n")[2])
        starts = range(max(1, len(words) - _SHINGLE + 1))
        return frozenset(tuple(words[at : at + _SHINGLE]) for at in starts)

    @cached_property
    def facts(self) -> Counter[str]:
        words = read(self.text)
        return Counter(word.root for word in words if word.role in _TELLING)


def _preference(passage: Passage) -> tuple[bool, int]:
    """Return a sort key; sorting is stable, so of equals the first stays the first."""
    return passage.outdated, -passage.updated.toordinal() if passage.updated else 0


def _copies(one: _Read, other: _Read) -> bool:
    """Return whether one is a copy. Cheap comparisons come first: most passages are settled by
    their titles."""
    return (
        (one.title <= other.title or other.title <= one.title)
        and one.place != other.place
        and one.headings == other.headings
        and one.numbers == other.numbers
        and _alike(one.shingles, other.shingles)
        and (one.text == other.text or one.facts == other.facts)
    )


def _alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    both = len(one & other)
    return both >= _ALIKE * (len(one) + len(other) - both)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
