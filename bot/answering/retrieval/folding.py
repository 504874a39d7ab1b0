"""Copies of a page: a passage that is on two pages is shown once.

People copy a page to another space, archive it beside its successor, or leave Confluence's "Copy of
...". Two passages are copies if they have the same headings and the same words, and one title has
all words of the other and the same numbers: "Onboarding Berlin" is no copy of "Onboarding Paris",
whatever text they share, and one number in a thousand words may be what matters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, best_first, worth
from footnote_bot.indexers.model import Hit, Passage

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


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
    """Return the page with ``hits`` alone, and with the share of its score that they are worth."""
    if len(hits) == len(page.hits):
        return page
    old_worth = worth(page.hits)
    return replace(
        page, score=page.score * worth(hits) / old_worth if old_worth else 0.0, hits=hits
    )


class _Compared:
    """The parts of a passage that are compared."""

    def __init__(self, passage: Passage) -> None:
        self.place = passage.wiki, passage.page
        self.title = frozenset(_WORD.findall(passage.title.casefold()))
        numbers = tuple(_NUMBER.findall(passage.title))
        self.content = passage.headings, numbers, " ".join(passage.text.split())


def _preference(passage: Passage) -> tuple[bool, int]:
    """Return a sort key. Sorting is stable, so equal passages keep their order."""
    return passage.outdated, -passage.updated.toordinal() if passage.updated else 0


def _are_copies(passage: _Compared, other: _Compared) -> bool:
    return (
        passage.content == other.content
        and passage.place != other.place
        and (passage.title <= other.title or other.title <= passage.title)
    )
