"""The use case: a question in, an answer with its footnotes out, or why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.answering.clarifying import Clarifying
from bot.answering.composing.composer import Composer
from bot.answering.confidence import Confidence
from bot.answering.disagreeing import with_disagreement
from bot.answering.model_order import ModelOrder
from bot.answering.recheck import Ahead, Compose, Recheck
from bot.answering.refusals import refusal, with_rebuilding_told, with_rights_told
from bot.answering.responding import Responder, nearest
from bot.answering.retrieval import Retrieval, Retrieved
from bot.answering.sources import Aging
from bot.model import Answer, NoAnswer, Question, Reason, Result, Source, Why, named
from bot.ports import Hear
from indexers.model import EVERYONE, Principal

_BEGINNING = "How do I get started, and what should everybody know?"
_TITLES = 4


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers by quotation, or in a language model's words if there is a ``composer``.
    ``wikis`` are named in this order, ``max_characters`` bounds a quoted answer's text,
    ``min_confidence`` (0 to 1) is where silence begins; without ``recheck`` pages are
    taken as the index holds them; ``aging`` says which are old; ``rewrite`` makes follow-ups
    stand alone; ``clarifying`` asks back what says too little."""

    retrieval: Retrieval
    confidence: Confidence
    wikis: Sequence[str]
    max_characters: int = 700
    min_confidence: float = 0.05
    recheck: Recheck | None = None
    composer: Composer | None = None
    aging: Aging | None = None
    rewrite: Callable[[Question], Question] | None = None
    clarifying: Clarifying | None = None
    order: ModelOrder | None = None
    """A language model that puts in order what was found."""
    verified: Callable[[Question], Answer | None] | None = None
    """What a person wrote to the question, if anybody did; it goes before the search."""
    is_partial: Callable[[], bool] = lambda: False
    """Whether the index is being built anew, and a search may miss what it will have."""
    clock: Callable[[], float] = time.perf_counter

    def answer(self, question: Question, hear: Hear | None = None) -> Result:
        """A composed answer is heard sentence by sentence; quotations come at once.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if refused := refusal(question.text):
            return refused
        if self.verified and (written := self.verified(question)):
            return written
        question, rewriting = self.understood(question)
        retrieved = self.retrieval(question)
        compose = self.composing(question, hear)
        ahead: Ahead | None = None
        if (self.composer or self.order) and not question.quoting:
            # What a model was shown or somebody heard cannot be taken back: so its pages are
            # looked at before.
            ahead = partial(self._leaving, question)
            if self.order:
                compose = self.order.before(question, compose, ahead)
        said = self._checked(question, retrieved, compose, ahead)
        said = replace(said, timings=replace(said.timings, rewrite=rewriting))
        said = with_rights_told(said, question, found=bool(retrieved.pages))
        if self.is_partial():
            said = with_rebuilding_told(said)
        return self.aging(said) if self.aging else said

    def _leaving(self, question: Question, retrieved: Retrieved) -> list[Source]:
        """What a language model is shown of what was found."""
        shown = self.order.shown(retrieved) if self.order else []
        return [*shown, *(self.composer.shown(question, retrieved) if self.composer else ())]

    def composing(
        self, question: Question, hear: Hear | None = None, *, by_model: bool = True
    ) -> Compose:
        """Return the function that makes what people read of what was found: by a language
        model only if ``by_model``, and if the question lets one be asked."""
        compose: Compose = partial(self.compose, question)
        if self.composer and by_model and not question.quoting:
            compose = self.composer.begin(question, compose, hear)
        return partial(_disagreeing, question.sought, compose)

    def understood(self, question: Question) -> tuple[Question, float]:
        """As it is searched for, and the milliseconds that a model took to rewrite it."""
        question = self.retrieval.spelled(question)
        if not self.rewrite or not question.history or question.quoting:
            return question, 0.0
        started = self.clock()
        return self.rewrite(question), (self.clock() - started) * 1000

    def _checked(
        self, question: Question, retrieved: Retrieved, compose: Compose, ahead: Ahead | None
    ) -> Result:
        if self.recheck is None:
            return compose(retrieved)
        started = self.clock()
        said = self.recheck(question.reader, retrieved, compose, ahead)
        took = (self.clock() - started) * 1000
        # A language model may have put in order meanwhile what was found; that is the search's.
        beside = said.timings.compose + max(0.0, said.timings.search - retrieved.search_ms)
        return replace(said, timings=replace(said.timings, check=took - beside))

    def compose(self, question: Question, retrieved: Retrieved) -> Result:
        """Return what ``retrieved`` says to the question, in quotations; or what to ask back."""
        return self._responder(question, retrieved)

    @property
    def _responder(self) -> Responder:
        return Responder(
            self.confidence,
            self.wikis,
            self.max_characters,
            self.min_confidence,
            self.clarifying,
            lambda: bool(self.retrieval.index.counts()),
            self.clock,
        )

    def open_titles(self) -> list[str]:
        """Of some pages that everyone may read, and that help to begin. Like those of an answer
        they are looked at again.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question = Question(_BEGINNING, Principal.of(EVERYONE))
        said = self._checked(question, self.retrieval(question), _first_pages, None)
        titles = (source.title for source in named(said))
        return list(dict.fromkeys(titles))[:_TITLES]

    def why(self, question: Question) -> Why:
        """What decides whether the question is answered.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question, _ = self.understood(question)
        return self._responder.why(question, self.retrieval(question))


def _disagreeing(question: str, compose: Compose, retrieved: Retrieved) -> Result:
    return with_disagreement(question, compose(retrieved), retrieved)


def _first_pages(retrieved: Retrieved) -> Result:
    first = tuple(map(nearest, retrieved.pages[:_TITLES]))
    return NoAnswer(Reason.NOTHING_FITS, "", first)
