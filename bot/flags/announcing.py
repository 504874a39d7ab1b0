"""Written answers are announced to the operator, who can withdraw them.

An announcement is recorded as due together with the answer. So a restart, or a chat that is away,
only delays it; and only one of several processes posts it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.model import ANYBODY, Notice, Press
from footnote_bot.bot.conversation.ports import Locks
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, LockTaken
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.content import PublishedAnswer, announcement_name
from footnote_bot.bot.flags.model import Announcement, End, FlagPeriods
from footnote_bot.bot.flags.ports import FlagChat, FlagDirectory, WrittenAnswers
from footnote_bot.bot.flags.review_channels import ReviewChannels, is_authorized
from footnote_bot.bot.ports import Library

logger = logging.getLogger(__name__)

GONE = Notice(texts.NOT_GIVEN_ANY_MORE)
NOT_YOURS = Notice(texts.NOT_YOURS_TO_WITHDRAW)
WITHDRAWN = Notice(texts.WITHDRAWN)
_AGAIN = timedelta(minutes=10)
"""The time after which a refused announcement is tried again."""


@dataclass(frozen=True, slots=True)
class Announcements:
    """The announcements. When a written answer is withdrawn, recent answers that used it are
    retracted. ``process_due`` updates the card of a flag, by its id."""

    written: WrittenAnswers
    channels: ReviewChannels
    directory: FlagDirectory
    library: Library
    chat: FlagChat
    executor: Executor
    locks: Locks
    process_due: Callable[[int], Awaitable[object]]
    clock: Callable[[], datetime]
    periods: FlagPeriods
    _refused: dict[int, datetime] = field(default_factory=dict)

    async def warn_if_open(self) -> None:
        """Warn the operator, in the log, about a review channel that anybody may join: its members
        may publish answers.

        Raises:
            ChatUnavailable
        """
        for channel in sorted(self.channels.all_operators):
            if await self.directory.is_public(channel):
                logger.warning(
                    "The review channel %s is public: anybody who joins it may "
                    "publish verified answers for everybody. Make it private.",
                    channel,
                )

    async def announce_due(self) -> None:
        """Post the announcements that are due. One that the chat refused is tried again after ten
        minutes; one that another process works on is left to that process."""
        for announcement in await self.written.unannounced():
            tried = self._refused.get(announcement.written.id)
            if tried is None or self.clock() - tried >= _AGAIN:
                await self.announce(announcement.written.id, waiting=False)

    async def announce(self, id_: int, *, waiting: bool = True) -> None:
        """Post or update the announcement of a written answer; of an unauthorized one only once it
        has ended. If not ``waiting``, it is left to another process that works on it.

        Raises:
            StateUnavailable
        """
        try:
            async with self.locks.hold(f"(written {id_})", waiting=waiting):
                announcement = await self.written.announcement(id_)
                operators = self.channels.all_operators
                if announcement and (
                    announcement.ended or is_authorized(announcement.written, operators)
                ):
                    await self._announce(announcement)
        except LockTaken as error:
            logger.info("The announcement of answer %d is left to another process: %s", id_, error)
        except ChatUnavailable as error:
            logger.warning("The announcement of answer %d waits: %s", id_, error)

    async def _announce(self, announcement: Announcement) -> None:
        """Post or edit the announcement, and record that. A refused post is tried again later."""
        id_, channel = announcement.written.id, self._channel_of(announcement)
        ts = announcement.ts
        try:
            if channel and not ts:
                # The process that posted it may have died before recording that.
                name = announcement_name(announcement)
                ts = await self.chat.find(channel, name, since=announcement.written.written)
            if channel and ts:
                await self.chat.edit(channel, ts, await self._content(announcement, channel))
            elif channel and not announcement.ended:
                ts = await self.chat.post(channel, await self._content(announcement, channel))
        except ChatRefused as error:
            logger.warning("Answer %d cannot be announced in %s: %s", id_, channel, error)
            if not announcement.ended:
                self._refused[id_] = self.clock()
                return
        if not channel:
            logger.warning("Answer %d is not announced: no review channel is set", id_)
        await self.written.announced(announcement, channel, ts)

    async def _content(self, announcement: Announcement, channel: str) -> PublishedAnswer:
        """Return the announcement to show in ``channel``: in full if all there may read it."""
        sources = announcement.written.sources
        shown = await beside(self.executor, self.library.open_to, ANYBODY, sources)
        # Without sources nobody knows who may read the words.
        is_open = bool(sources) and len(shown) == len(sources)
        in_full = is_open and not await self.directory.has_outsiders(channel)
        by = await self.directory.name(announcement.by) if announcement.by else ""
        return PublishedAnswer(announcement, by, in_full)

    def _channel_of(self, announcement: Announcement) -> str:
        """Return the channel of the announcement, always one of the operator's."""
        if announcement.channel:
            return announcement.channel
        if self.channels.is_operators(announcement.written.channel):
            return announcement.written.channel
        return self.channels.operators(announcement.written.sources)

    async def withdraw(self, press: Press) -> None:
        """Handle the button that withdraws a written answer, if the person may press it now."""
        person, channel = press.person, press.channel
        announcement = await self.written.announcement(int(press.value))
        if announcement is None:
            await self.chat.post_privately(channel, person, GONE)
            return
        if not await self._may_withdraw(person, announcement):
            await self.chat.post_privately(channel, person, NOT_YOURS)
            return
        now, id_ = self.clock(), announcement.written.id
        within = self.periods.retracted_within
        since = now - within if within else None
        done = await self.written.end(id_, End.WITHDRAWN, person, now, retract_since=since)
        await self.announce(id_)
        if done and announcement.written.flag is not None:
            await self.process_due(announcement.written.flag)
        await self.chat.post_privately(channel, person, WITHDRAWN if done else GONE)

    async def _may_withdraw(self, person: str, announcement: Announcement) -> bool:
        """Return whether the person is an admin, or is in the announcement's review channel."""
        channel = self._channel_of(announcement)
        if self.channels.is_operators(channel) and await self.directory.is_member(channel, person):
            return True
        return await self.directory.is_admin(person)
