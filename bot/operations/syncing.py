"""Syncs of the running bot, one at a time, each recorded."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from footnote_bot.bot.errors import StateUnavailable, SyncRunning
from footnote_bot.bot.operations.model import Order
from footnote_bot.bot.operations.passes import Pass, PassKind, PassLog, as_of, passed
from footnote_bot.bot.operations.ports import IndexedWikis
from footnote_bot.indexers.model import Progress, SyncReport, SyncScope
from footnote_bot.indexers.ports import PromotionCheck

log = logging.getLogger(__name__)

_LOGGED_EVERY = 60.0


class SyncLocks(Protocol):
    def hold(self, wikis: Sequence[str]) -> AbstractContextManager[Callable[[], bool]]:
        """Hold the lock that keeps other processes from syncing these wikis. Yield a function that
        returns whether it may have been lost, so that another process may sync them now.

        Raises:
            SyncRunning: another process holds it.
            StateUnavailable
        """


def now() -> datetime:
    return datetime.now(UTC)


def watched(lost: Callable[[], bool], stopped: Callable[[], bool]) -> Callable[[], bool]:
    """Return the function that tells a sync to stop: ``stopped``, or its lock may be ``lost``,
    which is logged once."""
    was_lost = False

    def stops() -> bool:
        nonlocal was_lost
        if not was_lost and lost():
            was_lost = True
            log.warning(
                "This process stood still, or could not reach the database, so another one may sync"
                " now: this sync stops."
            )
        return was_lost or stopped()

    return stops


class LoggedProgress:
    """A function that passes the progress of a sync on, and logs it once a minute, so that a long
    sync does not look like one that hangs. ``seconds`` returns monotonic seconds."""

    def __init__(self, show: Callable[[Progress], None], seconds: Callable[[], float]) -> None:
        self._show, self._seconds, self._logged = show, seconds, seconds()

    def __call__(self, progress: Progress) -> None:
        self._show(progress)
        now = self._seconds()
        if now - self._logged >= _LOGGED_EVERY:
            self._logged = now
            what = "passages embedded" if progress.embedding else "pages done"
            log.info(
                "Syncing %s: %d of %s %s", progress.wiki, progress.done, progress.total or "?", what
            )


@contextmanager
def alone(running: threading.Lock) -> Iterator[None]:
    """Hold the lock of this process's syncs: they share an index and the wikis.

    Raises:
        SyncRunning: another thread holds it.
    """
    if not running.acquire(blocking=False):
        raise SyncRunning("A sync is already running. Please try again in a while.")
    try:
        yield
    finally:
        running.release()


@dataclass(slots=True)
class OneSyncAtATime:
    """An implementation of `bot.operations.ports.Reindexing` that records each pass.
    ``gate`` returns the reasons why a rebuilt index must not be promoted; ``running`` is the lock
    of this process's other syncs, see `alone`; `interrupt` sets ``stopping``. ``follow`` updates
    this process's own data about a wiki once another process has read it."""

    parts: IndexedWikis
    passes: PassLog
    clock: Callable[[], datetime] = now
    _: KW_ONLY
    locks: SyncLocks
    gate: PromotionCheck | None = None
    running: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)
    follow: Callable[[str], None] | None = None
    _behind: set[str] = field(init=False)
    """Wikis that another process may have read since this process last did."""
    _last_without_error: dict[str, datetime] = field(init=False, default_factory=dict)
    """When the last pass without an error over each wiki began, also one over edits alone."""
    _last_complete: dict[str, datetime | None] = field(init=False)
    """When the last complete pass over each wiki began; None: there was none."""

    def __post_init__(self) -> None:
        self._behind = set(self.parts.wikis) if self.follow else set()
        self._last_complete = {name: self.passes.last_complete(name) for name in self.parts.wikis}

    def wikis(self) -> Sequence[str]:
        return tuple(self.parts.wikis)

    def part(self, what: str) -> SyncScope:
        """Return the scope that an admin means by a wiki's name, an address or a space's key."""
        return self.parts.wikis.part(what)

    def sync(self, wiki: str | None, progress: Callable[[Progress], None]) -> list[SyncReport]:
        """Sync every page of one wiki, or of all.

        Raises:
            SyncRunning: another one runs.
            StateUnavailable: it is unknown whether one runs.
            IndexersError: the index cannot be written now.
        """
        return self.carry_out(Order(SyncScope(wiki) if wiki else None), progress, lambda: False)

    def carry_out(
        self, order: Order, progress: Callable[[Progress], None], stopped: Callable[[], bool]
    ) -> list[SyncReport]:
        """Carry out a reindex order, see `bot.operations.ports.Reindexing`. A full one rebuilds all
        wikis, because they share an index.

        Raises:
            As `sync`.
        """
        part = None if order.full or order.part is None else order.part.wiki
        with self._alone([part] if part else self.wikis()) as lost:
            return self._run_pass(PassKind.ALL_PAGES, order, progress, watched(lost, stopped))

    def abandon(self) -> None:
        """Delete the index that a stopped full reindex has begun."""
        with self._alone(self.wikis()):
            self.parts.abandon()

    def look_for_edits(
        self, progress: Callable[[Progress], None] = lambda _: None
    ) -> list[SyncReport]:
        """Sync the latest edits of all wikis; do nothing while another sync runs.

        Raises:
            StateUnavailable: it is unknown whether one runs.
            IndexersError: the index cannot be written now.
        """
        try:
            with self._alone(self.wikis()) as lost:
                return self._run_pass(
                    PassKind.RECENT_EDITS, Order(), progress, watched(lost, lambda: False)
                )
        except SyncRunning:
            return []

    @contextmanager
    def _alone(self, wikis: Sequence[str]) -> Iterator[Callable[[], bool]]:
        """Hold the locks of these wikis, see `SyncLocks`, and that of this process."""
        with alone(self.running), self.locks.hold(wikis) as lost:
            yield lost

    def as_of(self) -> datetime | None:
        """Return up to when the index of every wiki is current; None before the first pass."""
        return as_of(self._last_complete, self.last_pass)

    def last_pass(self, wiki: str) -> datetime | None:
        """Return the time up to which the index of this wiki is current; None if unknown, as after
        the clock was set back."""
        began = self._last_complete.get(wiki)
        return began.astimezone() if began and began <= self.clock() else None

    def passed(self, pass_: Pass) -> None:
        """Note a pass that a command made with this process's index."""
        if pass_.complete and pass_.is_full:
            self._last_complete[pass_.wiki] = pass_.began

    def catch_up(self) -> None:
        """Learn of the passes that other processes have made over a shared index."""
        for wiki in self.wikis():
            try:
                latest = self.passes.last_complete(wiki)
            except StateUnavailable as error:
                log.debug("Passes of other processes are not known: %s", error)
                return
            current = self._last_complete.get(wiki)
            if latest and (current is None or latest > current):
                self._last_complete[wiki] = latest
                self._behind.add(wiki)
        self._follow_others()

    def _follow_others(self) -> None:
        """Call ``follow`` for each wiki that another process may have read, unless a sync runs."""
        if self.follow is None or not self._behind:
            return
        try:
            with alone(self.running):
                for wiki in sorted(self._behind):
                    if not self.stopping.is_set():
                        self.follow(wiki)
                        self._behind.discard(wiki)
        except SyncRunning:
            log.debug("What others have read is looked at after the sync that runs")

    def interrupt(self) -> None:
        """Ask a running sync to stop at the next safe point."""
        self.stopping.set()
        self.parts.wikis.abort_waits()

    def stop(self) -> None:
        """Ask a running sync to stop at the next safe point, and wait for it."""
        self.interrupt()
        with self.running:
            return

    def _run_pass(
        self,
        kind: PassKind,
        order: Order,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> list[SyncReport]:
        """Run a sync, and record it as a pass of each wiki that it read as a whole."""
        began, part = self.clock(), order.part
        is_whole = part is None or part.is_whole
        reports = self.parts.sync(
            part.wiki if part else None,
            part=None if is_whole else part,
            full=order.full,
            recent=kind is PassKind.RECENT_EDITS,
            dry_run=order.dry_run,
            progress=LoggedProgress(progress, time.monotonic),
            stopped=lambda: self.stopping.is_set() or stopped(),
            gate=self.gate,
        )
        if order.dry_run or not is_whole:
            return reports  # not a pass over a wiki
        for report in reports:
            previous = self._last_without_error.get(report.wiki) or self._last_complete.get(
                report.wiki
            )
            if report.error is None:
                # The delay of an edit includes the time in which the wiki was unreachable.
                self._last_without_error[report.wiki] = began
            if report.complete:
                self._last_complete[report.wiki] = began
                self._behind.discard(report.wiki)
            record(self.passes, passed(report, kind, began, self.clock(), previous))
        return reports


def record(passes: PassLog, pass_: Pass) -> None:
    """Record a pass; a failure to record it must not undo the pass."""
    try:
        passes.record(pass_)
    except StateUnavailable as error:
        log.warning("A pass over a wiki could not be written down: %s", error)
