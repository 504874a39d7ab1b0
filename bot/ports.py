"""What the Slack side asks of the rest, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.model import Answer, NoAnswer, Question, Source
from indexers.model import KnownPage, Principal, Progress, SyncReport


class Answering(Protocol):
    def answer(self, question: Question) -> Answer | NoAnswer:
        """CPU work, up to a second: call it in a thread, never on the event loop."""
        ...


class Library(Protocol):
    """The pages of the wikis: as they are indexed, and as they stand now. Its methods block,
    up to seconds: call them in a thread.

    Raises:
        IndexUnavailable: from any method but `edit_address`.
    """

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """What is indexed of it; None if it is not there."""
        ...

    def says(self, wiki: str, page: str) -> str:
        """A fingerprint of its words, whatever else of it changes; empty if it is not there."""
        ...

    def open_to(self, reader: Principal, sources: Sequence[Source]) -> tuple[Source, ...]:
        """Those that ``reader`` may read, as the index and their wikis both say now. A wiki
        that does not say in time shows nothing."""
        ...

    def edit_address(self, source: Source) -> str:
        """Where people edit the page; empty if there is no such place, or it is not known."""
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
