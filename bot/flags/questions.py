"""Recorded questions, as people other than their askers may read them.

A chosen reading is in the words of its page. People who may not read that page see the question
that was asked before the choice.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from bot.background import beside
from bot.conversation.choices import before_choice
from bot.conversation.model import ANYBODY, Choice, RecordedAnswer
from bot.flags import texts
from bot.flags.feedback import Feedback
from bot.flags.ports import KeptVerdicts
from bot.ports import Library
from indexers.model import Reader


@dataclass(frozen=True, slots=True)
class ReadableQuestions:
    """The questions that people may read. ``executor`` runs the checks of pages."""

    feedback: Feedback
    library: Library
    executor: Executor

    async def shown(self, recorded: RecordedAnswer, reader: Reader = ANYBODY) -> str:
        """Return the question in words that ``reader`` may read, or that there are none."""
        return (await self.readable(recorded, reader)).asked.question or texts.QUESTION_LOST

    async def readable(self, recorded: RecordedAnswer, reader: Reader = ANYBODY) -> RecordedAnswer:
        """Return ``recorded``, or what was asked before the choice if ``reader`` may not read the
        page of the chosen reading. The question is empty if it is not known any more what that
        was. An answer without a question has that of its flag."""
        id_ = recorded.asked.place.flag
        if id_ is not None and (flag := await self.feedback.flag(id_)):
            return await self.readable(flag.recorded, reader)
        own, pages = before_choice(recorded, await self.feedback.earlier(recorded))
        found = await beside(self.executor, self.library.open_to, reader, pages) if pages else ()
        return recorded if len(found) == len(pages) else own

    async def choice(self, recorded: RecordedAnswer) -> Choice | None:
        """Return the choice that led to the question's words, to be stored with another answer to
        them; None if they are a person's own."""
        own, pages = before_choice(recorded, await self.feedback.earlier(recorded))
        return Choice(own.asked.question, own.asked.asker, tuple(pages)) if pages else None


def own_words(recorded: RecordedAnswer, kept: KeptVerdicts) -> str:
    """Return the question without a chosen reading, for a reader whose rights are unknown."""
    id_ = recorded.asked.place.flag
    if id_ is not None and (flag := kept.flag(id_)):
        return own_words(flag.recorded, kept)
    own, _ = before_choice(recorded, kept.earlier(recorded))
    return own.asked.question or texts.QUESTION_LOST
