"""An answer to a question: made, recorded and shown in its thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.model import (
    ANYBODY,
    AnswerContent,
    AskedQuestion,
    AuditEntry,
    IncomingMessage,
    MessageRef,
    RecordedAnswer,
    ShownPage,
    Tally,
    Way,
)
from footnote_bot.bot.conversation.ports import Answers, AuditTrail, Directory, LiveReply, Posted
from footnote_bot.bot.conversation.posting import Posting, Redrawing
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.model import Answer, Question, Result, named
from footnote_bot.bot.ports import Answering

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerMaker:
    """A maker of answers. ``executor`` runs answering, so that it never uses the inbox's threads.
    ``as_of`` returns when the wikis were last read."""

    answers: Answers
    answering: Answering
    posting: Posting
    redrawing: Redrawing
    executor: Executor
    as_of: Callable[[], datetime | None]
    audit: AuditTrail
    directory: Directory

    async def make(
        self, message: IncomingMessage, question: Question, posted: Posted, *, live: bool
    ) -> tuple[Result, Posted]:
        """Return the answer and the posted messages of its reply; ``live``: show it while it is
        made.

        Raises:
            NotOurs: the question was edited, deleted or stopped, or another process has it. The
                worker that handles this change corrects the posted messages.
        """
        reply = self.posting.stream(message, posted) if live else None
        if reply is not None:
            outcome = await self._live(question, reply)
        else:
            outcome = await self.answer_silently(question), posted
        await self.posting.check_is_ours(message)
        return outcome

    async def record(
        self, message: IncomingMessage, question: Question, result: Result, *, private: bool
    ) -> RecordedAnswer:
        """Record the answer.

        Raises:
            AskerForgotten
        """
        is_open = not private and question.reader == ANYBODY
        place = MessageRef.of(message)
        asked = AskedQuestion(question.text, message.person, place, private, is_open)
        recorded = await self.answers.record(asked, result, self.as_of())
        logger.info(
            "Answered message %s in %s: %s, %.0f ms",
            message.ts,
            message.channel,
            type(result).__name__,
            result.timings.total,
        )
        return recorded

    async def note(
        self, recorded: RecordedAnswer, question: Question, way: Way, person: str = ""
    ) -> None:
        """Note in the audit trail that the answer to ``question`` is about to be shown: unless
        ``way`` is a channel, to ``person`` (empty: the asker) alone."""
        person, place = person or recorded.asked.asker, recorded.asked.place
        is_open = question.reader == ANYBODY
        if is_open:
            readers: frozenset[str] = frozenset()
        elif way is Way.CHANNEL:
            readers = await self.directory.readers_in(place.channel)
        else:
            readers = frozenset({person})
        pages = pages_shown(recorded.answer)
        if pages:
            await self.audit.note(AuditEntry(place, person, way, is_open, readers, pages))

    async def show(  # noqa: PLR0913 - a question, its answer, and how they came about
        self,
        message: IncomingMessage,
        question: Question,
        result: Result,
        posted: Posted,
        *,
        private: bool = False,
        held: bool = True,
    ) -> RecordedAnswer:
        """Show the answer as the reply, in place of the posted messages. ``held``: this worker
        has claimed the question, and posts only while it is still ours.

        Raises:
            AskerForgotten, NotOurs
        """
        recorded = await self.record(message, question, result, private=private)
        await self.note(recorded, question, Way.DIRECT if private else Way.CHANNEL)
        # The old answer may have verdicts.
        tally = await self.answers.tally(recorded.id) if posted else Tally()
        post = self.posting.put if held else self.posting.chat.reply
        message_id = await post(message, AnswerContent(recorded, tally), posted)
        await self._record_message(recorded.id, message_id)
        if posted and await self.answers.tally(recorded.id) != tally:
            await self.redrawing.draw(replace(recorded, message=message_id))
        return recorded

    async def unposted(self, recorded: RecordedAnswer) -> RecordedAnswer:
        """Record that no message carries the answer any more, and return it without one."""
        if recorded.message:
            await self._record_message(recorded.id, "")
        return replace(recorded, message="")

    async def answer_silently(self, question: Question) -> Result:
        """Make an answer without showing it."""
        return await beside(self.executor, self.answering.answer, question)

    async def _live(self, question: Question, reply: LiveReply) -> tuple[Result, Posted]:
        """Answer while ``reply`` shows the text; return the result and the posted messages."""
        try:
            result = await beside(self.executor, self.answering.answer, question, reply.write)
            return result, await reply.close()
        except BaseException:
            await reply.abandon()
            raise

    async def _record_message(self, recorded: int, message: str) -> None:
        """Record which message carries the answer. It is posted, so a failure is only logged."""
        try:
            await self.answers.posted(recorded, message)
        except StateUnavailable:
            logger.exception("The message of answer %d could not be recorded", recorded)


def pages_shown(result: Result) -> tuple[ShownPage, ...]:
    """Return the pages that the result shows, each once."""
    sources = result.sources if isinstance(result, Answer) else ()
    cited = {(source.wiki, source.page) for source in sources}
    shown: dict[tuple[str, str], ShownPage] = {}
    for source in named(result):
        place = source.wiki, source.page
        url = source.url.partition("#")[0]
        shown.setdefault(place, ShownPage(*place, source.revision, url, place in cited))
    return tuple(shown.values())
