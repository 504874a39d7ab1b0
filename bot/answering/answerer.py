"""The use case: a question in, an answer with its footnotes out, or why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from llama_index.core.postprocessor.types import BaseNodePostprocessor

from bot.answering.clarifying import Clarifying
from bot.answering.composing.composer import Composer
from bot.answering.confidence import Confidence
from bot.answering.deciding import worth_a_look
from bot.answering.engine.chat_engine import FootnoteChatEngine
from bot.answering.engine.neighbours import Neighbours
from bot.answering.engine.postprocessors import CrossEncoderRerank, ModelRerank, PageFolding
from bot.answering.engine.query import FootnoteQuery, ours
from bot.answering.engine.query_engine import FootnoteQueryEngine
from bot.answering.engine.retriever import FootnoteRetriever
from bot.answering.engine.rights import LiveRights
from bot.answering.engine.synthesizers import (
    QuoteSynthesizer,
    ResultSynthesizer,
    VerifiedSynthesizer,
)
from bot.answering.model_order import ModelOrder
from bot.answering.quoting import Quoting
from bot.answering.recheck import Recheck
from bot.answering.refusals import refusal, with_rebuilding_told, with_rights_told
from bot.answering.responding import Responder
from bot.answering.retrieval import FoundPage, Reorder, Retrieval, Retrieved
from bot.answering.sources import Aging
from bot.model import Answer, NoAnswer, Question, Reason, Result, Why, named
from bot.ports import Hear
from indexers.model import EVERYONE, Principal, Reader

_BEGINNING = "How do I get started, and what should everybody know?"
_TITLES = 4


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers by quotation, or in a language model's words if there is a ``composer``.
    ``wikis`` are named in this order, ``max_characters`` bounds a quoted answer's text,
    ``min_confidence`` (0 to 1) is where silence begins, ``min_unread`` where it begins if no
    cross-encoder read the passages; without ``recheck`` pages are
    taken as the index holds them; ``aging`` says which are old; ``rewrite`` makes follow-ups
    stand alone; ``clarifying`` asks back what says too little."""

    retrieval: Retrieval
    confidence: Confidence
    wikis: Sequence[str]
    max_characters: int = 700
    min_confidence: float = 0.05
    min_unread: float | None = None
    recheck: Recheck | None = None
    composer: Composer | None = None
    aging: Aging | None = None
    rewrite: Callable[[Question], Question] | None = None
    clarifying: Clarifying | None = None
    quoting: Quoting = field(default_factory=Quoting)
    rerank: Reorder | None = None
    """A cross-encoder that puts in order what was found."""
    order: ModelOrder | None = None
    """A language model that does so."""
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
        result, retrieved = self.searched(question, hear)
        result = with_rights_told(result, question, found=bool(retrieved))
        if self.is_partial():
            result = with_rebuilding_told(result)
        return self.aging(result) if self.aging else result

    def searched(
        self, question: Question, hear: Hear | None = None
    ) -> tuple[Result, tuple[FoundPage, ...]]:
        """Return the result beside the pages that it was sought in, the best first.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        query = FootnoteQuery.of(question, hear)
        response = self.chat_engine(question.reader).ask(query)
        return response.result, query.found

    def retriever(self, reader: Reader, *, limit: int) -> FootnoteRetriever:
        """Return a retriever for other engines than ours: with the rights of ``reader``, which
        are looked at again for each passage that it brings."""
        return FootnoteRetriever(
            self.retrieval,
            reader=reader,
            node_postprocessors=self._postprocessors(),
            rights=LiveRights(self.recheck, reader, limit=limit) if self.recheck else None,
            chance=self.responder.chance,
            limit=limit,
        )

    def neighbours(self, reader: Reader) -> Neighbours:
        """Return what adds the passages around those that were found, with the rights of
        ``reader``."""
        return Neighbours(self.retrieval.index, reader)

    def query_engine(self, reader: Reader) -> FootnoteQueryEngine:
        """Return an engine that answers with the rights of ``reader``."""
        return self._engine(reader, self._synthesizer())

    def chat_engine(self, reader: Reader) -> FootnoteChatEngine:
        """Return an engine for one conversation, with the rights of ``reader``."""
        engine = self.query_engine(reader)
        rewrite = self._rewritten if self.rewrite else None
        return FootnoteChatEngine(engine, rewrite=rewrite, clock=self.clock)

    def _rewritten(self, question: Question) -> Question:
        """A name that the model spells right must not count as one that it brings."""
        question = self.retrieval.prepared(question)
        return self.rewrite(question) if self.rewrite else question

    def _engine(self, reader: Reader, synthesizer: ResultSynthesizer) -> FootnoteQueryEngine:
        return FootnoteQueryEngine(
            FootnoteRetriever(self.retrieval, reader=reader),
            synthesizer,
            node_postprocessors=[*self._postprocessors(), self.neighbours(reader)],
            rights=LiveRights(self.recheck, reader) if self.recheck else None,
            order=ModelRerank(self.order) if self.order else None,
            clock=self.clock,
        )

    def _postprocessors(self) -> list[BaseNodePostprocessor]:
        folding = PageFolding()
        return [folding, CrossEncoderRerank(self.rerank)] if self.rerank else [folding]

    def _synthesizer(self) -> ResultSynthesizer:
        if self.composer:
            return VerifiedSynthesizer(self.composer, self.responder)
        return QuoteSynthesizer(self.responder)

    @property
    def responder(self) -> Responder:
        """What replies where no language model does."""
        return Responder(
            self.confidence,
            self.wikis,
            self.max_characters,
            self.min_confidence,
            self.min_unread,
            self.clarifying,
            lambda: bool(self.retrieval.index.counts()),
            self.clock,
            self.quoting,
        )

    def open_titles(self) -> list[str]:
        """Of some pages that everyone may read, and that help to begin. Like those of an answer
        they are looked at again.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question = Question(_BEGINNING, Principal.of(EVERYONE), quoting=True)
        engine = self._engine(question.reader, QuoteSynthesizer(_first_pages))
        response = ours(engine.query(FootnoteQuery.of(question)))
        titles = (source.title for source in named(response.result))
        return list(dict.fromkeys(titles))[:_TITLES]

    def why(self, question: Question) -> Why:
        """What decides whether the question is answered.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question, _ = self.chat_engine(question.reader).understood(question)
        query = FootnoteQuery.of(question)
        nodes = self.query_engine(question.reader).found(query)
        return self.responder.why(question, query.retrieved(nodes))


def _first_pages(_: Question, retrieved: Retrieved) -> Result:
    first = tuple(map(worth_a_look, retrieved.pages[:_TITLES]))
    return NoAnswer(Reason.NOTHING_FITS, "", first)
