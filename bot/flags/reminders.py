"""Reminders of flags that wait too long: to the holder, else to the page's owner, else to the
review channel. Each recipient gets at most one a day."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass

from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.flags.content import Reminder, WaitingFlag
from footnote_bot.bot.flags.model import Flag
from footnote_bot.bot.flags.periods import FlagPeriods
from footnote_bot.bot.flags.ports import FlagChat
from footnote_bot.bot.flags.review import Review
from footnote_bot.bot.flags.service import FlagService

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reminders:
    """The reminders."""

    review: Review
    chat: FlagChat
    service: FlagService
    periods: FlagPeriods

    async def remind(self) -> None:
        """Send the reminders that are due.

        Raises:
            ChatUnavailable: the rest follows another day.
        """
        after = self.periods.remind_after
        if not after:
            return
        waiting: dict[str, list[Flag]] = defaultdict(list)
        for flag in await self.review.waiting(after):
            if recipient := flag.holder or flag.owner or await self.service.channel_of(flag):
                waiting[recipient].append(flag)
        for recipient, flags in waiting.items():
            # Record it first: a lost reminder comes tomorrow, but a second one today annoys.
            if await self.review.may_remind(recipient):
                await self._remind(recipient, flags)

    async def _remind(self, recipient: str, flags: list[Flag]) -> None:
        waiting = [
            WaitingFlag(
                await self.chat.address(flag.card.channel, flag.card.ts) if flag.card else "",
                await self.service.questions.shown(flag.recorded),
                flag.complaint,
            )
            for flag in flags
        ]
        try:
            await self.chat.post(recipient, Reminder(tuple(waiting)))
        except ChatRefused as error:
            logger.warning("%s cannot be reminded of flags: %s", recipient, error)
