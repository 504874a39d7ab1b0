"""Sync under the locks that all processes share, and record the passes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Lock
from typing import Protocol

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.operations.passes import PassKind, PassLog, passed
from footnote_bot.bot.operations.ports import IndexedWikis
from footnote_bot.bot.operations.syncing import (
    OneSyncAtATime,
    SyncLocks,
    alone,
    now,
    record,
    watched,
)
from footnote_bot.indexers.model import Progress, SyncReport
from footnote_bot.indexers.ports import PromotionCheck

log = logging.getLogger(__name__)


class SyncMemory(Protocol):
    """The part of the bot's database that a sync needs. Each method opens it if need be, and raises
    StateUnavailable if it cannot."""

    @property
    def one_sync(self) -> Lock:
        """The lock that keeps this process's other syncs away, see `alone`."""

    def sync_locks(self, stopped: Callable[[], bool]) -> SyncLocks: ...

    def promotion_check(self, progress: Callable[[Progress], None]) -> PromotionCheck:
        """Return the check that a rebuilt index must pass."""

    def pass_log(self) -> PassLog: ...


def repeated_syncs(
    parts: IndexedWikis, memory: SyncMemory, *, follow: Callable[[str], None] | None = None
) -> OneSyncAtATime:
    """Return the syncs of a process that makes one after the other. ``follow`` as in
    `OneSyncAtATime`."""
    stopping = Event()
    return OneSyncAtATime(
        parts,
        memory.pass_log(),
        locks=memory.sync_locks(stopping.is_set),
        gate=memory.promotion_check(lambda _: None),
        running=memory.one_sync,
        stopping=stopping,
        follow=follow,
    )


def sync_once(  # noqa: PLR0913 - one for each option of the command
    parts: IndexedWikis,
    memory: SyncMemory,
    *,
    shared_index: bool,
    name: str | None = None,
    full: bool = False,
    recent: bool = False,
    dry_run: bool = False,
    allow_mass_removal: bool = False,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
) -> list[SyncReport]:
    """Sync one wiki or all, and record the passes. Failures of the database are logged: they must
    not keep the wikis unread. But only the database keeps two processes from writing a
    ``shared_index`` at once; the folder of an embedded index has a lock of its own.

    Raises:
        SyncRunning: another sync of one of these runs.
        StateUnavailable: the index is shared, and it is unknown whether another sync runs.
        WikiMisconfigured, IndexUnavailable, ModelUnavailable: see `sync_wikis`.
    """
    began = now()
    with ExitStack() as held:
        gate: PromotionCheck | None = None
        lost: Callable[[], bool] = lambda: False  # noqa: E731 - until a lock is held
        held.enter_context(alone(memory.one_sync))
        if not dry_run:
            wikis = [name] if name and not full else list(parts.wikis)
            parts.wikis.chosen(*wikis)
            try:
                lost = held.enter_context(memory.sync_locks(stopped).hold(wikis))
                gate = memory.promotion_check(progress)
            except StateUnavailable as error:
                if shared_index:
                    raise StateUnavailable(
                        "Nothing was synced: other processes may write the index at [index] url,"
                        " too, and only the bot's database says whether one does so now. Run this"
                        f" again once the database can be used. {error}"
                    ) from error
                log.warning("Whether another process syncs is unknown: %s", error)
        reports = parts.sync(
            name,
            full=full,
            recent=recent,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=watched(lost, stopped),
            gate=gate,
        )
    if not dry_run:
        kind = PassKind.RECENT_EDITS if recent else PassKind.ALL_PAGES
        try:
            passes = memory.pass_log()
            for report in reports:
                before = passes.last_complete(report.wiki)
                record(passes, passed(report, kind, began, now(), before))
        except StateUnavailable as error:
            log.warning("This pass could not be written down: %s", error)
    return reports
