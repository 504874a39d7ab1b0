"""The engine: question -> nodes -> an answer whose pages were rechecked."""

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

from bot.answering.engine.nodes import pages_of, renewed
from bot.answering.engine.postprocessors import ModelRerank
from bot.answering.engine.query import FootnoteQuery, FootnoteResponse, asked
from bot.answering.engine.retriever import FootnoteRetriever
from bot.answering.engine.rights import LiveRights
from bot.answering.engine.synthesizers import ResultSynthesizer
from bot.answering.recheck import ROUNDS
from bot.model import Answer, Result, Source, named
from indexers.model import Reader


class FootnoteQueryEngine(BaseQueryEngine):
    """A query engine with the rights of its retriever's reader.

    ``rights`` rechecks the pages of an answer before anybody is shown it, and those of a prompt
    before a language model is; without it pages are taken as the index holds them. ``order`` is a
    language model that reorders the passages. ``turns`` limits how many searches compute at once.
    """

    def __init__(  # noqa: PLR0913 - the parts of the path
        self,
        retriever: FootnoteRetriever,
        synthesizer: ResultSynthesizer,
        *,
        node_postprocessors: Sequence[BaseNodePostprocessor] = (),
        rights: LiveRights | None = None,
        order: ModelRerank | None = None,
        turns: AbstractContextManager[object] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(callback_manager=None)
        self._retriever = retriever
        self._synthesizer = synthesizer
        self._node_postprocessors = tuple(node_postprocessors)
        self._rights = rights
        self._order = order
        self._turns = turns or nullcontext()
        self._clock = clock

    @property
    def reader(self) -> Reader:
        """Return whose rights count."""
        return self._retriever.reader

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return all valid passages, after a recheck of each page. A query rechecks only those that
        its answer cites.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
            ValueError: the question is another reader's.
        """
        nodes = self.found(query_bundle)
        return self._rights.postprocess_nodes(nodes) if self._rights else nodes

    def found(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the passages as the index holds them: they were not rechecked, so none may be
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
        """Return an answer made of the valid ``nodes``."""
        query = asked(query_bundle)
        query.found = pages_of(nodes)
        if self._rights is None:
            return self._respond(query, nodes)
        started, searched = self._clock(), query.search_ms
        response = self._checked(query, nodes, self._rights)
        took = (self._clock() - started) * 1000
        # The reported order is the search's, not a language model's.
        timings = response.result.timings
        beside = timings.compose + max(0.0, timings.search - searched)
        return _with_result(
            response, replace(response.result, timings=replace(timings, check=took - beside))
        )

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
        query = asked(query_bundle, self.reader)
        return self.synthesize(query, self.found(query))

    async def _aquery(self, query_bundle: QueryBundle) -> FootnoteResponse:
        return await asyncio.to_thread(self._query, query_bundle)

    def _checked(
        self, query: FootnoteQuery, nodes: list[NodeWithScore], rights: LiveRights
    ) -> FootnoteResponse:
        """Return an answer whose pages were rechecked; if one of them was invalidated, it is made
        again from the others."""
        for _ in range(ROUNDS):
            nodes = self._settled(query, nodes, rights)
            response = self._respond(query, nodes)
            query.named = named(response.result)
            query.quotes = isinstance(response.result, Answer)
            left = rights.postprocess_nodes(nodes, query)
            if left is nodes:
                break
            nodes = left
        else:
            response = self._respond(query, rights.sure(nodes, query))
        return _with_result(response, rights.with_doubts(response.result, query))

    def _settled(
        self, query: FootnoteQuery, nodes: list[NodeWithScore], rights: LiveRights
    ) -> list[NodeWithScore]:
        """Return the nodes after a recheck in advance, because text that a model or a listener got
        cannot be taken back."""
        if not self._leaves(query):
            return nodes
        for _ in range(ROUNDS):
            query.named, query.quotes = tuple(self._leaving(query, nodes)), False
            left = rights.postprocess_nodes(nodes, query)
            if left is nodes:
                return nodes
            nodes = left
        return rights.sure(nodes, query)

    def _leaves(self, query: FootnoteQuery) -> bool:
        return not query.question.quoting and (
            self._order is not None or self._synthesizer.asks_a_model
        )

    def _leaving(self, query: FootnoteQuery, nodes: Sequence[NodeWithScore]) -> list[Source]:
        """Return what a language model is shown of ``nodes``."""
        retrieved = query.retrieved(nodes)
        first = self._order.shown(retrieved) if self._order else []
        return [*first, *self._synthesizer.shown(query.question, retrieved)]

    def _respond(self, query: FootnoteQuery, nodes: list[NodeWithScore]) -> FootnoteResponse:
        if self._order and not query.question.quoting:
            # Another order may bring an unchecked page to the front.
            shown = {(one.wiki, one.page) for one in self._leaving(query, nodes)}
            pages = [page for page in pages_of(nodes) if (page.wiki, page.page) in shown]
            nodes = self._order.postprocess_nodes(renewed(nodes, pages), query)
            query.found = pages_of(nodes)
        return self._synthesizer.synthesize(query, nodes)


def _with_result(response: FootnoteResponse, result: Result) -> FootnoteResponse:
    return replace(response, response=result.text, result=result)
