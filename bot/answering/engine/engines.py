"""The pipeline as LlamaIndex's query engine and chat engine, for other applications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from footnote_bot.bot.answering.engine.nodes import nodes_of, with_chances
from footnote_bot.bot.answering.engine.pipeline import Pipeline
from footnote_bot.bot.answering.retrieval.stretch import has_line_of
from footnote_bot.bot.model import Answer, Question, Result, Role, Source, Turn, named


@dataclass
class FootnoteResponse(Response):
    """A response. ``result`` is the answer, or the reason why there is none. ``source_nodes`` are
    the rechecked passages that it cites; ``metadata`` has an entry for each."""

    result: Result = field(kw_only=True)


class FootnoteQueryEngine(BaseQueryEngine):
    """A query engine with the rights of its pipeline's reader."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(callback_manager=None)
        self._pipeline = pipeline

    def _query(self, query_bundle: QueryBundle) -> FootnoteResponse:
        reader = self._pipeline.retriever.reader
        return _answered(self._pipeline, Question(query_bundle.query_str, reader))

    async def _aquery(self, query_bundle: QueryBundle) -> FootnoteResponse:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


class FootnoteChatEngine(BaseChatEngine):
    """A chat engine with its pipeline reader's rights. It keeps the history, if none is passed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._history: list[ChatMessage] = []

    def reset(self) -> None:
        self._history.clear()

    @property
    def chat_history(self) -> list[ChatMessage]:
        return list(self._history)

    def chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """Answer a message.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if chat_history is not None:
            self._history = list(chat_history)
        turns = tuple(filter(None, map(_turn, self._history)))
        question = Question(message, self._pipeline.retriever.reader, history=turns)
        response = _answered(self._pipeline, question)
        self._history += [
            ChatMessage(content=message, role=MessageRole.USER),
            ChatMessage(content=str(response), role=MessageRole.ASSISTANT),
        ]
        return AgentChatResponse(
            response=str(response), source_nodes=response.source_nodes, metadata=response.metadata
        )

    async def achat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        return await asyncio.to_thread(self.chat, message, chat_history)

    def stream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Return the finished answer, line by line. A stream cannot take anything back, and until
        everything is checked, another answer may replace this one."""
        response = self.chat(message, chat_history)
        return StreamingAgentChatResponse(
            chat_stream=_stream_lines(response.response),
            source_nodes=response.source_nodes,
            is_writing_to_memory=False,
        )

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Do as `stream_chat`."""
        response = await self.achat(message, chat_history)
        return StreamingAgentChatResponse(
            achat_stream=_astream_lines(response.response),
            source_nodes=response.source_nodes,
            is_writing_to_memory=False,
        )


def _turn(message: ChatMessage) -> Turn | None:
    """Return the message as a turn; None for one that is empty, or instructs the model."""
    role = {MessageRole.USER: Role.ASKER, MessageRole.ASSISTANT: Role.BOT}.get(message.role)
    return Turn(role, message.content) if role and message.content else None


def _stream_lines(text: str) -> Generator[ChatResponse, None, None]:
    for piece in text.splitlines(keepends=True):
        yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT), delta=piece)


async def _astream_lines(text: str) -> AsyncGenerator[ChatResponse, None]:
    for piece in _stream_lines(text):
        yield piece


def _answered(pipeline: Pipeline, question: Question) -> FootnoteResponse:
    """Answer the question, and return the answer with the passages that it cites."""
    result, run = pipeline.answer(question)
    sources = result.sources if isinstance(result, Answer) else named(result)
    nodes = nodes_of(run.retrieved.pages)
    cited = [node for node in nodes if any(_is_cited(node, source) for source in sources)]
    cited = with_chances(cited, result.confidence)
    metadata: dict[str, Any] = {node.node.node_id: node.node.metadata for node in cited}
    metadata |= {"kind": type(result).__name__, "confidence": result.confidence}
    return FootnoteResponse(result.text, cited, metadata, result=result)


def _is_cited(node: NodeWithScore, source: Source) -> bool:
    metadata = node.node.metadata
    place = metadata["wiki"], metadata["page"], metadata["url"]
    return place == (source.wiki, source.page, source.url) and has_line_of(source.quote, node.text)
