"""The engine for a conversation: a follow-up is turned into a standalone question, and a question
in another language than the pages into one in theirs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import replace

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)

from bot.answering.engine.events import dispatcher
from bot.answering.engine.query import FootnoteQuery, FootnoteResponse, as_footnote_response
from bot.answering.engine.query_engine import FootnoteQueryEngine
from bot.model import Question, Role, Turn

Rewrite = Callable[[Question], Question]
"""Puts a question into words that the search understands, if it does not."""


class FootnoteChatEngine(BaseChatEngine):
    """A chat engine with the rights of its engine's reader.

    It keeps the history, unless it is passed a ``chat_history``. ``rewrite`` makes a follow-up
    standalone, and translates; without it the search uses the history.
    """

    def __init__(
        self,
        engine: FootnoteQueryEngine,
        *,
        rewrite: Rewrite | None = None,
        chat_history: Sequence[ChatMessage] = (),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._engine = engine
        self._rewrite = rewrite
        self._history = list(chat_history)
        self._clock = clock

    @dispatcher.span
    def ask(self, query: FootnoteQuery) -> FootnoteResponse:
        """Answer ``query``, whose question has its own history.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ValueError: the question is another reader's.
        """
        query.question, milliseconds = self.standalone(query.question)
        response = as_footnote_response(self._engine.query(query))
        timings = replace(response.result.timings, rewrite=milliseconds)
        return replace(response, result=replace(response.result, timings=timings))

    def standalone(self, question: Question) -> tuple[Question, float]:
        """Return the question, standalone if possible and in a language of the pages, and the
        milliseconds that this took."""
        if not self._rewrite or question.quoting:
            return question, 0.0
        started = self._clock()
        return self._rewrite(question), (self._clock() - started) * 1000

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
        query = FootnoteQuery.of(self._question(message, chat_history))
        response = self.ask(query)
        self._remember(message, str(response))
        return AgentChatResponse(
            response=str(response),
            source_nodes=response.source_nodes,
            metadata=response.metadata,
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
            chat_stream=_pieces(response.response),
            source_nodes=response.source_nodes,
            is_writing_to_memory=False,
        )

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Do as `stream_chat`."""
        response = await self.achat(message, chat_history)
        return StreamingAgentChatResponse(
            achat_stream=_apieces(response.response),
            source_nodes=response.source_nodes,
            is_writing_to_memory=False,
        )

    def _question(self, message: str, chat_history: Sequence[ChatMessage] | None) -> Question:
        if chat_history is not None:
            self._history = list(chat_history)
        turns = tuple(filter(None, map(_turn, self._history)))
        return Question(message, self._engine.reader, history=turns)

    def _remember(self, message: str, answer: str) -> None:
        self._history.append(ChatMessage(content=message, role=MessageRole.USER))
        self._history.append(ChatMessage(content=answer, role=MessageRole.ASSISTANT))


def _turn(message: ChatMessage) -> Turn | None:
    """Return the turn; None for a message that instructs the model."""
    role = {MessageRole.USER: Role.ASKER, MessageRole.ASSISTANT: Role.BOT}.get(message.role)
    return Turn(role, message.content) if role and message.content else None


def _pieces(text: str) -> Generator[ChatResponse, None, None]:
    for piece in text.splitlines(keepends=True):
        yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT), delta=piece)


async def _apieces(text: str) -> AsyncGenerator[ChatResponse, None]:
    for piece in _pieces(text):
        yield piece
