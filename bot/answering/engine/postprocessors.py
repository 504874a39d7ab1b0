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
from bot.answering.reranking.model_order import ModelOrder
from bot.answering.retrieval.folding import fold_pages
from bot.answering.retrieval.retrieval import Reorder, Retrieved
from bot.model import Source


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


class ModelRerank(BaseNodePostprocessor):
    """Reorders the passages by a language model. The model is asked once a question: if a page was
    invalidated and the answer is made again, the other pages keep their order."""

    _order: ModelOrder = PrivateAttr()

    def __init__(self, order: ModelOrder) -> None:
        super().__init__()
        self._order = order

    @classmethod
    def class_name(cls) -> str:
        return "ModelRerank"

    def shown(self, retrieved: Retrieved) -> list[Source]:
        """Return the passages that the model would be shown."""
        return self._order.shown(retrieved)

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        """Reorder the nodes.

        Raises:
            ValueError: there is no question to order the passages by.
        """
        if query_bundle is None:
            raise ValueError("reranking needs the question")
        query = as_footnote_query(query_bundle)
        if query.ordered is not None:
            return renewed(nodes, self._order.in_order_of(pages_of(nodes), query.ordered))
        _start(query, nodes, "language model")
        ordered = self._order(query.question, query.retrieved(nodes))
        query.ordered, query.search_ms = ordered.pages, ordered.search_ms
        return _end(renewed(nodes, ordered.pages))


def _start(query: QueryBundle, nodes: Sequence[NodeWithScore], name: str) -> None:
    dispatcher.event(
        ReRankStartEvent(query=query, nodes=list(nodes), top_n=len(nodes), model_name=name)
    )


def _end(nodes: list[NodeWithScore]) -> list[NodeWithScore]:
    dispatcher.event(ReRankEndEvent(nodes=nodes))
    return nodes
