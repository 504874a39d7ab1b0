"""What the Slack side asks of the rest, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.model import Question, Result
from indexers.model import Progress, SyncReport

Hear = Callable[[str], None]
"""Is given an answer's text piece by piece, in order, in the thread that makes it."""


class Answering(Protocol):
    def answer(self, question: Question, hear: Hear | None = None) -> Result:
        """CPU work, up to a second, or as long as a language model takes: call it in a
        thread, never on the event loop.

        ``hear`` is given the sentences of a composed answer as they are verified. Each may
        go out: its pages have been looked at again. What is returned is the whole answer
        and stands for itself: it may be another one after all.
        """
        ...


class Reindexing(Protocol):
    """Syncs, one at a time for the whole process."""

    def wikis(self) -> Sequence[str]: ...

    def sync(self, wiki: str | None, progress: Callable[[Progress], None]) -> list[SyncReport]:
        """Sync one wiki, or all. Minutes of work: call it in a thread. ``progress``
        is called from that thread.

        Raises:
            SyncRunning: another one runs.
            IndexersError: nothing can be written; the text is for the operator. What
                ended one wiki alone is in its report.
        """
        ...
