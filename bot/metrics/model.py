"""Models of metrics: the counts that stores provide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from footnote_bot.bot.conversation.model import MessageState
from footnote_bot.bot.flags.model import FlagState, Verdict


@dataclass(frozen=True, slots=True)
class StateCounts:
    """Counts of the bot's database, which all its processes share. ``waiting`` counts the messages
    that are not finished, by state, and ``oldest`` is when the first of them was received."""

    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    flags: Mapping[FlagState, int] = field(default_factory=dict)
    waiting: Mapping[MessageState, int] = field(default_factory=dict)
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes of the data folder by part, and of the disk that it is on."""

    parts: Mapping[str, int]
    free: int
    total: int
