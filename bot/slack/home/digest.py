"""The weekly digest in the review channel. Pure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from footnote_bot.bot.conversation.model import ANYBODY
from footnote_bot.bot.errors import ChatRefused
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.insights import WEEK, Gap, Insights
from footnote_bot.bot.flags.model import Flag, Flagged, Often, Volume, question_of
from footnote_bot.bot.slack.api.marks import marked_messages
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.rendering.blocks import ago, joined
from footnote_bot.bot.slack.rendering.figures import question, stale, volume
from footnote_bot.bot.slack.rendering.links import origins as origins_of
from footnote_bot.bot.slack.rendering.message import Message, context, section
from footnote_bot.bot.slack.rendering.mrkdwn import link, literal
from footnote_bot.bot.slack.texts import home as texts
from footnote_bot.indexers.text.prose import plain

logger = logging.getLogger(__name__)

_WEEK = timedelta(days=7)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMES_SHOWN = 10
LATE = timedelta(hours=12)
"""A digest that could not be posted within this time is skipped."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly moment. ``weekday`` counts from Monday, 0, to Sunday, 6; ``at`` is local in
    ``zone``, including daylight saving time."""

    weekday: int
    at: time
    zone: tzinfo

    @classmethod
    def named(cls, weekday: str, at: time, zone: tzinfo) -> Weekly:
        """Return the moment on a weekday, given by its English name in lower case."""
        return cls(_WEEKDAYS.index(weekday), at, zone)

    def latest(self, now: datetime) -> datetime:
        """Return the latest occurrence of this moment that is not after ``now``, in UTC."""
        today = now.astimezone(self.zone).date()
        day = today - timedelta(days=(today.weekday() - self.weekday) % 7)
        # In UTC: within one time zone Python compares local times, not moments.
        moment = datetime.combine(day, self.at, self.zone).astimezone(UTC)
        if moment <= now:
            return moment
        return datetime.combine(day - _WEEK, self.at, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The flag that waits longest, ``since`` a day. ``question`` is empty if its card is not in
    this channel; ``address`` leads to the card, if there is one."""

    since: date
    question: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A week's figures. ``gaps`` and ``stale`` may be shown to everybody in the channel;
    ``failing`` are wikis by name; ``open_flags`` counts all unsettled flags."""

    volume: Volume
    flagged: Flagged
    open_flags: int = 0
    longest: Waiting | None = None
    gaps: Sequence[Gap] = ()
    stale: Sequence[Often] = ()
    failing: Sequence[str] = ()

    @property
    def is_quiet(self) -> bool:
        """Return whether nobody asked or flagged, and nothing waits or fails."""
        happened = self.volume.questions or self.flagged != Flagged()
        return not (happened or self.open_flags or self.failing)


def digest(week: Week, origins: Container[str], today: date) -> Message:
    """Return the digest of the week. Pages are linked if their origin is among ``origins``."""
    text = texts.last_week(volume(week.volume))
    blocks = [section(texts.last_week_in_bold(volume(week.volume))), section(_flags(week, today))]
    if week.gaps:
        lines = [f"\u2022 {_gap(gap)}" for gap in week.gaps]
        blocks.append(section(joined([texts.DIGEST_NOT_ANSWERED, *lines])))
    if week.stale:
        blocks.append(section(texts.DIGEST_STALE_PAGES))
        blocks += [section(f"\u2022 {stale(page, origins, today)}") for page in week.stale]
    if week.failing:
        blocks.append(section(_failing(week.failing)))
        blocks.append(context(texts.DIGEST_SEE_STATUS))
    return Message(text, blocks)


def _flags(week: Week, today: date) -> str:
    """Return the line of the numbers of flags, with the flag that waits longest."""
    flagged = week.flagged
    line = texts.flags_of_week(flagged.opened, flagged.fixed, week.open_flags)
    longest = week.longest
    if longest is None:
        return line
    label = question(longest.question) if longest.question else texts.A_FLAG
    if longest.address and longest.question:
        label = link(longest.address, plain(longest.question), origins_of([longest.address]))
    return texts.waits_longest(line, _since(longest.since, today), label)


def _since(day: date, today: date) -> str:
    """Return the day and how long ago it was; just "today" for today."""
    return ago(day, today) if day == today else texts.day(day, ago(day, today))


def _gap(gap: Gap) -> str:
    """Return the unanswered question, and how often it was asked, if more than once."""
    words, times = question(gap.latest.asked.question), len(gap.asked)
    return texts.often(words, times) if times > 1 else words


def _failing(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(map(literal, names[:_NAMES_SHOWN]))
    return texts.failing_and_more(shown, more) if more > 0 else texts.failing(shown)


class DigestLog(Protocol):
    """The digests that were posted, each named by when it was ``due``. Every method raises
    StateUnavailable."""

    async def begin(self, due: datetime) -> bool:
        """Return whether this process is to post the digest: no other is, and none has."""

    async def done(self, due: datetime) -> None:
        """Record that the digest needs no more posting."""


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
        now = self.slack.clock()
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
            today = self.slack.clock().date()
            message = await asyncio.to_thread(digest, week, self.slack.links, today)
            await self.slack.api.post(self.channel, message.marked(mark))

    async def _week(self) -> Week:
        """Return the figures of the last week, as far as all in the channel may see them."""
        flags = await self.feedback.open_flags()
        # People who may get no answers see figures, and neither pages nor questions.
        has_no_outsiders = not await self.slack.directory.has_outsiders(self.channel)
        return Week(
            volume=await self.insights.volume(WEEK),
            flagged=await self.insights.flagged(WEEK),
            open_flags=len(flags),
            longest=await self._waiting(flags[0], may_show=has_no_outsiders) if flags else None,
            gaps=await self._gaps() if has_no_outsiders else (),
            stale=await self.insights.stale(ANYBODY, _SHOWN) if has_no_outsiders else (),
            failing=await self.insights.failing(),
        )

    async def _waiting(self, flag: Flag, *, may_show: bool) -> Waiting:
        """Return the flag's day; with question and link if ``may_show`` and its card is here."""
        since = flag.raised.date()
        if not may_show or flag.card is None or flag.card.channel != self.channel:
            return Waiting(since)
        address = await self.slack.api.address(flag.card.channel, flag.card.ts)
        return Waiting(since, question_of(flag.recorded), address)

    async def _gaps(self) -> Sequence[Gap]:
        """Return the first gaps among the unanswered questions that were asked in public."""
        public, _ = await self.insights.unanswered(WEEK)
        gaps = await self.insights.gaps(public, _SHOWN)
        return [gap for gap, _ in gaps]
