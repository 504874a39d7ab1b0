"""A question's answer, made and put where the question stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.conversation.model import (
    ANYBODY,
    AskedQuestion,
    IncomingMessage,
    MessageRef,
    RecordedAnswer,
    Tally,
)
from bot.conversation.posting import Posted, Posting
from bot.conversation.redrawing import Redrawing
from bot.errors import StateUnavailable
from bot.feedback.feedback import Feedback
from bot.model import Question, Result
from bot.ports import Answering
from bot.slack.chat.streaming import Streaming
from bot.slack.writing import blocks

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answers:
    """``executor`` runs answering, so that it never takes the threads of the inbox.
    ``streaming`` shows an answer while it is made; without it, it comes at once."""

    feedback: Feedback
    answering: Answering
    posting: Posting
    redrawing: Redrawing
    streaming: Streaming | None
    executor: Executor
    clock: Callable[[], datetime]
    origins: frozenset[str]
    as_of: Callable[[], datetime | None]

    async def make(
        self, letter: IncomingMessage, asking: Question, posted: Posted, *, live: bool
    ) -> tuple[Result, Posted]:
        """The answer, and what stands of its reply; ``live``: it may be shown meanwhile.

        Raises:
            NotOurs: the question was edited, deleted or stopped, or another process has it;
                whoever sees to that puts right what stands.
        """
        if live and self.streaming is not None:
            made = await self._live(letter, asking, posted, self.streaming)
        else:
            made = await self.alone(asking), posted
        await self.posting.hold(letter)
        return made

    async def record(
        self, letter: IncomingMessage, asking: Question, said: Result, *, private: bool
    ) -> RecordedAnswer:
        """
        Raises:
            AskerForgotten
        """
        is_open = not private and asking.reader == ANYBODY
        asked = AskedQuestion(asking.text, letter.person, place_of(letter), private, is_open)
        given = await asyncio.to_thread(self.feedback.record, asked, said, self.as_of())
        logger.info(
            "Answered message %s in %s: %s, %.0f ms",
            letter.ts,
            letter.channel,
            type(said).__name__,
            said.timings.total,
        )
        return given

    async def show(  # noqa: PLR0913 - a letter, its answer, and how it is given
        self,
        letter: IncomingMessage,
        asking: Question,
        said: Result,
        posted: Posted,
        *,
        private: bool = False,
        holding: bool = True,
    ) -> RecordedAnswer:
        """Put it where the question stands, in place of what stands of it there. For
        ``holding`` see `Posting.put`.

        Raises:
            AskerForgotten
        """
        given = await self.record(letter, asking, said, private=private)
        # What stands may have been judged.
        tally = await asyncio.to_thread(self.feedback.tally, given.id) if posted else Tally()
        messages = blocks.answer(given, self.origins, today=self.clock().date(), tally=tally)
        last = await self.posting.put(letter, messages, posted, holding=holding)
        await self._note(given.id, last)
        if posted and await asyncio.to_thread(self.feedback.tally, given.id) != tally:
            await self.redrawing.draw(replace(given, message=last))
        return given

    async def unposted(self, given: RecordedAnswer) -> RecordedAnswer:
        """Note that no message carries the answer any more, and return it so."""
        if given.message:
            await self._note(given.id, "")
        return replace(given, message="")

    async def alone(self, asking: Question) -> Result:
        """Made, and shown nowhere."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, self.answering.answer, asking)

    async def _live(
        self, letter: IncomingMessage, asking: Question, posted: Posted, streaming: Streaming
    ) -> tuple[Result, Posted]:
        loop, live = asyncio.get_running_loop(), streaming.open(letter, posted)
        try:
            answer = partial(self.answering.answer, asking, live.hear)
            said = await loop.run_in_executor(self.executor, answer)
            return said, await live.close()
        except BaseException:
            await live.abandon()
            raise

    async def _note(self, given: int, message: str) -> None:
        """The answer stands, so a failure now is none of it."""
        try:
            await asyncio.to_thread(self.feedback.posted, given, message)
        except StateUnavailable:
            logger.exception("Where answer %d stands could not be noted", given)


def place_of(letter: IncomingMessage) -> MessageRef:
    return MessageRef(letter.team, letter.channel, letter.ts, letter.thread)
