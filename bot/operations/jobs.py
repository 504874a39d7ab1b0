"""Reindexes that admins asked for: kept until they are done, whatever happens in between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from indexers.model import Part

MOST_ATTEMPTS = 5
"""Processes that one job may take with it before it counts as failed."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read: ``part`` of a wiki, None all of all; ``full``: anew, beside what
    stands; ``dry_run``: only say what would change."""

    part: Part | None = None
    full: bool = False
    dry_run: bool = False

    @property
    def what(self) -> str:
        """In words that everybody may read: without a page's or a space's name."""
        part = self.part
        if part is None:
            return "all wikis"
        if part.page:
            return f"a page of {part.wiki}"
        return f"a space of {part.wiki}" if part.space else part.wiki


@dataclass(frozen=True, slots=True)
class Job:
    """An order of ``person``, shown by the message ``message`` (its ts; empty: none yet) in
    ``channel``."""

    id: int
    order: Order
    person: str
    channel: str
    message: str = ""
    attempts: int = 0


class Jobs(Protocol):
    """Every method may block for a moment and raises StateUnavailable."""

    def add(self, order: Order, person: str, channel: str) -> Job | None:
        """It is not taken before it is `ready`. None: one that has to do with the same wiki is
        not done yet."""
        ...

    def ready(self, job: int) -> None: ...

    def take(self) -> Job | None:
        """The next one that waits, or that was left unfinished by a dead process, or by this
        one, which does one at a time. It is ours from here on, and no other process takes
        it."""
        ...

    def shown(self, job: int, channel: str, message: str) -> None:
        """It is shown there from here on."""
        ...

    def cancel(self, job: int) -> bool:
        """Whether there was anything to cancel."""
        ...

    def is_cancelled(self, job: int) -> bool: ...

    def ended(self, job: int) -> None: ...

    def release(self) -> None:
        """Leave ours to whoever takes them next."""
        ...
