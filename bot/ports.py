"""Ports to the answers and the wikis, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from footnote_bot.bot.model import FoundSection, Question, Result, SectionRef, Source
from footnote_bot.indexers.model import KnownPage, Reader

OnText = Callable[[str], None]
"""Takes an answer's text piece by piece, in order, in the thread that makes it."""


class Answering(Protocol):
    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question. CPU work, up to a second, or as long as a language model takes: call
        it in a thread, never on the event loop.

        ``on_text`` is called with the sentences of a composed answer as they are verified. Each may
        be shown: its pages were rechecked. The returned answer is the whole one and may still
        differ.
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

    def fingerprint(self, wiki: str, page: str) -> str:
        """Return a fingerprint of the page's words alone; empty if it is not there."""
        ...

    def open_to(self, reader: Reader, sources: Sequence[Source]) -> tuple[Source, ...]:
        """Return the sources that ``reader`` may read now, by both the index and their wikis. The
        sources of a wiki that does not say in time are left out."""
        ...

    def edit_address(self, source: Source) -> str:
        """Return where people edit the page; empty if there is no such place, or it is unknown."""
        ...

    def owner(self, source: Source) -> str:
        """Return the owner of the page, in words that may hold their address; empty if it has none
        any more, or it is unknown now."""
        ...


class Sections(Protocol):
    """The sections of the wikis, each rechecked before it is returned. Its methods block, up to
    seconds: call them in a thread.

    Raises:
        IndexUnavailable
    """

    def search(self, question: Question, limit: int) -> Sequence[FoundSection]:
        """Return the passages that may answer, at most ``limit``, best first."""
        ...

    def read(self, ref: SectionRef, reader: Reader) -> FoundSection | None:
        """Return a whole section; None if ``reader`` may not read it, or it is not there."""
        ...
