"""Footnote's search as a LlamaIndex retriever, for whatever is built on LlamaIndex."""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from bot.answering.retrieval import Retrieval
from bot.model import Question
from indexers.model import Hit, Principal


class FootnoteRetriever(BaseRetriever):
    """Passages that ``reader`` may read, best page first; there is no default reader."""

    def __init__(self, retrieval: Retrieval, *, reader: Principal, limit: int = 10) -> None:
        super().__init__()
        self._retrieval = retrieval
        self._reader = reader
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = self._retrieval.spelled(Question(query_bundle.query_str, self._reader))
        retrieved = self._retrieval(question)
        hits = retrieved.hits
        return [_node(hit) for hit in hits[: self._limit]]


def _node(hit: Hit) -> NodeWithScore:
    passage = hit.passage
    node = TextNode(
        id_=str(passage.id),
        text=passage.text,
        metadata={
            "title": passage.title,
            "heading": " > ".join(passage.headings),
            "url": passage.url,
            "wiki": passage.wiki,
            "page": passage.page,
        },
    )
    return NodeWithScore(node=node, score=hit.score)
