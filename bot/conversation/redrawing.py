"""Answers that stand in Slack, drawn anew in place: with what people think of them, or with
what was chosen.

Meanwhile others may draw the same one, and its question may be edited or deleted. Whoever
comes last may know least, so each looks again when it has drawn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.model import RecordedAnswer, Tally
from bot.conversation.posting import mark
from bot.errors import SlackRefused, SlackUnavailable
from bot.feedback.feedback import Feedback
from bot.slack.calling.web import Voice
from bot.slack.writing import blocks
from bot.slack.writing.message import Message, say

logger = logging.getLogger(__name__)

TAKEN_BACK = say(
    "I took this answer back: its question was edited, a page that it named may not be read any "
    "more, or somebody withdrew what it said. Please ask again."
)

Change = Callable[[RecordedAnswer, Message], Message]


@dataclass(frozen=True, slots=True)
class Redrawing:
    feedback: Feedback
    voice: Voice
    clock: Callable[[], datetime]
    origins: frozenset[str]

    async def draw(
        self, given: RecordedAnswer, change: Change = lambda _, message: message
    ) -> None:
        """Nothing, if it stands no more. Where Slack does not take it, it stays as it is."""
        known = await self._known(given)
        if known is None or known[0].retracted:
            return
        while known is not None:
            message = known[0].message or given.message
            try:
                await self.voice.edit(
                    given.asked.place.channel, message, self._drawn(*known, change)
                )
            except (SlackRefused, SlackUnavailable) as error:
                logger.info("Answer %d could not be drawn anew: %s", given.id, error)
                return
            before, known = known, await self._known(given)
            if known == before:
                return

    async def _known(self, given: RecordedAnswer) -> tuple[RecordedAnswer, Tally] | None:
        now = await asyncio.to_thread(self.feedback.given, given.id)
        if now is None:
            return None
        tally = await asyncio.to_thread(self.feedback.tally, given.id)
        return now, tally

    def _drawn(self, given: RecordedAnswer, tally: Tally, change: Change) -> Message:
        place, today = given.asked.place, self.clock().date()
        if given.retracted:
            return TAKEN_BACK.marked(mark(place.ts, 0))
        messages = blocks.answer(given, self.origins, today=today, tally=tally)
        return change(given, messages[-1]).marked(mark(place.ts, len(messages) - 1))
