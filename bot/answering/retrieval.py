"""Question -> the pages that may answer it, best first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.model import Question
from indexers.model import Hit
from indexers.ports import Embedder, PassageIndex

PASSAGES = 60
"""How many passages a question brings; fewer lose pages, more cost time."""
_BEST_OF_PAGE = 5
_FADE = 0.1
"""A page is worth its best passage, and each further one this share of the one before."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page and those of its passages that a search brought, best first."""

    wiki: str
    page: str
    score: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """``pages`` best first; milliseconds that question and search took."""

    pages: tuple[Found, ...]
    embed_ms: float
    search_ms: float

    @property
    def hits(self) -> list[Hit]:
        return [hit for found in self.pages for hit in found.hits]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Search as the answers use it."""

    index: PassageIndex
    embedder: Embedder
    clock: Callable[[], float] = time.perf_counter

    def __call__(self, question: Question) -> Retrieved:
        """
        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
        """
        started = self.clock()
        vector = self.embedder.embed_question(question.text)
        embedded = self.clock()
        hits = self.index.search(
            question.text,
            vector,
            reader=question.reader,
            limit=PASSAGES,
            wikis=question.wikis,
        )
        pages = by_page(hits)
        return Retrieved(pages, (embedded - started) * 1000, (self.clock() - embedded) * 1000)


def by_page(hits: Sequence[Hit]) -> tuple[Found, ...]:
    """Hits gathered by page, the best page first."""
    gathered: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        gathered.setdefault((hit.passage.wiki, hit.passage.page), []).append(hit)
    pages = [
        Found(wiki, page, _worth(of_page), tuple(of_page))
        for (wiki, page), of_page in gathered.items()
    ]
    return tuple(sorted(pages, key=lambda found: -found.score))


def _worth(hits: Sequence[Hit]) -> float:
    return sum(hit.score * _FADE**place for place, hit in enumerate(hits[:_BEST_OF_PAGE]))
