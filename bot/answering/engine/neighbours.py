"""A LlamaIndex postprocessor that adds the passages around those found."""

from __future__ import annotations

from collections.abc import Iterator

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.nodes import hit_and_page, with_neighbours
from bot.answering.retrieval.stretch import is_beside
from indexers.model import Passage, Reader
from indexers.ports import PassageIndex, PassageRef

BEST = 6
"""Passages whose neighbours are added: more than an answer quotes."""


class Neighbours(BaseNodePostprocessor):
    """Adds the passages directly before and after each of the ``best`` ones, of the same section. A
    long list or table is cut into several passages, and its introduction is in an earlier one.

    Only passages that ``reader`` may read are added, and none of another revision of the page. In a
    `FootnoteQueryEngine` the live recheck comes after it, and covers them, too.
    """

    _index: PassageIndex = PrivateAttr()
    _reader: Reader = PrivateAttr()
    _best: int = PrivateAttr()

    def __init__(self, index: PassageIndex, reader: Reader, *, best: int = BEST) -> None:
        super().__init__()
        self._index = index
        self._reader = reader
        self._best = best

    @classmethod
    def class_name(cls) -> str:
        return "Neighbours"

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002 - LlamaIndex's signature
    ) -> list[NodeWithScore]:
        """Add the neighbours.

        Raises:
            IndexUnavailable: the index cannot be read.
        """
        present = {_passage_ref(hit_and_page(node)[0].passage) for node in nodes}
        ranked = sorted(nodes, key=NodeWithScore.get_score, reverse=True)
        best = [hit_and_page(node)[0].passage for node in ranked[: self._best]]
        missing = {ref for passage in best for ref in _around(passage)} - present
        neighbours = self._index.passages(missing, reader=self._reader)
        return with_neighbours(
            nodes,
            [added for added in neighbours if any(is_beside(added, passage) for passage in best)],
        )


def _passage_ref(passage: Passage) -> PassageRef:
    return passage.wiki, passage.page, passage.ordinal


def _around(passage: Passage) -> Iterator[PassageRef]:
    for ordinal in (passage.ordinal - 1, passage.ordinal + 1):
        if ordinal >= 0:
            yield passage.wiki, passage.page, ordinal
