"""The indexing as operations see it, and the ports that admins use: reindexing, its job queue, and
questions about the running bot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from footnote_bot.bot.model import Result
from footnote_bot.bot.operations.model import AccessNow, Job, Order
from footnote_bot.indexers.findings import Access
from footnote_bot.indexers.model import Progress, ReadAs, SyncReport, SyncScope
from footnote_bot.indexers.ports import PromotionCheck


class WikisByName(Protocol):
    """The configured wikis, see `indexers.sources.wikis.Wikis`."""

    def __iter__(self) -> Iterator[str]: ...

    @property
    def read_as(self) -> Mapping[str, ReadAs]:
        """Return how each wiki is read, by name."""

    @property
    def missing(self) -> Mapping[str, str]:
        """Return why a wiki cannot be read, by name, for those that cannot."""

    def chosen(self, *names: str) -> object:
        """Return the wikis of these names; without names, all.

        Raises:
            WikiMisconfigured: one of the names is no wiki's.
        """

    def part(self, what: str) -> SyncScope:
        """Return the scope with this name or address, see `Reindexing.part`."""

    def abort_waits(self) -> None:
        """Make a sync that waits for a wiki give up."""


class IndexState(Protocol):
    """The index, see `indexers.index.current.CurrentIndex`."""

    @property
    def building(self) -> bool:
        """Return whether a new index is being built beside this one."""

    @property
    def is_unfinished(self) -> bool:
        """Return whether an index that a full sync began is not finished."""

    @property
    def trouble(self) -> str:
        """Return why the index is partial; empty if it is not."""

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of pages and of passages, by wiki."""


class IndexedWikis(Protocol):
    """The part of `indexers.indexing.Indexing` that operations need."""

    @property
    def wikis(self) -> WikisByName: ...

    @property
    def is_made(self) -> bool: ...

    @property
    def index(self) -> IndexState: ...

    def access(self, email: str, url: str, *, held: frozenset[str] = ...) -> Access:
        """Return whether a person may read a page; ``held`` are the person's Slack user groups."""

    def sync(  # noqa: PLR0913 - one for each option of the command
        self,
        name: str | None = None,
        *,
        part: SyncScope | None = ...,
        full: bool = ...,
        recent: bool = ...,
        dry_run: bool = ...,
        allow_mass_removal: bool = ...,
        progress: Callable[[Progress], None] = ...,
        stopped: Callable[[], bool] = ...,
        gate: PromotionCheck | None = ...,
    ) -> list[SyncReport]: ...

    def abandon(self) -> None: ...


class Jobs(Protocol):
    """The queue of reindex jobs. Every method raises StateUnavailable."""

    async def add(self, order: Order, person: str, channel: str) -> Job | None:
        """Add a job, which is not taken before it is `ready`. Return None if a job for the same
        wiki is not done yet."""

    async def ready(self, job: int) -> None:
        """Let any process take the job."""

    async def take(self) -> Job | None:
        """Take the next job that waits or that a dead process (or this one, which does one at a
        time) left unfinished. No other process takes it any more."""

    async def shown(self, job: int, channel: str, message: str) -> None:
        """Record the message that shows the job."""

    async def cancel(self, job: int) -> bool:
        """Cancel a job; return whether there was one to cancel."""

    async def is_cancelled(self, job: int) -> bool: ...

    async def ended(self, job: int) -> None:
        """Record that the work on the job has ended."""

    async def release(self) -> None:
        """Release this process's jobs, so that another one takes them."""


class Reindexing(Protocol):
    """The reindexing of wikis: one sync at a time in a process, and of a wiki in all of them."""

    def wikis(self) -> Sequence[str]: ...

    def part(self, what: str) -> SyncScope:
        """Return the scope that an admin means by a wiki's name, a page's or space's address, or a
        space's key. May ask the wikis, up to seconds: call it in a thread.

        Raises:
            IndexersError: there is no such scope; the text lists those that exist.
        """

    def carry_out(
        self, order: Order, progress: Callable[[Progress], None], stopped: Callable[[], bool]
    ) -> list[SyncReport]:
        """Carry out a reindex order. Minutes of work: call it in a thread. ``progress`` and
        ``stopped`` are called in that thread.

        Raises:
            SyncRunning: another one runs.
            IndexersError: the index cannot be written; the text is for the operator. An error that
                ended the sync of one wiki alone is in its report.
        """

    def abandon(self) -> None:
        """Delete the index that a stopped full reindex has begun."""


class Operating(Protocol):
    """Admins' queries from Slack. Each may take seconds: call it in a thread."""

    def status(self) -> dict[str, Any]:
        """Return the status, as `footnote status --json` prints it."""

    def for_everyone(self, question: str) -> Result:
        """Return the answer that everyone would get now, in quotations."""

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:
        """Return whether the person with this address, in these Slack user groups, may read a page.

        Raises:
            IndexersError: it is the address of no wiki, or one cannot be asked.
        """
