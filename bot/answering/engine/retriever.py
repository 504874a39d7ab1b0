"""Footnote's search as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.nodes import nodes_of, pages_of, with_chances
from bot.answering.engine.query import FootnoteQuery, as_footnote_query
from bot.answering.engine.rights import LiveRights
from bot.answering.retrieval.retrieval import Retrieval, Retrieved
from bot.model import Question
from indexers.model import Reader

Chance = Callable[[Question, Retrieved], float]
"""The chance that the passages answer the question, 0 to 1."""


class FootnoteRetriever(BaseRetriever):
    """A retriever of passages that ``reader`` may read, page by page, the best page first.

    There is no default reader: a search for everybody must say so. By default it returns all
    passages found, with the search's scores, for `FootnoteQueryEngine` to choose from. For other
    engines, it returns the ``limit`` best passages, best first; ``rights`` rechecks these before
    anybody sees them; ``chance`` makes scores comparable between questions: the best passage's
    score becomes the chance that it answers.
    """

    def __init__(  # noqa: PLR0913 - the search, whose it is, and what other engines need
        self,
        search: Retrieval,
        *,
        reader: Reader,
        node_postprocessors: Sequence[BaseNodePostprocessor] = (),
        rights: LiveRights | None = None,
        chance: Chance | None = None,
        limit: int = 0,
    ) -> None:
        super().__init__()
        self._search = search
        self.reader = reader
        self._node_postprocessors = tuple(node_postprocessors)
        self._rights = rights
        self._chance = chance
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Search for the question.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
            ValueError: the question is another reader's.
        """
        query = as_footnote_query(query_bundle, self.reader)
        query.question = self._search.prepared(query.question)
        retrieved = self._search(query.question)
        query.embed_ms, query.search_ms = retrieved.embed_ms, retrieved.search_ms
        nodes = nodes_of(retrieved.pages)
        for postprocessor in self._node_postprocessors:
            nodes = postprocessor.postprocess_nodes(nodes, query)
        return self._best_valid(query, nodes) if self._limit else nodes

    def _best_valid(
        self, query: FootnoteQuery, nodes_found: list[NodeWithScore]
    ) -> list[NodeWithScore]:
        """Return the best valid passages, with chances as scores."""
        ranked = sorted(nodes_found, key=NodeWithScore.get_score, reverse=True)
        nodes = self._rights.postprocess_nodes(ranked, query) if self._rights else ranked
        nodes = nodes[: self._limit]
        if self._chance is None or not nodes:
            return nodes
        # Passages that left the first ``limit`` were checked and are invalid: they answer nothing.
        invalid = _page_refs(ranked[: self._limit]) - _page_refs(nodes)
        remaining = [node for node in nodes_found if not _page_refs([node]) & invalid]
        return with_chances(nodes, self._chance(query.question, query.retrieved(remaining)))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # The search uses the CPU, and a recheck waits for wikis: neither belongs on the event loop.
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _page_refs(nodes: Sequence[NodeWithScore]) -> set[tuple[str, str]]:
    return {(page.wiki, page.page) for page in pages_of(nodes)}
