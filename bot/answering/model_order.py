"""A language model as reranker: it sees only rechecked pages.

Text that a model got cannot be taken back. So it is no part of the search, as a local model is: the
pages whose passages it would be shown are first rechecked with their wiki, as those that an answer
cites are, and it orders the valid ones.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.reranking import Reranking
from bot.answering.retrieval import FoundPage, Retrieved
from bot.answering.sources import source_of
from bot.model import Question, Source


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """Reordering by a model. ``rerank`` asks it. ``clock`` returns seconds."""

    rerank: Reranking
    clock: Callable[[], float] = time.perf_counter

    def shown(self, retrieved: Retrieved) -> list[Source]:
        """Return the passages that the model would be shown."""
        return [source_of(hit.passage, "") for hit in self.rerank.best(retrieved.pages)]

    def __call__(self, question: Question, retrieved: Retrieved) -> Retrieved:
        """Return the passages in the model's order; its time counts as the search's."""
        started = self.clock()
        pages = self.rerank(question, retrieved.pages)
        took = (self.clock() - started) * 1000
        return replace(retrieved, pages=pages, search_ms=retrieved.search_ms + took)

    def again(
        self, pages: Sequence[FoundPage], ordered: Sequence[FoundPage]
    ) -> tuple[FoundPage, ...]:
        """Return ``pages`` in the order that the model gave before, when there were others, too."""
        return _as_before(pages, ordered)


def _as_before(pages: Sequence[FoundPage], ordered: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
    """Return ``pages`` with the scores that they and their passages have in ``ordered``."""
    of_pages = {(page.wiki, page.page): page.score for page in ordered}
    of_hits: dict[uuid.UUID, float] = {
        hit.passage.id: hit.score for page in ordered for hit in page.hits
    }
    scored = []
    for page in pages:
        hits = [replace(hit, score=of_hits.get(hit.passage.id, hit.score)) for hit in page.hits]
        hits.sort(key=lambda hit: -hit.score)
        score = of_pages.get((page.wiki, page.page), page.score)
        scored.append(replace(page, score=score, hits=tuple(hits)))
    return tuple(sorted(scored, key=lambda page: -page.score))
