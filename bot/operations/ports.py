"""Where reindexes that admins asked for are kept until they are done, whatever happens."""

from __future__ import annotations

from typing import Protocol

from bot.operations.model import Job, Order


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
