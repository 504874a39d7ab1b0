"""Reordering of the best passages by a model that reads them together with the question.

The model is a local cross-encoder (the bundled one, unless another or none is configured), or a
language model, which is off by default.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.answering.question.followups import previous_question
from bot.answering.reranking.bounded import Bounded
from bot.answering.retrieval.retrieval import FoundPage
from bot.model import Question
from indexers.model import Hit, Passage
from indexers.ports import Reranker

Scoring = Callable[[Question, Sequence[Passage]], Sequence[float]]
"""Returns how well each passage answers, or each of the first ones; higher is better. Raises
ModelUnavailable or ModelFailed."""

Order = Callable[[Sequence[FoundPage], Sequence[Hit], Sequence[float]], tuple[FoundPage, ...]]
"""Pages, their best passages and the scores of these -> the pages reordered."""

PASSAGES = 20
"""Passages that are read. Further ones were seldom right."""


def scoring_by(reranker: Reranker) -> Scoring:
    def scores(question: Question, passages: Sequence[Passage]) -> Sequence[float]:
        texts = [passage.embedded for passage in passages]
        scores = reranker.scores(with_previous(question), texts)
        if not question.asking:
            return scores
        # The better counts: sentences around a question may explain it, or distract.
        return list(map(max, scores, reranker.scores(question.asking, texts)))

    return scores


def with_previous(question: Question) -> str:
    """Return a follow-up ("And how long?") with the question that it follows, unless it was made
    standalone."""
    previous = previous_question(question.history)
    if question.standalone or not previous:
        return question.sought
    return f"{previous[:_LONGEST]} {question.text}"


_LONGEST = 300
"""Characters of an earlier turn: question and passage share the model's input."""


class Reranking:
    """A `bot.answering.retrieval.retrieval.Reorder` that keeps the order if it takes longer than
    ``seconds`` or fails. At most ``at_once`` calls run, including abandoned ones; a further call is
    skipped immediately. ``order`` applies the scores; fewer than ``fewest`` passages are not
    reranked. Without ``foreign``, a question in another language than the pages is skipped, because
    ``scoring`` would not understand it."""

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
        self._order = order or redistributed
        self._fewest = fewest
        self._foreign = foreign
        self._passages = passages
        self._bounded = Bounded("Passages are not reranked", seconds=seconds, at_once=at_once)

    def __call__(self, question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
        best = self.best(pages)
        not_understood = question.foreign and not self._foreign
        if not_understood or len(best) < self._fewest:
            return tuple(pages)
        passages = [hit.passage for hit in best]
        scores = self._bounded(lambda: self._scoring(question, passages))
        if scores is None:
            return tuple(pages)
        return self._order(pages, best[: len(scores)], scores)

    def best(self, pages: Sequence[FoundPage]) -> list[Hit]:
        """Return the passages that are read, the best first."""
        hits = [hit for page in pages for hit in page.hits if not hit.beside]
        return sorted(hits, key=lambda hit: -hit.score)[: self._passages]


def redistributed(
    pages: Sequence[FoundPage], best: Sequence[Hit], scores: Sequence[float]
) -> tuple[FoundPage, ...]:
    """Return ``pages`` with their scores, and those of their ``best`` hits, redistributed in the
    order of ``scores``: later steps take the order from the scores, and expect them on the search's
    scale. Passages that were not read keep their own score; equal ``scores`` keep their order."""
    score_of = {hit.passage.id: score for hit, score in zip(best, scores, strict=True)}
    by_score = sorted(best, key=lambda hit: -score_of[hit.passage.id])
    old_scores = sorted((hit.score for hit in best), reverse=True)
    new_scores = {hit.passage.id: value for hit, value in zip(by_score, old_scores, strict=True)}
    scored_pages = [page for page in pages if _scores_of(page, score_of)]
    other_pages = [page for page in pages if not _scores_of(page, score_of)]
    ranked = sorted(scored_pages, key=lambda page: -max(_scores_of(page, score_of)))
    page_scores = sorted((page.score for page in scored_pages), reverse=True)
    renewed = [
        replace(page, score=score, hits=_with_scores(page, new_scores))
        for page, score in zip(ranked, page_scores, strict=True)
    ]
    return tuple(sorted([*renewed, *other_pages], key=lambda page: -page.score))


def _scores_of(page: FoundPage, score_of: Mapping[uuid.UUID, float]) -> list[float]:
    return [score_of[hit.passage.id] for hit in page.hits if hit.passage.id in score_of]


def _with_scores(page: FoundPage, new_scores: Mapping[uuid.UUID, float]) -> tuple[Hit, ...]:
    hits = [replace(hit, score=new_scores.get(hit.passage.id, hit.score)) for hit in page.hits]
    return tuple(sorted(hits, key=lambda hit: -hit.score))
