"""Reordering of the best passages by a cross-encoder, which reads them together with the question.

It is the bundled one, unless another or none is configured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from footnote_bot.bot.answering.question.followups import previous_question
from footnote_bot.bot.answering.reranking.bounded import Bounded
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import Hit, Passage
from footnote_bot.indexers.ports import Reranker

Scoring = Callable[[Question, Sequence[Passage]], Sequence[float]]
"""Returns how well each passage answers, or each of the first ones; higher is better. Raises
ModelUnavailable."""

Order = Callable[[Sequence[FoundPage], Sequence[Hit], Sequence[float]], tuple[FoundPage, ...]]
"""Pages, their best passages and the scores of these -> the pages reordered."""


def scoring_by(reranker: Reranker) -> Scoring:
    """Return a `Scoring` that compares passages with the question by ``reranker``."""

    def scores(question: Question, passages: Sequence[Passage]) -> Sequence[float]:
        texts = [passage.embedded for passage in passages]
        scores = reranker.scores(with_previous(question), texts)
        if not question.asking:
            return scores
        # The better counts: sentences around a question may explain it, or distract.
        return list(map(max, scores, reranker.scores(question.asking, texts)))

    return scores


def with_previous(question: Question) -> str:
    """Return a follow-up after the question that it follows, unless it was made standalone."""
    previous = previous_question(question.history)
    if question.standalone or not previous:
        return question.sought
    return f"{previous[:_LONGEST]} {question.text}"


_LONGEST = 300
"""Characters of an earlier turn: question and passage share the model's input."""


class Reranking:
    """A `bot.answering.retrieval.retrieval.Reorder` that keeps the order if it takes longer than
    ``seconds`` or fails. At most ``at_once`` calls run, including abandoned ones; a further call is
    skipped immediately. ``order`` applies the scores of the first ``passages``. Without
    ``foreign``, a question in another language than the pages is skipped, because ``scoring`` would
    not understand it."""

    def __init__(  # noqa: PLR0913 - each is a bound or a part of its own
        self,
        scoring: Scoring,
        order: Order,
        *,
        seconds: float,
        passages: int,
        at_once: int,
        foreign: bool = True,
    ) -> None:
        self._scoring = scoring
        self._order = order
        self._foreign = foreign
        self._passages = passages
        self._bounded = Bounded("Passages are not reranked", seconds=seconds, at_once=at_once)

    def __call__(self, question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
        """Return the pages reordered by their passages; neighbours (``beside``) are not scored."""
        hits = [hit for page in pages for hit in page.hits if not hit.beside]
        best = sorted(hits, key=lambda hit: -hit.score)[: self._passages]
        not_understood = question.foreign and not self._foreign
        if not_understood or not best:
            return tuple(pages)
        passages = [hit.passage for hit in best]
        scores = self._bounded(lambda: self._scoring(question, passages))
        if scores is None:
            return tuple(pages)
        return self._order(pages, best[: len(scores)], scores)
