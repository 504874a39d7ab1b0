"""Copies of a page: a passage that is on two pages is shown once.

People copy a page to another space, archive it beside its successor, or leave Confluence's "Copy of
...". The copy differs in its title and in a word or two. Two passages are copies only if nothing
essential differs: they have the same numbers, names, "not" and headings, and one title has all
words of the other. "Release 1.2" is no copy of "Release 1.3", and "Onboarding Berlin" is none of
"Onboarding Paris", whatever text they share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from bot.answering.retrieval.retrieval import FoundPage, best_first, worth
from indexers.model import Hit, Passage

_ALIKE = 0.85
"""The least share of common shingles (Jaccard): one word in forty may differ."""
_SHINGLE = 3  # words
_WORD = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7ff]|\\w+")
_NUMBER = re.compile(r"\d+")
_TELLING = re.compile(r"\w*[\dA-Z]\w*|\b(?:not?|never|nor|without)\b|n['\u2019]t\b")
"""Words with a digit or a capital, and "not": copies have the same."""


def folded(hits: Sequence[Hit]) -> list[Hit]:
    """Return ``hits`` in their order without copies. Of several copies, one that is not outdated is
    kept, then the newest, then the first. Passages of the same page are no copies."""
    compared = [_Compared(hit.passage) for hit in hits]
    kept_indexes: list[int] = []
    for index in sorted(range(len(hits)), key=lambda index: _preference(hits[index].passage)):
        if not any(_are_copies(compared[index], compared[other]) for other in kept_indexes):
            kept_indexes.append(index)
    return [hits[index] for index in sorted(kept_indexes)]


def fold_pages(pages: Sequence[FoundPage], language: str = "") -> tuple[FoundPage, ...]:
    """Return ``pages`` without passages that are copies, best page first; of equal pages, one in
    ``language`` comes first. A page loses the score of its removed passages; a page without
    passages is dropped."""
    hits = sorted((hit for page in pages for hit in page.hits), key=lambda hit: -hit.score)
    kept_ids = set(map(id, folded(hits)))
    if len(kept_ids) == len(hits):
        return tuple(pages)
    remaining = [(page, tuple(hit for hit in page.hits if id(hit) in kept_ids)) for page in pages]
    return best_first((_reduced(page, hits) for page, hits in remaining if hits), language)


def _reduced(page: FoundPage, hits: tuple[Hit, ...]) -> FoundPage:
    if len(hits) == len(page.hits):
        return page
    old_worth = worth(page.hits)
    return replace(
        page, score=page.score * worth(hits) / old_worth if old_worth else 0.0, hits=hits
    )


class _Compared:
    """The parts of a passage that are compared, each computed on first use."""

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
        # The first line of the embedded text holds title and headings: see the splitter.
        words = _words(self._passage.embedded.partition("\n")[2])
        starts = range(max(1, len(words) - _SHINGLE + 1))
        return frozenset(tuple(words[start : start + _SHINGLE]) for start in starts)

    @cached_property
    def facts(self) -> Counter[str]:
        return Counter(_TELLING.findall(self.text))


def _preference(passage: Passage) -> tuple[bool, int]:
    """Return a sort key. Sorting is stable, so equal passages keep their order."""
    return passage.outdated, -passage.updated.toordinal() if passage.updated else 0


def _are_copies(passage: _Compared, other: _Compared) -> bool:
    """Return whether they are copies. Cheap comparisons come first: titles alone rule out most
    pairs."""
    return (
        (passage.title <= other.title or other.title <= passage.title)
        and passage.place != other.place
        and passage.headings == other.headings
        and passage.numbers == other.numbers
        and _are_alike(passage.shingles, other.shingles)
        and (passage.text == other.text or passage.facts == other.facts)
    )


def _are_alike(shingles: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    shared = len(shingles & other)
    return shared >= _ALIKE * (len(shingles) + len(other) - shared)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
