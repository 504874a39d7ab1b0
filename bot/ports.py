"""What the Slack side asks of the rest, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bot.model import Question, Result, Source
from bot.operations.model import AccessNow, Order
from indexers.model import KnownPage, Part, Progress, Reader, SyncReport

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


class Library(Protocol):
    """The pages of the wikis: as they are indexed, and as they stand now. Its methods block,
    up to seconds: call them in a thread.

    Raises:
        IndexUnavailable: from any method but `edit_address` and `owner`.
    """

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """What is indexed of it; None if it is not there."""
        ...

    def says(self, wiki: str, page: str) -> str:
        """A fingerprint of its words, whatever else of it changes; empty if it is not there."""
        ...

    def open_to(self, reader: Reader, sources: Sequence[Source]) -> tuple[Source, ...]:
        """Those that ``reader`` may read, as the index and their wikis both say now. A wiki
        that does not say in time shows nothing."""
        ...

    def edit_address(self, source: Source) -> str:
        """Where people edit the page; empty if there is no such place, or it is not known."""
        ...

    def owner(self, source: Source) -> str:
        """Who keeps the page, in words in which an address of theirs may stand; empty if nobody
        does any more, or it cannot be told now."""
        ...


class Reindexing(Protocol):
    """Syncs, one at a time for the whole process, and for each wiki among all processes."""

    def wikis(self) -> Sequence[str]: ...

    def part(self, what: str) -> Part:
        """What an admin means by a wiki's name, a page's or space's address, or a space's key.
        May ask the wikis, up to seconds: call it in a thread.

        Raises:
            IndexersError: nothing of the sort; the text says what there is.
        """
        ...

    def carry_out(
        self,
        order: Order,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> list[SyncReport]:
        """Minutes of work: call it in a thread. ``progress`` is called from that thread, and
        ``stopped`` is asked there.

        Raises:
            SyncRunning: another one runs.
            IndexersError: nothing can be written; the text is for the operator. What
                ended one wiki alone is in its report.
        """
        ...

    def abandon(self) -> None:
        """Throw away what a full one that was stopped had built beside."""
        ...


class Operating(Protocol):
    """What an admin asks from Slack. Each may take seconds: call it in a thread."""

    def status(self) -> dict[str, Any]:
        """As `footnote status --json`."""
        ...

    def for_everyone(self, question: str) -> Result:
        """What everyone would get now, in quotations."""
        ...

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:
        """Whether the person with this address, in these Slack user groups, may read a page.

        Raises:
            IndexersError: it is the address of no wiki, or one cannot be asked.
        """
        ...
