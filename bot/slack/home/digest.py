"""The weekly digest in the review channel. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from footnote_bot.bot.flags.gaps import Gap
from footnote_bot.bot.flags.model import Flagged, Often, Volume
from footnote_bot.bot.slack.rendering.blocks import ago, joined
from footnote_bot.bot.slack.rendering.figures import question, stale, volume
from footnote_bot.bot.slack.rendering.links import origins as origins_of
from footnote_bot.bot.slack.rendering.message import Message, context, section
from footnote_bot.bot.slack.rendering.mrkdwn import link, literal
from footnote_bot.bot.slack.texts import home as texts
from footnote_bot.indexers.text.prose import plain

_NAMES_SHOWN = 10


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
    return ago(day, today) if day == today else texts.day(day, ago(day, today))


def _gap(gap: Gap) -> str:
    words = question(gap.latest.asked.question)
    return texts.often(words, len(gap.asked)) if gap.asked[1:] else words


def _failing(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(map(literal, names[:_NAMES_SHOWN]))
    return texts.failing_and_more(shown, more) if more > 0 else texts.failing(shown)
