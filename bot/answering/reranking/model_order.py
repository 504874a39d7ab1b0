"""A language model as reranker: it sees only rechecked pages.

Text that was sent to a model cannot be taken back. So it is not part of the search, as a local
model is: the pages whose passages it would be shown are rechecked first, as those that an answer
cites are, and the model orders the valid ones.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.reranking.reranking import Reranking
from bot.answering.retrieval.retrieval import FoundPage, Retrieved
from bot.answering.retrieval.sources import source_of
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
        milliseconds = (self.clock() - started) * 1000
        return replace(retrieved, pages=pages, search_ms=retrieved.search_ms + milliseconds)

    def in_order_of(
        self, pages: Sequence[FoundPage], ordered: Sequence[FoundPage]
    ) -> tuple[FoundPage, ...]:
        """Return ``pages`` in the order that the model gave when there were more pages."""
        return _as_before(pages, ordered)


def _as_before(pages: Sequence[FoundPage], ordered: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
    """Return ``pages`` with the scores that they and their passages have in ``ordered``."""
    page_scores = {(page.wiki, page.page): page.score for page in ordered}
    hit_scores: dict[uuid.UUID, float] = {
        hit.passage.id: hit.score for page in ordered for hit in page.hits
    }
    reordered = []
    for page in pages:
        hits = [replace(hit, score=hit_scores.get(hit.passage.id, hit.score)) for hit in page.hits]
        hits.sort(key=lambda hit: -hit.score)
        score = page_scores.get((page.wiki, page.page), page.score)
        reordered.append(replace(page, score=score, hits=tuple(hits)))
    return tuple(sorted(reordered, key=lambda page: -page.score))
