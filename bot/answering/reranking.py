"""The best passages, read together with the question and reordered.

By a local cross-encoder (the bundled one, unless another or none is configured), or by a language
model, which is off by default.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.answering.bounded import Bounded
from bot.answering.retrieval import FoundPage
from bot.model import Question, Role
from indexers.model import Hit, Passage
from indexers.ports import Reranker

Scoring = Callable[[Question, Sequence[Passage]], Sequence[float]]
"""How well each passage answers; higher is better. Raises ModelUnavailable or ModelFailed."""

Order = Callable[[Sequence[FoundPage], Sequence[Hit], Sequence[float]], tuple[FoundPage, ...]]
"""Pages, their best passages and the scores of these -> the pages reordered."""

PASSAGES = 20
"""Passages that are read; those further down were seldom right."""


def reading(reranker: Reranker) -> Scoring:
    def scores(question: Question, passages: Sequence[Passage]) -> Sequence[float]:
        return reranker.scores(in_full(question), [passage.embedded for passage in passages])

    return scores


def in_full(question: Question) -> str:
    """Return a follow-up ("And how long?") together with the question before it, unless it was made
    standalone."""
    asked = [turn.text for turn in question.history if turn.role is Role.ASKER]
    if question.standalone or not asked:
        return question.sought
    return f"{' '.join(asked[-1].split())[:_LONGEST]} {question.text}"


_LONGEST = 300
"""Characters of an earlier turn: question and passage share the model's input."""


class Reranking:
    """A `bot.answering.retrieval.Reorder` that never takes longer than ``seconds`` and never fails:
    then the order stays. At most ``at_once`` run, including abandoned ones; one more is skipped at
    once. ``order`` applies the scores; fewer than ``fewest`` passages are not worth it. Without
    ``foreign`` a question in another language than the pages is skipped, because ``scoring`` would
    know no word of it."""

    def __init__(  # noqa: PLR0913 - each is a bound or a part of its own
        self,
        scoring: Scoring,
        *,
        seconds: float,
        passages: int = PASSAGES,
        at_once: int = 4,
        order: Order | None = None,
        fewest: int = 2,
        foreign: bool = True,
    ) -> None:
        self._scoring = scoring
        self._order = order or dealt
        self._fewest = fewest
        self._foreign = foreign
        self._passages = passages
        self._bounded = Bounded("Passages are not reranked", seconds=seconds, at_once=at_once)

    def __call__(self, question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
        best = self.best(pages)
        unknown = question.foreign and not self._foreign
        if unknown or len(best) < self._fewest:
            return tuple(pages)
        passages = [hit.passage for hit in best]
        scores = self._bounded(lambda: self._scoring(question, passages))
        return tuple(pages) if scores is None else self._order(pages, best, scores)

    def best(self, pages: Sequence[FoundPage]) -> list[Hit]:
        """Return the passages that are read, the best first."""
        hits = [hit for found in pages for hit in found.hits if not hit.beside]
        return sorted(hits, key=lambda hit: -hit.score)[: self._passages]


def dealt(
    pages: Sequence[FoundPage], best: Sequence[Hit], scores: Sequence[float]
) -> tuple[FoundPage, ...]:
    """Return ``pages`` with their scores and those of their ``best`` hits redistributed in the
    order of ``scores``: later steps read the order off the scores and their size as the search's.
    Passages that were not read keep their own; where ``scores`` are equal, the order stays."""
    read = {hit.passage.id: score for hit, score in zip(best, scores, strict=True)}
    order = sorted(best, key=lambda hit: -read[hit.passage.id])
    values = sorted((hit.score for hit in best), reverse=True)
    worth = {hit.passage.id: value for hit, value in zip(order, values, strict=True)}
    touched = [found for found in pages if _of(found, read)]
    rest = [found for found in pages if not _of(found, read)]
    ranked = sorted(touched, key=lambda found: -max(_of(found, read)))
    totals = sorted((found.score for found in touched), reverse=True)
    renewed = [
        replace(found, score=score, hits=_renewed(found, worth))
        for found, score in zip(ranked, totals, strict=True)
    ]
    return tuple(sorted([*renewed, *rest], key=lambda found: -found.score))


def _of(found: FoundPage, read: Mapping[uuid.UUID, float]) -> list[float]:
    return [read[hit.passage.id] for hit in found.hits if hit.passage.id in read]


def _renewed(found: FoundPage, worth: Mapping[uuid.UUID, float]) -> tuple[Hit, ...]:
    hits = [replace(hit, score=worth.get(hit.passage.id, hit.score)) for hit in found.hits]
    return tuple(sorted(hits, key=lambda hit: -hit.score))
