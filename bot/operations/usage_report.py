"""Use case: the questions, and the language model's usage, by day, channel or person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from footnote_bot.bot.operations import texts

DIRECT = texts.DIRECT_MESSAGES
SOMEBODY = texts.FORGOTTEN


class UsageBy(StrEnum):
    """The subject of a row of the report."""

    DAY = "day"
    CHANNEL = "channel"
    PERSON = "person"


class QuestionOutcome(StrEnum):
    """The outcome of a question. Each question has one once the work on it has ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    NEAREST = "nearest"
    """Shown the nearest sections. In the report it counts as unanswered, too."""
    ASKED_BACK = "asked_back"
    """An earlier version asked what is meant."""
    FAILED = "failed"
    REFUSED = "refused"
    """Over the rate limit."""
    STOPPED = "stopped"
    """A person pressed Stop."""


@dataclass(frozen=True, slots=True)
class QuestionsAsked:
    """The number of questions of a day (of this machine's time zone), in a channel or of a person,
    with the same outcome. ``subject`` is the day in ISO's form or the id, empty for a forgotten
    person; ``direct``: it is the channel of a direct message."""

    subject: str
    outcome: QuestionOutcome
    questions: int
    direct: bool = False


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
    """The stored questions and usage. Its methods raise StateUnavailable."""

    def asked(self, kind: str, since: datetime) -> Iterator[QuestionsAsked]:
        """Yield the number of questions by outcome and ``kind``: day, channel or person."""

    def used(self, kind: str, since: date) -> Iterator[TokensUsed]:
        """Yield each day's usage of each payer of this ``kind``: day, channel or person."""


@dataclass(slots=True)
class _Sum:
    questions: Counter[QuestionOutcome] = field(default_factory=Counter)
    tokens: int = 0
    cost: float = 0.0


def usage_rows(
    usage: KeptUsage, by: UsageBy, since: datetime, name: Callable[[str], str], *, identify: bool
) -> list[dict[str, Any]]:
    """Return a row for each day (of this machine's time zone), channel or person, the earliest day
    or the most questions first. Without ``identify``, ``name`` gives people pseudonyms, and all
    direct messages are one row, because their channels name people, too."""
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    directs: set[str] = set()

    def row_name(subject: str) -> str:
        if by is UsageBy.CHANNEL:
            return DIRECT if subject in directs and not identify else subject
        if by is UsageBy.PERSON:
            return (subject if identify else name(subject)) if subject else SOMEBODY
        return subject

    for asked in usage.asked(by.value, since):
        if asked.direct:
            directs.add(asked.subject)
        sums[row_name(asked.subject)].questions[asked.outcome] += asked.questions
    for used in usage.used(by.value, since.date()):
        if used.direct:
            directs.add(used.payer)
        sum_ = sums[row_name(used.day.isoformat() if by is UsageBy.DAY else used.payer)]
        sum_.tokens += used.tokens
        sum_.cost += used.cost
    rows = [
        {
            by.value: name_,
            "questions": sum_.questions.total(),
            **{outcome.value: sum_.questions[outcome] for outcome in QuestionOutcome},
            "unanswered": sum_.questions[QuestionOutcome.UNANSWERED]
            + sum_.questions[QuestionOutcome.NEAREST],
            "tokens": sum_.tokens,
            "cost": round(sum_.cost, 6),
        }
        for name_, sum_ in sums.items()
    ]
    if by is UsageBy.DAY:
        return sorted(rows, key=lambda row: str(row["day"]))
    return sorted(rows, key=lambda row: (-int(row["questions"]), str(row[by.value])))
