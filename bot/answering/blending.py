"""The order of a search and that of a cross-encoder in one.

Both scores are logits: that of the search was fitted to tell the better of two passages, that
of the cross-encoder was trained to. So they are added, the second with a weight.
"""

from __future__ import annotations

import uuid
from collections.abc import Container, Sequence
from dataclasses import replace

from bot.answering.retrieval import FoundPage
from indexers.model import Hit

PASSAGES = 4
"""So many of the best are read: ten take three times as long and put the right one first for
.73 of 192 questions, as four do."""
WEIGHT = 0.4
"""Of a cross-encoder's score beside the search's. With less, everyday questions get the passage
that answers first a little less often; with more, short ones gain and the long ones of
gitlab_handbook lose (at .5 four of 48), from .6 on those of mtrag_govt and clapnq, too."""
FLOOR = -3.0
"""Logits. All that is less says that a passage does not answer. How far less it is says nothing:
so are all passages scored that are in another language than the question."""


def blended(
    pages: Sequence[FoundPage], best: Sequence[Hit], scores: Sequence[float]
) -> tuple[FoundPage, ...]:
    """Return ``pages`` in an order that heeds the ``scores`` of the ``best`` passages; each of
    these keeps its score as `Hit.relevance`.

    What one passage gains another loses, so those that were not read keep their scores.
    """
    heard = [max(score, FLOOR) for score in scores]
    middle = sum(heard) / len(heard)
    read = {hit.passage.id: score for hit, score in zip(best, scores, strict=True)}

    def weighed(hit: Hit) -> Hit:
        relevance = read.get(hit.passage.id)
        if relevance is None:
            return hit
        gain = WEIGHT * (max(relevance, FLOOR) - middle)
        return replace(hit, score=hit.score + gain, relevance=relevance)

    found = [_with_hits(page, tuple(map(weighed, page.hits)), read.keys()) for page in pages]
    # Python's sort keeps the order of equals, which is the search's.
    return tuple(sorted(found, key=lambda page: -page.score))


def _with_hits(page: FoundPage, hits: tuple[Hit, ...], read: Container[uuid.UUID]) -> FoundPage:
    """A page gains or loses what its best passage does."""
    if not any(hit.passage.id in read for hit in hits):
        return page
    ordered = tuple(sorted(hits, key=lambda hit: -hit.score))
    gain = ordered[0].score - max(hit.score for hit in page.hits)
    return replace(page, score=page.score + gain, hits=ordered)
