"""A question on its way through the engine, and the response with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.nodes import pages_of
from bot.answering.retrieval.recheck import Check
from bot.answering.retrieval.retrieval import FoundPage, Retrieved
from bot.model import Question, Result, Source
from bot.ports import OnText
from indexers.model import Principal, Reader

_NOBODY = Principal.of()


@dataclass(kw_only=True)
class FootnoteQuery(QueryBundle):
    """LlamaIndex's query with our question, and the state of the engine for it.

    Each question needs a new object.
    """

    question: Question
    """The question in the words that are searched for."""
    typed: Question
    """The question as it came."""
    on_text: OnText | None = None
    embed_ms: float = 0.0
    search_ms: float = 0.0
    found_pages: tuple[FoundPage, ...] = ()
    """The passages found, in the order in which they were searched for an answer."""
    named: tuple[Source, ...] | None = None
    """The sources that `LiveRights` checks. None means all nodes that it gets."""
    quotes: bool = False
    """Whether these sources are quoted, and not only named."""
    check: Check | None = None
    """The rechecks so far."""
    attempts: int = 0
    """How many answers in a model's words were begun."""

    @classmethod
    def of(cls, question: Question, on_text: OnText | None = None) -> FootnoteQuery:
        return cls(query_str=question.text, question=question, typed=question, on_text=on_text)

    @property
    def as_typed(self) -> Question:
        """Return the question in its asker's words, with the history as it came. Only the search
        knows what became of it: a glued follow-up, corrected words, a translation."""
        return replace(self.question, asked=self.typed)

    def retrieved(self, nodes: Sequence[NodeWithScore]) -> Retrieved:
        """Return ``nodes`` as the passages found, with the duration of the search."""
        return Retrieved(pages_of(nodes), self.embed_ms, self.search_ms)


def as_footnote_query(query: QueryBundle, reader: Reader | None = None) -> FootnoteQuery:
    """Return ``query`` as a `FootnoteQuery` by ``reader``.

    Raises:
        ValueError: the question is another reader's.
    """
    if not isinstance(query, FootnoteQuery):
        return FootnoteQuery.of(Question(query.query_str, reader or _NOBODY))
    if reader is not None and query.question.reader != reader:
        raise ValueError("this engine searches with another reader's rights")
    return query


@dataclass
class FootnoteResponse(Response):
    """A response. ``result`` is the answer, or the reason why there is none. ``source_nodes`` are
    the rechecked passages that it cites; ``metadata`` has an entry for each."""

    result: Result = field(kw_only=True)


def as_footnote_response(response: RESPONSE_TYPE) -> FootnoteResponse:
    """Return ``response`` as a `FootnoteResponse`.

    Raises:
        TypeError: it is no response of a `FootnoteQueryEngine`.
    """
    if not isinstance(response, FootnoteResponse):
        raise TypeError(f"{type(response).__name__} carries no result")
    return response
