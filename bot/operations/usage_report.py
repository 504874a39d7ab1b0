"""Use case: what was asked, and what the language model used, by day, channel or person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.moments import day_of
from bot.operations import texts

DIRECT = texts.DIRECT_MESSAGES
SOMEBODY = texts.FORGOTTEN


class UsageBy(StrEnum):
    """The subject of a row of the report."""

    DAY = "day"
    CHANNEL = "channel"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """A question that is kept: when it was answered, if it was, by whom and where."""

    when: datetime
    channel: str
    person: str
    direct: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class TokensUsed:
    """The language model's usage on a day for a person or a channel (``payer``), or in all.
    ``direct``: the payer is the channel of a direct message."""

    day: date
    payer: str
    tokens: int
    cost: float
    direct: bool = False


class KeptUsage(Protocol):
    """The questions and the usage that are kept. Its methods raise StateUnavailable."""

    def asked(self, since: datetime) -> Iterator[AskedOnce]: ...

    def used(self, kind: str, since: date) -> Iterator[TokensUsed]:
        """Yield the usage of each ``day``, ``channel`` or ``person``."""
        ...


@dataclass(slots=True)
class _Sum:
    questions: int = 0
    answered: int = 0
    tokens: int = 0
    cost: float = 0.0


def usage_rows(
    kept: KeptUsage, by: UsageBy, since: datetime, name: Callable[[str], str], *, identify: bool
) -> list[dict[str, Any]]:
    """Return a row for each day (of this machine's time zone), channel or person, the earliest day
    or the most questions first. ``name`` returns a person's pseudonym. A direct message's
    channel names a person, too: unless they are to be identified, these are one row."""
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    directs: set[str] = set()

    def key(day: date, channel: str, person: str) -> str:
        if by is UsageBy.DAY:
            return day.isoformat()
        if by is UsageBy.CHANNEL:
            return DIRECT if channel in directs and not identify else channel
        if not person:
            return SOMEBODY
        return person if identify else name(person)

    for one in kept.asked(since):
        if one.direct:
            directs.add(one.channel)
        found = sums[key(day_of(one.when), one.channel, one.person)]
        found.questions += 1
        found.answered += one.answered
    for used in kept.used(by.value, since.date()):
        if used.direct:
            directs.add(used.payer)
        found = sums[key(used.day, used.payer, used.payer)]
        found.tokens += used.tokens
        found.cost += used.cost
    rows = [
        {
            by.value: name_,
            "questions": found.questions,
            "answered": found.answered,
            "tokens": found.tokens,
            "cost": round(found.cost, 6),
        }
        for name_, found in sums.items()
    ]
    if by is UsageBy.DAY:
        return sorted(rows, key=lambda row: str(row["day"]))
    return sorted(rows, key=lambda row: (-int(row["questions"]), str(row[by.value])))
