"""The weekly digest in the review channel, posted once a week across restarts.

Everybody in the channel reads it. So it shows pages that everyone may read now, as a flag's card
does, and questions from public channels; flags with a card elsewhere are only counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from footnote_bot.bot.conversation.model import ANYBODY
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.gaps import Gap
from footnote_bot.bot.flags.insights import WEEK, Insights
from footnote_bot.bot.flags.model import Flag, Often
from footnote_bot.bot.slack.api.marks import marked_messages
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.home.digest import Waiting, Week, digest
from footnote_bot.bot.slack.home.weekly import Weekly

logger = logging.getLogger(__name__)

LATE = timedelta(hours=12)
"""A digest that could not be posted within this time is skipped."""
_SHOWN = 3


class DigestLog(Protocol):
    """The digests that were posted, each named by when it was ``due``. Every method raises
    StateUnavailable."""

    async def begin(self, due: datetime) -> bool:
        """Return whether this process is to post it."""

    async def done(self, due: datetime) -> None: ...


@dataclass(slots=True)
class Digests:
    """The digests. ``weekly`` says when one is due; None means never."""

    weekly: Weekly | None
    channel: str
    slack: SlackWorkspace
    log: DigestLog
    insights: Insights
    feedback: Feedback
    _settled: datetime | None = None
    """The due time of the latest digest that this process knows to be done."""

    async def post(self) -> None:
        """Post the digest that is due, if there is one and nobody has posted it.

        Raises:
            ChatUnavailable, StateUnavailable, IndexUnavailable: try again later.
        """
        if self.weekly is None or not self.channel:
            return
        now = self.slack.env.clock()
        due = self.weekly.latest(now)
        if due == self._settled or now - due > LATE:
            return
        if not await self.log.begin(due):
            return
        try:
            await self._post(due)
        except ChatRefused as error:
            logger.warning("The digest cannot be posted in %s: %s", self.channel, error)
        await self.log.done(due)
        self._settled = due

    async def _post(self, due: datetime) -> None:
        """Post the digest unless it is in the channel already: a failed call may have succeeded."""
        mark = f"digest-{due:%Y-%m-%d}"
        week = await self._week()
        if week.is_quiet:
            return
        if mark not in await marked_messages(self.slack.api, self.channel, since=due):
            today = self.slack.env.clock().date()
            message = await asyncio.to_thread(digest, week, self.slack.links, today)
            await self.slack.api.post(self.channel, message.marked(mark))

    async def _week(self) -> Week:
        flags = await self.feedback.open_flags()
        # People who may get no answers see figures, and neither pages nor questions.
        has_no_outsiders = not await self.slack.directory.readers.has_outsiders(self.channel)
        return Week(
            volume=await self.insights.volume(WEEK),
            flagged=await self.insights.flagged(WEEK),
            open_flags=len(flags),
            longest=await self._waiting(flags[0], may_show=has_no_outsiders) if flags else None,
            gaps=await self._gaps() if has_no_outsiders else (),
            stale=await self._stale() if has_no_outsiders else (),
            failing=await self.insights.failing(),
        )

    async def _stale(self) -> Sequence[Often]:
        return await self.insights.stale(ANYBODY, _SHOWN)

    async def _waiting(self, flag: Flag, *, may_show: bool) -> Waiting:
        since = flag.raised.date()
        if not may_show or flag.card is None or flag.card.channel != self.channel:
            return Waiting(since)
        address = await self.slack.api.address(flag.card.channel, flag.card.ts)
        return Waiting(since, await self.insights.questions.shown(flag.recorded), address)

    async def _gaps(self) -> Sequence[Gap]:
        public, _ = await self.insights.unanswered(WEEK)
        gaps = await self.insights.gaps(public, _SHOWN)
        return [gap for gap, _ in gaps]
