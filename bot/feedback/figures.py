"""What the answers of a while come to, in figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.model import Source


@dataclass(frozen=True, slots=True)
class Volume:
    """How many ``questions`` there were, how many of them were ``answered``, and how many
    verdicts on what came back were ``good`` or ``bad``. Where the bot asked back, what was
    chosen counts, and not the question before."""

    questions: int = 0
    answered: int = 0
    good: int = 0
    bad: int = 0

    @property
    def verdicts(self) -> int:
        return self.good + self.bad

    @property
    def answered_share(self) -> float | None:
        """Of the questions; None if there were none."""
        return self.answered / self.questions if self.questions else None

    @property
    def bad_share(self) -> float | None:
        """Of the verdicts; None if there were none."""
        return self.bad / self.verdicts if self.verdicts else None


@dataclass(frozen=True, slots=True)
class Flagged:
    """How many flags were ``opened``, and how many were ``fixed``: the wiki says it right, or
    a reviewer wrote the answer."""

    opened: int = 0
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Often:
    """A page that ``times`` answers rest on; ``source`` is how the latest of them names it."""

    source: Source
    times: int


def is_stale(source: Source, today: date, after: timedelta) -> bool:
    """Its people marked it as outdated, or nobody edited it for longer than ``after``."""
    return source.outdated or (source.updated is not None and today - source.updated > after)
