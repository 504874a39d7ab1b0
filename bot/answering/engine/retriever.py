"""Footnote's search as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from footnote_bot.bot.answering.engine.events import dispatcher
from footnote_bot.bot.answering.engine.nodes import nodes_of, pages_of, with_chances
from footnote_bot.bot.answering.retrieval.folding import fold_pages
from footnote_bot.bot.answering.retrieval.neighbours import with_neighbours
from footnote_bot.bot.answering.retrieval.recheck import ROUNDS, PageRef, Recheck
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Reorder, Retrieval, Retrieved
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import Hit, Reader

Chance = Callable[[Question, Retrieved], float]
"""The chance that the passages answer the question, 0 to 1."""


@dataclass(kw_only=True)
class FootnoteQuery(QueryBundle):
    """LlamaIndex's query with our question, and after a search what was found."""

    question: Question
    """After a search, in the words that were searched for."""
    retrieved: Retrieved = field(default_factory=lambda: Retrieved((), 0.0, 0.0))
    unchecked: frozenset[PageRef] = frozenset()
    """Pages that were found and could not be confirmed in time."""

    @classmethod
    def of(cls, question: Question) -> FootnoteQuery:
        return cls(query_str=question.text, question=question)


class FootnoteRetriever(BaseRetriever):
    """A retriever of passages that ``reader`` may read, page by page, the best page first.

    There is no default reader: a search for everybody must say so. It folds copies, and reorders
    the passages by ``rerank``, which is limited in time and never fails. `find` adds neighbours,
    and returns pages as the index holds them.
    """

    def __init__(self, search: Retrieval, *, reader: Reader, rerank: Reorder | None = None) -> None:
        super().__init__()
        self._search = search
        self._rerank = rerank
        self.reader = reader

    def find(self, question: Question) -> tuple[Question, Retrieved]:
        """Return the question in the words that were searched for, and the pages found with the
        passages around the best ones. They are not rechecked, so none may be shown.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
            ValueError: the question is another reader's.
        """
        query = FootnoteQuery.of(question)
        pages = pages_of(self.retrieve(query))
        started = self._search.clock()
        pages = with_neighbours(pages, self._search.index, self.reader)
        search_ms = query.retrieved.search_ms + self._milliseconds_since(started)
        return query.question, replace(query.retrieved, pages=pages, search_ms=search_ms)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Search; a `FootnoteQuery` also gets the question as searched, and the result."""
        query = self._query(query_bundle)
        query.question = self._search.prepared(query.question)
        retrieved = self._search(query.question)
        started = self._search.clock()
        pages = self._in_order(query.question, retrieved.pages)
        search_ms = retrieved.search_ms + self._milliseconds_since(started)
        query.retrieved = Retrieved(pages, retrieved.embed_ms, search_ms)
        return nodes_of(pages)

    def _query(self, query_bundle: QueryBundle) -> FootnoteQuery:
        """Return the query as ours.

        Raises:
            ValueError: the question is another reader's.
        """
        if not isinstance(query_bundle, FootnoteQuery):
            return FootnoteQuery.of(Question(query_bundle.query_str, self.reader))
        if query_bundle.question.reader != self.reader:
            raise ValueError("this retriever searches with another reader's rights")
        return query_bundle

    @dispatcher.span
    def _in_order(self, question: Question, pages: Sequence[FoundPage]) -> tuple[FoundPage, ...]:
        """Return the pages without copies, reordered by the cross-encoder, if there is one."""
        folded = fold_pages(pages, question.language)
        return self._rerank(question, folded) if self._rerank else folded

    def _milliseconds_since(self, started: float) -> float:
        return (self._search.clock() - started) * 1000

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # The search uses the CPU, and a recheck waits for wikis: neither belongs on the event loop.
        return await asyncio.to_thread(self._retrieve, query_bundle)


class ConfirmedRetriever(FootnoteRetriever):
    """A retriever for other engines: of the ``limit`` best passages, best first.

    ``recheck`` asks the wikis whether their pages still exist and ``reader`` may still read them;
    an edited page has its current text. By ``chance`` scores are comparable between questions: the
    best passage's score is the chance that it answers.
    """

    def __init__(  # noqa: PLR0913 - the search, whose it is, and what other engines need
        self,
        search: Retrieval,
        *,
        reader: Reader,
        limit: int,
        chance: Chance,
        recheck: Recheck | None = None,
        rerank: Reorder | None = None,
    ) -> None:
        super().__init__(search, reader=reader, rerank=rerank)
        self._limit = limit
        self._recheck = recheck
        self._chance = chance

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = self._query(query_bundle)
        super()._retrieve(query)
        pages, query.unchecked = self._confirmed(query.retrieved.pages)
        chance = self._chance(query.question, replace(query.retrieved, pages=pages))
        nodes = {node.node.node_id: node for node in nodes_of(pages)}
        return with_chances([nodes[str(hit.passage.id)] for hit in self._best(pages)], chance)

    def _confirmed(
        self, pages: tuple[FoundPage, ...]
    ) -> tuple[tuple[FoundPage, ...], frozenset[PageRef]]:
        """Return the pages, the best of them rechecked, and those that could not be confirmed."""
        if self._recheck is None:
            return pages, frozenset()
        check = self._recheck.begin(self.reader, pages)
        for _ in range(ROUNDS):
            sources = [source_of(hit.passage, "") for hit in self._best(check.pages)]
            if check.confirm(sources, quoted=False):
                break
        else:
            check.keep_confirmed()
        return check.pages, frozenset(check.state.doubts)

    def _best(self, pages: Sequence[FoundPage]) -> list[Hit]:
        hits = [hit for page in pages for hit in page.hits]
        return sorted(hits, key=lambda hit: -hit.score)[: self._limit]
