"""The port for reindex jobs, which are kept until they are done, even across restarts."""

from __future__ import annotations

from typing import Protocol

from bot.operations.model import Job, Order


class Jobs(Protocol):
    """The queue of reindex jobs. Every method may block for a moment and raises
    StateUnavailable."""

    def add(self, order: Order, person: str, channel: str) -> Job | None:
        """Add a job, which is not taken before it is `ready`. Return None if a job for the same
        wiki is not done yet."""
        ...

    def ready(self, job: int) -> None: ...

    def take(self) -> Job | None:
        """Take the next job that waits or that a dead process (or this one, which does one at a
        time) left unfinished. No other process takes it any more."""
        ...

    def shown(self, job: int, channel: str, message: str) -> None:
        """Record the message that shows the job."""
        ...

    def cancel(self, job: int) -> bool:
        """Cancel a job; return whether there was one to cancel."""
        ...

    def is_cancelled(self, job: int) -> bool: ...

    def ended(self, job: int) -> None: ...

    def release(self) -> None:
        """Release this process's jobs, so that another one takes them."""
        ...
