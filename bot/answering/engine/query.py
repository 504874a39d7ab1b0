"""A question on its way through the engine, and the response that carries its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.answering.engine.nodes import pages_of
from bot.answering.recheck import Check
from bot.answering.retrieval import FoundPage, Retrieved
from bot.model import Question, Result, Source
from bot.ports import Hear
from indexers.model import Principal, Reader

_NOBODY = Principal.of()


@dataclass(kw_only=True)
class FootnoteQuery(QueryBundle):
    """LlamaIndex's query with our question, and what the parts have learnt of it so far.

    One stands for one question: an engine that is asked again is handed another.
    """

    question: Question
    hear: Hear | None = None
    embed_ms: float = 0.0
    search_ms: float = 0.0
    found: tuple[FoundPage, ...] = ()
    """What the search brought, in the order in which an answer was sought in it."""
    named: tuple[Source, ...] | None = None
    """The sources that `LiveRights` looks at; None is all that it is given."""
    quotes: bool = False
    """Whether these sources are quoted, not only named."""
    check: Check | None = None
    """What has been looked at again."""
    ordered: tuple[FoundPage, ...] | None = None
    """The order that a language model gave, which is asked once a question."""
    attempts: int = 0
    """How often an answer in a model's words was begun."""

    @classmethod
    def of(cls, question: Question, hear: Hear | None = None) -> FootnoteQuery:
        return cls(query_str=question.text, question=question, hear=hear)

    def retrieved(self, nodes: Sequence[NodeWithScore]) -> Retrieved:
        """Return ``nodes`` as what was found, with the time that it took."""
        return Retrieved(pages_of(nodes), self.embed_ms, self.search_ms)


def asked(query: QueryBundle, reader: Reader | None = None) -> FootnoteQuery:
    """Return ``query`` as one of ours: by ``reader``, whoever else it names.

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
    """``result`` is the answer, or why there is none. ``source_nodes`` are the passages that
    it names, which have been looked at again; ``metadata`` says so of each."""

    result: Result = field(kw_only=True)


def ours(response: RESPONSE_TYPE) -> FootnoteResponse:
    """
    Raises:
        TypeError: it is no response of a `FootnoteQueryEngine`.
    """
    if not isinstance(response, FootnoteResponse):
        raise TypeError(f"{type(response).__name__} carries no result")
    return response
