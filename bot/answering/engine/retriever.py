"""Footnote's search as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering import followups
from bot.answering.engine.nodes import nodes_of
from bot.answering.engine.query import asked
from bot.answering.retrieval import Retrieval
from indexers.model import Reader


class FootnoteRetriever(BaseRetriever):
    """Brings the passages that ``reader`` may read, page by page, the best page first.

    There is no default reader: whoever searches for everybody says so. ``node_postprocessors``
    see to what was found before anybody else does; ``limit`` is how many nodes are left (0: all).
    """

    def __init__(
        self,
        search: Retrieval,
        *,
        reader: Reader,
        node_postprocessors: Sequence[BaseNodePostprocessor] = (),
        limit: int = 0,
    ) -> None:
        super().__init__()
        self._search = search
        self.reader = reader
        self._node_postprocessors = tuple(node_postprocessors)
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """
        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
            ValueError: the question is another reader's.
        """
        query = asked(query_bundle, self.reader)
        # What is searched for is what the passages are compared with, and quoted for.
        query.question = followups.carried(self._search.prepared(query.question))
        retrieved = self._search(query.question)
        query.embed_ms, query.search_ms = retrieved.embed_ms, retrieved.search_ms
        nodes = nodes_of(retrieved.pages)
        for postprocessor in self._node_postprocessors:
            nodes = postprocessor.postprocess_nodes(nodes, query)
        return nodes[: self._limit] if self._limit else nodes

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # The search computes, and a recheck waits for wikis: neither belongs on the event loop.
        return await asyncio.to_thread(self._retrieve, query_bundle)
