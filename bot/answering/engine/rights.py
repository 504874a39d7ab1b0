"""The live recheck of rights as a LlamaIndex postprocessor."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.events import RecheckEvent, dispatcher
from bot.answering.engine.nodes import pages_of, still_there
from bot.answering.engine.query import FootnoteQuery, as_footnote_query
from bot.answering.retrieval.recheck import ROUNDS, Check, Recheck
from bot.answering.retrieval.sources import source_of
from bot.model import Result, Source
from indexers.model import Reader


class LiveRights(BaseNodePostprocessor):
    """Asks the wikis whether pages still exist and ``reader`` may still read them.

    By itself it checks the first ``limit`` nodes (0: none) until all of these are valid, and
    removes all others. For `FootnoteQueryEngine` it checks the pages that an answer
    cites, for each answer again. An edited page gets its current text.
    """

    _recheck: Recheck = PrivateAttr()
    _reader: Reader = PrivateAttr()
    _limit: int = PrivateAttr()

    def __init__(self, recheck: Recheck, reader: Reader, *, limit: int = 0) -> None:
        super().__init__()
        self._recheck = recheck
        self._reader = reader
        self._limit = limit

    @classmethod
    def class_name(cls) -> str:
        return "LiveRights"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if isinstance(query_bundle, FootnoteQuery) and query_bundle.named is not None:
            query = as_footnote_query(query_bundle, self._reader)
            named, quoted = query_bundle.named, query_bundle.quotes
            return self._confirm(nodes, self._check(query, nodes), named, quoted=quoted)
        return self._confirm_first(nodes, self._recheck.begin(self._reader, pages_of(nodes)))

    def confirmed(self, nodes: list[NodeWithScore], query: FootnoteQuery) -> list[NodeWithScore]:
        """Return only the nodes of pages that were checked and are valid."""
        check = self._check(query, nodes)
        check.keep_confirmed()
        return still_there(nodes, check.pages)

    def with_doubts(self, result: Result, query: FootnoteQuery) -> Result:
        """Return ``result`` with the pages that could not be confirmed, and those that are only
        linked."""
        return query.check.with_doubts(result) if query.check else result

    def _check(self, query: FootnoteQuery, nodes: Sequence[NodeWithScore]) -> Check:
        if query.check is None:
            query.check = self._recheck.begin(self._reader, ())
        query.check.pages = pages_of(nodes)
        return query.check

    def _confirm(
        self, nodes: list[NodeWithScore], check: Check, named: Sequence[Source], *, quoted: bool
    ) -> list[NodeWithScore]:
        """Check the pages; return the same list if everything in ``named`` is unchanged."""
        unchanged = check.confirm(named, quoted=quoted)
        stand, fell, doubt = check.counts
        dispatcher.event(RecheckEvent(stand=stand, fell=fell, doubt=doubt))
        return nodes if unchanged else still_there(nodes, check.pages)

    def _confirm_first(self, nodes: list[NodeWithScore], check: Check) -> list[NodeWithScore]:
        for _ in range(ROUNDS):
            first = self._first(nodes)
            hits = [hit for page in pages_of(first) for hit in page.hits]
            named = [source_of(hit.passage, "") for hit in hits]
            remaining = self._confirm(nodes, check, named, quoted=False)
            if remaining is nodes:
                return first
            nodes = remaining
        check.keep_confirmed()
        return self._first(still_there(nodes, check.pages))

    def _first(self, nodes: list[NodeWithScore]) -> list[NodeWithScore]:
        return nodes[: self._limit] if self._limit else nodes
