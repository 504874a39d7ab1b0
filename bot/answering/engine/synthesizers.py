"""Nodes -> a response: quotations, or a language model's checked words."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from llama_index.core.base.response.schema import RESPONSE_TYPE
from llama_index.core.callbacks import CallbackManager
from llama_index.core.indices.prompt_helper import ChatPromptHelper, PromptHelper
from llama_index.core.instrumentation.events.synthesis import (
    SynthesizeEndEvent,
    SynthesizeStartEvent,
)
from llama_index.core.llms.mock import MockLLM
from llama_index.core.response_synthesizers.base import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from bot.answering.composing.composer import Composed, Composer
from bot.answering.engine.events import dispatcher, verified
from bot.answering.engine.nodes import nodes_of, with_chances
from bot.answering.engine.query import FootnoteQuery, FootnoteResponse, as_footnote_query
from bot.answering.retrieval.retrieval import FoundPage, Retrieved
from bot.answering.retrieval.stretch import has_line_of
from bot.model import Answer, Question, Result, Source, named
from indexers.model import NOBODY, Hit, Passage

Respond = Callable[[Question, Retrieved], Result]


class ResultSynthesizer(BaseSynthesizer):
    """A synthesizer that makes our `Result` from nodes of a `FootnoteRetriever`. ``turns`` limits
    how many compute at once."""

    asks_a_model = False

    def __init__(self, turns: AbstractContextManager[object] | None = None) -> None:
        # LlamaIndex's global settings would replace missing arguments: they would look for OpenAI
        # and load a tokenizer. Neither is used.
        super().__init__(
            llm=MockLLM(),
            callback_manager=CallbackManager(),
            prompt_helper=PromptHelper(tokenizer=str.split),
            chat_prompt_helper=ChatPromptHelper(tokenizer=str.split),
        )
        self.turns = turns or nullcontext()

    @abstractmethod
    def respond(self, query: FootnoteQuery, retrieved: Retrieved) -> Result:
        """Return the result for the passages found."""

    def shown(self, question: Question, retrieved: Retrieved) -> Sequence[Source]:  # noqa: ARG002 - for who asks a model
        """Return the passages whose text a language model would be shown."""
        return ()

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> FootnoteResponse:
        footnote_query = as_footnote_query(QueryBundle(query) if isinstance(query, str) else query)
        dispatcher.event(SynthesizeStartEvent(query=footnote_query))
        result = self.respond(footnote_query, footnote_query.retrieved(nodes))
        response = _response(result, [*nodes, *(additional_source_nodes or ())])
        dispatcher.event(SynthesizeEndEvent(query=footnote_query, response=response))
        return response

    async def asynthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> RESPONSE_TYPE:
        return await asyncio.to_thread(self.synthesize, query, nodes, additional_source_nodes)

    def get_response(self, query_str: str, text_chunks: Sequence[str], **_: Any) -> str:
        """Answer from bare texts, the best first."""
        return str(self.synthesize(query_str, nodes_of(_pages(text_chunks))))

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **_: Any) -> str:
        return await asyncio.to_thread(self.get_response, query_str, text_chunks)

    def _get_prompts(self) -> dict[str, Any]:
        return {}

    def _update_prompts(self, prompts: dict[str, Any]) -> None:
        """Ignore other prompts, because the check relies on ours."""


class QuoteSynthesizer(ResultSynthesizer):
    """Replies in the pages' own words, or says why there is no answer."""

    def __init__(
        self, respond: Respond, turns: AbstractContextManager[object] | None = None
    ) -> None:
        super().__init__(turns)
        self._respond = respond

    def respond(self, query: FootnoteQuery, retrieved: Retrieved) -> Result:
        with self.turns:
            return self._respond(query.question, retrieved)


class VerifiedSynthesizer(ResultSynthesizer):
    """Replies in a language model's words, each sentence checked against the passages; with
    ``quoting`` if that is impossible or not wanted."""

    asks_a_model = True

    def __init__(
        self,
        composer: Composer,
        quoting: Respond,
        turns: AbstractContextManager[object] | None = None,
    ) -> None:
        super().__init__(turns)
        self._composer = composer
        self._quoting = quoting

    def shown(self, question: Question, retrieved: Retrieved) -> Sequence[Source]:
        return self._composer.shown(question, retrieved)

    def respond(self, query: FootnoteQuery, retrieved: Retrieved) -> Result:
        query.attempts += 1
        if query.question.quoting or query.attempts > _MOST_CALLS:
            return self._quoted(query.question, retrieved)
        quoting = partial(self._quoted, query.question)
        for step in self._composer.stream(query.as_typed, retrieved, quoting):
            if isinstance(step, Composed):
                dispatcher.event(verified(step))
                return step.result
            # A second call writes another answer.
            if query.on_text is not None and query.attempts == 1:
                query.on_text(step.text)
        raise TypeError("the last that comes is the answer")

    def _quoted(self, question: Question, retrieved: Retrieved) -> Result:
        with self.turns:
            return self._quoting(question, retrieved)


_MOST_CALLS = 2
"""Calls of the model for one question. A second one is needed if the recheck invalidated a page."""


def _response(result: Result, nodes: Sequence[NodeWithScore]) -> FootnoteResponse:
    sources = result.sources if isinstance(result, Answer) else named(result)
    cited_nodes = [node for node in nodes if any(_is_cited(node, source) for source in sources)]
    cited_nodes = with_chances(cited_nodes, result.confidence)
    metadata: dict[str, Any] = {node.node.node_id: node.node.metadata for node in cited_nodes}
    metadata["kind"] = type(result).__name__
    metadata["confidence"] = result.confidence
    return FootnoteResponse(result.text, cited_nodes, metadata, result=result)


def _is_cited(node: NodeWithScore, source: Source) -> bool:
    metadata = node.node.metadata
    place = metadata["wiki"], metadata["page"], metadata["url"]
    return place == (source.wiki, source.page, source.url) and has_line_of(source.quote, node.text)


def _pages(texts: Sequence[str]) -> list[FoundPage]:
    """Return each text as a page that nobody may read, because no reader was given."""
    pages = []
    for place, text in enumerate(texts):
        passage = Passage("", str(place), "", 0, "", (), "", text, f"\n{text}", NOBODY)
        pages.append(
            FoundPage("", str(place), 1 / (1 + place), (Hit(passage, 1 / (1 + place), 0.0),))
        )
    return pages
