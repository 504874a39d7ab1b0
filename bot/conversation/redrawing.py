"""Answers in the chat are redrawn in place: with their verdicts, or with a choice.

Other tasks may redraw the same answer at the same time, and its question may be edited or deleted.
The last writer may have the oldest state, so each reads the answer again after drawing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Content,
    Notice,
    RecordedAnswer,
    Tally,
)
from footnote_bot.bot.conversation.ports import Answers, Chat
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable

logger = logging.getLogger(__name__)

TAKEN_BACK = Notice(texts.RETRACTED)

Change = Callable[[AnswerContent], AnswerContent]


@dataclass(frozen=True, slots=True)
class Redrawing:
    answers: Answers
    chat: Chat

    async def draw(
        self, recorded: RecordedAnswer, change: Change = lambda content: content
    ) -> None:
        """Draw the answer as it is now; nothing, if it is not valid any more. If the chat refuses
        or is away, it stays as it is."""
        current = await self._read(recorded)
        if current is None or current[0].retracted:
            return
        while current is not None:
            latest, tally = current
            try:
                id_ = latest.message or recorded.message
                await self.chat.redraw(recorded, id_, _content(latest, tally, change))
            except (ChatRefused, ChatUnavailable) as error:
                logger.info("Answer %d could not be redrawn: %s", recorded.id, error)
                return
            before, current = current, await self._read(recorded)
            if current == before:
                return

    async def _read(self, recorded: RecordedAnswer) -> tuple[RecordedAnswer, Tally] | None:
        latest = await self.answers.recorded(recorded.id)
        if latest is None:
            return None
        tally = await self.answers.tally(recorded.id)
        return latest, tally


def _content(recorded: RecordedAnswer, tally: Tally, change: Change) -> Content:
    if recorded.retracted:
        return TAKEN_BACK
    return change(AnswerContent(recorded, tally))
