"""The query engine: question -> nodes -> an answer whose pages were rechecked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.nodes import pages_of
from bot.answering.engine.query import FootnoteQuery, FootnoteResponse, as_footnote_query
from bot.answering.engine.retriever import FootnoteRetriever
from bot.answering.engine.rights import LiveRights
from bot.answering.engine.synthesizers import ResultSynthesizer
from bot.answering.retrieval.recheck import ROUNDS
from bot.model import Result, Source, named
from indexers.model import Reader


class FootnoteQueryEngine(BaseQueryEngine):
    """A query engine with the rights of its retriever's reader.

    ``rights`` rechecks the pages of an answer before anybody sees it, and those of a prompt before
    a language model gets it; without it, pages count as the index holds them. ``turns``
    limits how many searches compute at once.
    """

    def __init__(  # noqa: PLR0913 - the parts of the path
        self,
        retriever: FootnoteRetriever,
        synthesizer: ResultSynthesizer,
        *,
        node_postprocessors: Sequence[BaseNodePostprocessor] = (),
        rights: LiveRights | None = None,
        turns: AbstractContextManager[object] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(callback_manager=None)
        self._retriever = retriever
        self._synthesizer = synthesizer
        self._node_postprocessors = tuple(node_postprocessors)
        self._rights = rights
        self._turns = turns or nullcontext()
        self._clock = clock

    @property
    def reader(self) -> Reader:
        """Return the reader whose rights count."""
        return self._retriever.reader

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return all valid passages, after a recheck of each page. A query only rechecks the pages
        that its answer cites.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
            ValueError: the question is another reader's.
        """
        nodes = self.found(query_bundle)
        return self._rights.postprocess_nodes(nodes) if self._rights else nodes

    def found(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the passages as the index holds them. They are not rechecked, so none may be
        shown.

        Raises:
            See `retrieve`.
        """
        with self._turns:
            return self._found(query_bundle)

    def _found(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        nodes = self._retriever.retrieve(query_bundle)
        started = self._clock()
        for postprocessor in self._node_postprocessors:
            nodes = postprocessor.postprocess_nodes(nodes, query_bundle)
        if isinstance(query_bundle, FootnoteQuery) and self._node_postprocessors:
            query_bundle.search_ms += (self._clock() - started) * 1000
        return nodes

    def synthesize(
        self,
        query_bundle: QueryBundle,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,  # noqa: ARG002 - LlamaIndex's signature; what was not looked at is shown to nobody
    ) -> FootnoteResponse:
        """Return an answer from the valid ``nodes``."""
        query = as_footnote_query(query_bundle)
        query.found_pages = pages_of(nodes)
        if self._rights is None:
            return self._respond(query, nodes)
        started = self._clock()
        response = self._checked(query, nodes, self._rights)
        milliseconds = (self._clock() - started) * 1000
        timings = response.result.timings
        timings = replace(timings, check=milliseconds - timings.compose)
        return _with_result(response, replace(response.result, timings=timings))

    async def asynthesize(
        self,
        query_bundle: QueryBundle,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
    ) -> FootnoteResponse:
        return await asyncio.to_thread(
            self.synthesize, query_bundle, nodes, additional_source_nodes
        )

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> FootnoteResponse:
        query = as_footnote_query(query_bundle, self.reader)
        return self.synthesize(query, self.found(query))

    async def _aquery(self, query_bundle: QueryBundle) -> FootnoteResponse:
        return await asyncio.to_thread(self._query, query_bundle)

    def _checked(
        self, query: FootnoteQuery, nodes: list[NodeWithScore], rights: LiveRights
    ) -> FootnoteResponse:
        """Return an answer whose pages were rechecked. If one of them is invalid, the answer is
        made again from the others."""
        for _ in range(ROUNDS):
            nodes = self._confirmed_nodes(query, nodes, rights)
            response = self._respond(query, nodes)
            query.named = named(response.result)
            query.quotes = any(source.quote for source in query.named)
            remaining = rights.postprocess_nodes(nodes, query)
            if remaining is nodes:
                break
            nodes = remaining
        else:
            response = self._respond(query, rights.confirmed(nodes, query))
        return _with_result(response, rights.with_doubts(response.result, query))

    def _confirmed_nodes(
        self, query: FootnoteQuery, nodes: list[NodeWithScore], rights: LiveRights
    ) -> list[NodeWithScore]:
        """Return the nodes after a recheck in advance: text that was sent to a model or streamed to
        a reader cannot be taken back."""
        if not self._sends_text(query):
            return nodes
        for _ in range(ROUNDS):
            query.named, query.quotes = tuple(self._sent_sources(query, nodes)), False
            remaining = rights.postprocess_nodes(nodes, query)
            if remaining is nodes:
                return nodes
            nodes = remaining
        return rights.confirmed(nodes, query)

    def _sends_text(self, query: FootnoteQuery) -> bool:
        return not query.question.quoting and self._synthesizer.asks_a_model

    def _sent_sources(self, query: FootnoteQuery, nodes: Sequence[NodeWithScore]) -> list[Source]:
        """Return the passages of ``nodes`` that a language model is shown."""
        return list(self._synthesizer.shown(query.as_typed, query.retrieved(nodes)))

    def _respond(self, query: FootnoteQuery, nodes: list[NodeWithScore]) -> FootnoteResponse:
        return self._synthesizer.synthesize(query, nodes)


def _with_result(response: FootnoteResponse, result: Result) -> FootnoteResponse:
    return replace(response, response=result.text, result=result)
