"""Answers are retracted if their pages are gone, or closed to people who read the answers. The
replacement says nothing about these pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.conversation.model import Notice, RecordedAnswer
from footnote_bot.bot.conversation.redrawing import Redrawing
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.ports import CitedPages, FlagChat

logger = logging.getLogger(__name__)

RETRACTED = Notice(texts.RETRACTED, (texts.ASK_AGAIN,))


@dataclass(frozen=True, slots=True)
class Retraction:
    cited: CitedPages
    chat: FlagChat
    redrawing: Redrawing
    clock: Callable[[], datetime]

    async def retract(self) -> None:
        """Retract all invalidated answers that are still posted; if the chat is away, the rest
        waits. An edit can be repeated, so a retraction that may have happened is repeated."""
        for recorded in await self.cited.invalidated():
            try:
                await self._retract(recorded)
            except ChatUnavailable as error:
                logger.warning("The retraction of answer %d waits: %s", recorded.id, error)
                return
            if not await self.cited.retracted(recorded, self.clock()):
                # The question was answered again at the last moment, and this may have retracted
                # the new answer.
                await self.redrawing.draw(recorded)

    async def _retract(self, recorded: RecordedAnswer) -> None:
        parts = await self.chat.reply_parts(recorded)
        if not await self.cited.is_invalid(recorded):
            return
        try:
            await self.chat.replace_reply(recorded, parts, RETRACTED)
        except ChatRefused as error:
            logger.warning("Answer %d cannot be retracted: %s", recorded.id, error)
            return
        logger.info(
            "Answer %d was retracted: a page it cites was removed, restricted or withdrawn",
            recorded.id,
        )
