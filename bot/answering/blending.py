"""The order of a search and that of a cross-encoder, combined.

Both scores are logits: the search's was fitted, and the cross-encoder's trained, to tell the better
of two passages. So they are added, the second with a weight.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Container, Sequence
from dataclasses import replace

from bot.answering.kinds import by_kind
from bot.answering.reranking import Reranking, reading
from bot.answering.retrieval import FoundPage, Reorder
from bot.model import Question
from indexers.model import Hit
from indexers.ports import Reranker

PASSAGES = 4
"""Passages that are read: six take half as long again, and 239 of 416 everyday questions are
answered right, instead of 235."""
WEIGHT = 0.8
"""The weight of a cross-encoder's score beside the search's. Of 385 everyday questions the first
passage answers .51 at .4, .535 at .8 and .54 at 1.2. Long ones lose: from .8 to 1.2 two of clapnq's
300, one of mtrag_govt's 207 and one of gitlab_handbook's 123."""
FLOOR = -3.0
"""The lowest logit that counts. Below it a passage does not answer, and how far below means
nothing: all passages in another language than the question score so."""


def blended(
    pages: Sequence[FoundPage], best: Sequence[Hit], scores: Sequence[float]
) -> tuple[FoundPage, ...]:
    """Return ``pages`` reordered by the ``scores`` of the ``best`` passages; each of these keeps
    its score as `Hit.relevance`.

    The scores are only redistributed, so passages that were not read keep theirs.
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


def is_agreed(hits: Sequence[Hit]) -> bool:
    """Return whether the search and the cross-encoder both put the first of ``hits`` first."""
    read = [hit for hit in hits if hit.relevance is not None]
    if not read:
        return False
    searched = max(read, key=lambda hit: hit.score - WEIGHT * max(hit.relevance or 0.0, FLOOR))
    preferred = max(read, key=lambda hit: hit.relevance or 0.0)
    return searched is preferred is hits[0]


def _with_hits(page: FoundPage, hits: tuple[Hit, ...], read: Container[uuid.UUID]) -> FoundPage:
    """Return the page with new hits; its score changes as its best passage's does."""
    if not any(hit.passage.id in read for hit in hits):
        return page
    ordered = tuple(sorted(hits, key=lambda hit: -hit.score))
    gain = ordered[0].score - max(hit.score for hit in page.hits)
    return replace(page, score=page.score + gain, hits=ordered)


def cross_encoder(reranker: Reranker | None, *, seconds: float, foreign: bool) -> Reorder | None:
    """Return the reranking by ``reranker``, if there is one, and within each page by the kind of
    thing that the question names. A cross-encoder takes all cores, so more than a few at once would
    only keep each other up."""
    if reranker is None:
        return None
    reranking = Reranking(
        reading(reranker),
        seconds=seconds,
        passages=PASSAGES,
        at_once=os.cpu_count() or 1,
        order=blended,
        fewest=1,
        foreign=foreign,
    )

    def reorder(question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
        return by_kind(question, reranking(question, pages))

    return reorder
