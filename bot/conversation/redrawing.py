"""Answers in the chat are redrawn in place: with their verdicts, or with a choice.

Others may redraw the same answer at the same time, and its question may be edited or deleted. The
last writer may know least, so each reads the answer again after drawing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation import texts
from bot.conversation.model import AnswerContent, Content, Notice, RecordedAnswer, Tally
from bot.conversation.ports import Answers, Chat
from bot.errors import ChatRefused, ChatUnavailable

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
        known = await self._known(recorded)
        if known is None or known[0].retracted:
            return
        while known is not None:
            now, tally = known
            try:
                id_ = now.message or recorded.message
                await self.chat.redraw(recorded, id_, _content(now, tally, change))
            except (ChatRefused, ChatUnavailable) as error:
                logger.info("Answer %d could not be redrawn: %s", recorded.id, error)
                return
            before, known = known, await self._known(recorded)
            if known == before:
                return

    async def _known(self, recorded: RecordedAnswer) -> tuple[RecordedAnswer, Tally] | None:
        now = await self.answers.recorded(recorded.id)
        if now is None:
            return None
        tally = await self.answers.tally(recorded.id)
        return now, tally


def _content(recorded: RecordedAnswer, tally: Tally, change: Change) -> Content:
    if recorded.retracted:
        return TAKEN_BACK
    return change(AnswerContent(recorded, tally))
