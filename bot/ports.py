"""Ports between the Slack adapter and the rest of the bot, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bot.model import Question, Result, Source
from bot.operations.model import AccessNow, Order
from indexers.model import KnownPage, Part, Progress, Reader, SyncReport

Hear = Callable[[str], None]
"""Takes an answer's text piece by piece, in order, in the thread that makes it."""


class Answering(Protocol):
    def answer(self, question: Question, hear: Hear | None = None) -> Result:
        """Answer a question. CPU work, up to a second, or as long as a language model takes: call
        it in a thread, never on the event loop.

        ``hear`` is called with the sentences of a composed answer as they are verified. Each may be
        shown: its pages were rechecked. The returned answer is the whole one and may still differ.
        """
        ...


class Library(Protocol):
    """The pages of the wikis: as indexed, and as they are now. Its methods block, up to seconds:
    call them in a thread.

    Raises:
        IndexUnavailable: from any method but `edit_address` and `owner`.
    """

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """Return what is indexed of the page; None if it is not there."""
        ...

    def says(self, wiki: str, page: str) -> str:
        """Return a fingerprint of the page's words alone; empty if it is not there."""
        ...

    def open_to(self, reader: Reader, sources: Sequence[Source]) -> tuple[Source, ...]:
        """Return the sources that ``reader`` may read, as the index and their wikis both say now.
        None of a wiki that does not say in time."""
        ...

    def edit_address(self, source: Source) -> str:
        """Return where people edit the page; empty if there is no such place, or it is unknown."""
        ...

    def owner(self, source: Source) -> str:
        """Return the owner of the page, in words that may hold their address; empty if it has none
        any more, or it is unknown now."""
        ...


class Reindexing(Protocol):
    """The reindexing of wikis: one sync at a time for the whole process, and for each wiki among
    all processes."""

    def wikis(self) -> Sequence[str]: ...

    def part(self, what: str) -> Part:
        """Return the scope that an admin means by a wiki's name, a page's or space's address, or a
        space's key. May ask the wikis, up to seconds: call it in a thread.

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
        """Carry out a reindex order. Minutes of work: call it in a thread. ``progress`` and
        ``stopped`` are called in that thread.

        Raises:
            SyncRunning: another one runs.
            IndexersError: nothing can be written; the text is for the operator. What
                ended one wiki alone is in its report.
        """
        ...

    def abandon(self) -> None:
        """Delete what a stopped full reindex had built."""
        ...


class Operating(Protocol):
    """Admins' queries from Slack. Each may take seconds: call it in a thread."""

    def status(self) -> dict[str, Any]:
        """Return the status, as `footnote status --json` prints it."""
        ...

    def for_everyone(self, question: str) -> Result:
        """Return what everyone would get now, in quotations."""
        ...

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:
        """Return whether the person with this address, in these Slack user groups, may read a page.

        Raises:
            IndexersError: it is the address of no wiki, or one cannot be asked.
        """
        ...
