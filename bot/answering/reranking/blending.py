"""The combined order of a search and a cross-encoder.

Both scores are logits: the search's was fitted, and the cross-encoder's was trained, to tell which
of two passages is better. So they are added, the second with a weight.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from footnote_bot.bot.answering.reranking.reranking import Reranking, Scoring, scoring_by
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Reorder
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import Hit, Passage
from footnote_bot.indexers.ports import Reranker

PASSAGES = 4
"""Passages that the cross-encoder reads first."""
MORE = 4
"""Passages that it also reads if none of the first has a logit of `SURE`: a fifth of 416 everyday
questions. The passage then put first answers 237 of them instead of 229; to read all eight for
every question takes twice as long and answers 236."""
SURE = -1.0
"""The logit from which a passage may well answer. From -2 to 2 the gain is the same."""
WEIGHT = 0.8
"""The weight of a cross-encoder's score beside the search's. The first passage
answers .51 of 385 everyday questions at .4, .535 at .8 and .54 at 1.2. Long questions lose: from .8
to 1.2, two of clapnq's 300, one of mtrag_govt's 207 and one of gitlab_handbook's 123."""
FLOOR = -3.0
"""The lowest logit that counts. A passage below it does not answer, and how far below means
nothing: all passages in another language than the question are there."""


def blended(
    pages: Sequence[FoundPage], best: Sequence[Hit], scores: Sequence[float]
) -> tuple[FoundPage, ...]:
    """Return ``pages`` reordered by the ``scores`` of the ``best`` passages; each of these keeps
    its score as `Hit.relevance`.

    The scores are only redistributed, so passages that were not read keep theirs.
    """
    floored = [max(score, FLOOR) for score in scores]
    mean = sum(floored) / len(floored)
    score_of = {hit.passage.id: score for hit, score in zip(best, scores, strict=True)}

    def with_gain(hit: Hit) -> Hit:
        relevance = score_of.get(hit.passage.id)
        if relevance is None:
            return hit
        gain = WEIGHT * (max(relevance, FLOOR) - mean)
        return replace(hit, score=hit.score + gain, relevance=relevance)

    reordered = [
        _with_hits(page, tuple(map(with_gain, page.hits)), score_of.keys()) for page in pages
    ]
    # Python's sort keeps the order of equals, which is the search's.
    return tuple(sorted(reordered, key=lambda page: -page.score))


def is_agreed(hits: Sequence[Hit]) -> bool:
    """Return whether the search and the cross-encoder, each by itself, put the first of ``hits``
    first. A hit's score is `blended`; the search's own is that without the cross-encoder's."""
    scored = [hit for hit in hits if hit.relevance is not None]
    if not scored:
        return False
    by_search = max(scored, key=lambda hit: hit.score - WEIGHT * max(hit.relevance or 0.0, FLOOR))
    by_encoder = max(scored, key=lambda hit: hit.relevance or 0.0)
    return by_search is by_encoder is hits[0]


def until_sure(
    scoring: Scoring, *, seconds: float, clock: Callable[[], float] = time.monotonic
) -> Scoring:
    """Return a `Scoring` that scores only the first `PASSAGES` if one of them may well answer, or
    if these took so long that all passages would take longer than ``seconds``."""

    def scores(question: Question, passages: Sequence[Passage]) -> Sequence[float]:
        began = clock()
        first = scoring(question, passages[:PASSAGES])
        further = passages[PASSAGES:]
        is_slow = clock() - began > seconds / 2
        if not further or is_slow or max(first) >= SURE:
            return first
        return [*first, *scoring(question, further)]

    return scores


def _with_hits(
    page: FoundPage, hits: tuple[Hit, ...], scored_ids: Container[uuid.UUID]
) -> FoundPage:
    """Return the page with new hits. Its score changes by as much as its best passage's."""
    if not any(hit.passage.id in scored_ids for hit in hits):
        return page
    ordered = tuple(sorted(hits, key=lambda hit: -hit.score))
    gain = ordered[0].score - max(hit.score for hit in page.hits)
    return replace(page, score=page.score + gain, hits=ordered)


def cross_encoder(reranker: Reranker | None, *, seconds: float, foreign: bool) -> Reorder | None:
    """Return the reranking by ``reranker``; None without one. A cross-encoder uses all cores, so
    more than a few questions at once would only slow each other down."""
    if reranker is None:
        return None
    return Reranking(
        until_sure(scoring_by(reranker), seconds=seconds),
        blended,
        seconds=seconds,
        passages=PASSAGES + MORE,
        at_once=os.cpu_count() or 1,
        foreign=foreign,
    )
