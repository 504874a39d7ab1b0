"""The weekly digest in the review channel. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from bot.flags.gaps import Gap
from bot.flags.model import Flagged, Often, Volume
from bot.slack.rendering.blocks import ago, joined
from bot.slack.rendering.figures import question, stale, volume
from bot.slack.rendering.links import origins as origins_of
from bot.slack.rendering.message import Message, context, section
from bot.slack.rendering.mrkdwn import link, literal
from indexers.text.prose import plain

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
    text = f"The last 7 days: {volume(week.volume)}"
    blocks = [section(f"*The last 7 days*: {volume(week.volume)}"), section(_flags(week, today))]
    if week.gaps:
        lines = [f"\u2022 {_gap(gap)}" for gap in week.gaps]
        blocks.append(section(joined(["*The wiki does not answer*", *lines])))
    if week.stale:
        blocks.append(section("*Old pages that answers rest on*"))
        blocks += [section(f"\u2022 {stale(one, origins, today)}") for one in week.stale]
    if week.failing:
        blocks.append(section(_failing(week.failing)))
        blocks.append(context("`footnote status` says what went wrong."))
    return Message(text, blocks)


def _flags(week: Week, today: date) -> str:
    flagged = week.flagged
    line = f"*Flags*: {flagged.opened:,} opened, {flagged.fixed:,} fixed, {week.open_flags:,} open"
    longest = week.longest
    if longest is None:
        return line
    label = question(longest.question) if longest.question else "one"
    if longest.address and longest.question:
        label = link(longest.address, plain(longest.question), origins_of([longest.address]))
    return f"{line}. Waits longest, since {_since(longest.since, today)}: {label}"


def _since(day: date, today: date) -> str:
    return "today" if day == today else f"{day.day} {day:%b} ({ago(day, today)})"


def _gap(gap: Gap) -> str:
    times = f" ({len(gap.asked)} times)" if gap.asked[1:] else ""
    return f"{question(gap.latest.asked.question)}{times}"


def _failing(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(map(literal, names[:_NAMES_SHOWN])) + (f" and {more:,} more" * (more > 0))
    return f"*Syncs that went wrong*: {shown}"
