"""Postprocessors of the nodes that a search found."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.instrumentation.events.rerank import ReRankEndEvent, ReRankStartEvent
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.events import dispatcher
from bot.answering.engine.nodes import pages_of, renewed
from bot.answering.engine.query import as_footnote_query
from bot.answering.retrieval.folding import fold_pages
from bot.answering.retrieval.retrieval import Reorder


class PageFolding(BaseNodePostprocessor):
    """Removes copies: a passage that is on two pages is shown once."""

    @classmethod
    def class_name(cls) -> str:
        return "PageFolding"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        language = as_footnote_query(query_bundle).question.language if query_bundle else ""
        return renewed(nodes, fold_pages(pages_of(nodes), language))


class CrossEncoderRerank(BaseNodePostprocessor):
    """Reorders the passages by a cross-encoder, which reads question and passage together.

    ``rerank`` is limited in time and never fails: at worst the order stays.
    """

    _rerank: Reorder = PrivateAttr()
    _name: str = PrivateAttr()

    def __init__(self, rerank: Reorder, name: str = "cross-encoder") -> None:
        super().__init__()
        self._rerank = rerank
        self._name = name

    @classmethod
    def class_name(cls) -> str:
        return "CrossEncoderRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        """Reorder the nodes.

        Raises:
            ValueError: there is no question to compare the passages with.
        """
        if query_bundle is None:
            raise ValueError("reranking needs the question")
        _start(query_bundle, nodes, self._name)
        pages = self._rerank(as_footnote_query(query_bundle).question, pages_of(nodes))
        return _end(renewed(nodes, pages))


def _start(query: QueryBundle, nodes: Sequence[NodeWithScore], name: str) -> None:
    dispatcher.event(
        ReRankStartEvent(query=query, nodes=list(nodes), top_n=len(nodes), model_name=name)
    )


def _end(nodes: list[NodeWithScore]) -> list[NodeWithScore]:
    dispatcher.event(ReRankEndEvent(nodes=nodes))
    return nodes
