"""Recorded questions, as people other than their askers may read them.

A chosen reading is in the words of its page. People who may not read that page see the question
from before the choice.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.choices import before_choice
from footnote_bot.bot.conversation.model import ANYBODY, Choice, RecordedAnswer
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.ports import KeptVerdicts
from footnote_bot.bot.ports import Library
from footnote_bot.indexers.model import Reader


@dataclass(frozen=True, slots=True)
class ReadableQuestions:
    """The questions that people may read. ``executor`` runs the checks of pages."""

    feedback: Feedback
    library: Library
    executor: Executor

    async def shown(self, recorded: RecordedAnswer, reader: Reader = ANYBODY) -> str:
        """Return the question in words that ``reader`` may read, or a note that there are none."""
        return (await self.readable(recorded, reader)).asked.question or texts.QUESTION_LOST

    async def readable(self, recorded: RecordedAnswer, reader: Reader = ANYBODY) -> RecordedAnswer:
        """Return ``recorded``, or, if ``reader`` may not read the page of the chosen reading, the
        question from before the choice. It is empty if it is no longer known. An answer without a
        question has its flag's question."""
        id_ = recorded.asked.place.flag
        if id_ is not None and (flag := await self.feedback.store.flag(id_)):
            return await self.readable(flag.recorded, reader)
        own, pages = before_choice(recorded, await self.feedback.earlier(recorded))
        readable_pages = (
            await beside(self.executor, self.library.open_to, reader, pages) if pages else ()
        )
        return recorded if len(readable_pages) == len(pages) else own

    async def choice(self, recorded: RecordedAnswer) -> Choice | None:
        """Return the choice that led to the question's words, to be stored with another answer to
        the question; None if the words are a person's own."""
        own, pages = before_choice(recorded, await self.feedback.earlier(recorded))
        return Choice(own.asked.question, own.asked.asker, tuple(pages)) if pages else None


def own_words(recorded: RecordedAnswer, verdicts: KeptVerdicts) -> str:
    """Return the question from before any choice, for a reader whose rights are unknown."""
    id_ = recorded.asked.place.flag
    if id_ is not None and (flag := verdicts.flag(id_)):
        return own_words(flag.recorded, verdicts)
    own, _ = before_choice(recorded, verdicts.earlier(recorded))
    return own.asked.question or texts.QUESTION_LOST
