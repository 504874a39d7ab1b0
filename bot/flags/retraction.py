"""Answers that must not stand are taken back: their pages are gone, or no longer for those
who read them. What takes their place says nothing of these pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.model import Notice, RecordedAnswer
from bot.conversation.redrawing import Redrawing
from bot.errors import ChatRefused, ChatUnavailable
from bot.flags.ports import CitedPages, FlagChat

logger = logging.getLogger(__name__)

RETRACTED = Notice(
    "This answer named a page that was removed or restricted since, or somebody withdrew what it"
    " said, so I took it back.",
    ("Ask again, and I answer from what the wiki says now.",),
)


@dataclass(frozen=True, slots=True)
class Retraction:
    cited: CitedPages
    chat: FlagChat
    redrawing: Redrawing
    clock: Callable[[], datetime]

    async def retract(self) -> None:
        """Take back all that were invalidated and stand yet. An edit does the same when done
        twice, so one that may have been done is done again."""
        for given in await asyncio.to_thread(self.cited.invalidated):
            try:
                await self._retract(given)
            except ChatUnavailable as error:
                logger.warning("Answer %d is to be taken back and waits: %s", given.id, error)
                return
            if not await asyncio.to_thread(self.cited.retracted, given, self.clock()):
                # Answered anew in the last moment, and that may be what was just taken back.
                await self.redrawing.draw(given)

    async def _retract(self, given: RecordedAnswer) -> None:
        parts = await self.chat.reply_parts(given)
        if not await asyncio.to_thread(self.cited.is_invalid, given):
            return
        try:
            await self.chat.replace_reply(given, parts, RETRACTED)
        except ChatRefused as error:
            logger.warning("Answer %d cannot be taken back: %s", given.id, error)
            return
        logger.info("Answer %d was taken back: a page of it fell", given.id)
