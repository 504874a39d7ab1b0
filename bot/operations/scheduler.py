"""The schedule of syncs: passes over all pages, frequent passes over the latest edits, and sooner
after a hint."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from bot.errors import StateUnavailable, SyncRunning
from bot.operations.passes import PassKind
from indexers.errors import IndexersError
from indexers.model import Progress, SyncReport
from indexers.priority import lower_priority

log = logging.getLogger(__name__)

_SETTLE = 3.0
"""Seconds after a hint in which more hints count as the same: changes come in bursts, and
Confluence's search learns of them a little later."""


_LOOK = 60.0
"""Seconds between two looks at what other processes have synced."""


class Passing(Protocol):
    """The part of `OneSyncAtATime` that is needed here."""

    def sync(self, wiki: str | None, progress: Callable[[Progress], None]) -> list[SyncReport]: ...

    def look_for_edits(self) -> list[SyncReport]: ...

    def catch_up(self) -> None: ...

    def interrupt(self) -> None: ...

    def stop(self) -> None: ...


class Scheduler:
    """The scheduler of syncs. It runs passes over all pages at once and then at intervals of
    ``every``, and passes over the latest edits at intervals of ``edits_every``, in a thread of its
    own; zero means never. A hint that a wiki has changed starts a pass sooner, but one over all
    pages not more often than those over edits. Nothing else in a hint is trusted."""

    def __init__(
        self, syncing: Passing, every: timedelta, edits_every: timedelta, *, settle: float = _SETTLE
    ) -> None:
        self._syncing = syncing
        self._every = every
        self._edits_every = edits_every
        self._settle = settle
        self._woken = threading.Event()
        self._hinted: set[PassKind] = set()
        self._over = False
        self._changed = False

    def reschedule(self, every: timedelta, edits_every: timedelta) -> None:
        """Set the intervals anew. A pass that runs is not stopped."""
        if (every, edits_every) != (self._every, self._edits_every):
            self._every, self._edits_every = every, edits_every
            self._changed = True
            self._woken.set()

    def hint(self, kind: PassKind) -> None:
        """Record that a pass of this kind would find a change."""
        if self._every or self._edits_every:
            self._hinted.add(kind)
            self._woken.set()

    def interrupt(self) -> None:
        """Begin no pass any more, and let one that runs stop at the next safe point. Returns at
        once."""
        self._over = True
        self._woken.set()
        self._syncing.interrupt()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the schedule meanwhile, and then stop a sync that is under way."""
        thread = threading.Thread(target=self._run, name="syncing", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over = True
            self._woken.set()
            self._syncing.stop()
            thread.join()

    def _run(self) -> None:
        lower_priority()
        every, edits_every = self._every, self._edits_every
        next_full = next_edits = time.monotonic() if every else math.inf
        hurried_from = -math.inf
        if edits_every and not every:
            next_edits = time.monotonic()
        while not self._over:
            began = time.monotonic()
            if self._changed:
                self._changed = False
                every, edits_every = self._every, self._edits_every
                next_full, next_edits = _after(every), _after(edits_every)
            if began >= next_full:
                self._attempt(lambda: self._syncing.sync(None, lambda _: None), every)
                hurried_from = began + edits_every.total_seconds()
                next_full = _after(every)
                next_edits = _after(edits_every)
            elif began >= next_edits:
                self._attempt(self._syncing.look_for_edits, edits_every)
                next_edits = _after(edits_every)
            hinted = self._hints(min(next_full, next_edits, began + _LOOK) - time.monotonic())
            self._syncing.catch_up()
            if hinted and not self._over:
                time.sleep(self._settle)
                next_edits = time.monotonic()
                if PassKind.ALL_PAGES in hinted:
                    next_full = min(next_full, max(time.monotonic(), hurried_from))

    def _hints(self, seconds: float) -> set[PassKind]:
        """Return the hints given within ``seconds``; return at once when stopped."""
        self._woken.wait(seconds)
        if not self._over:
            self._woken.clear()
        hinted, self._hinted = self._hinted, set()
        return hinted

    def _attempt(self, work: Callable[[], list[SyncReport]], again: timedelta) -> None:
        try:
            for done in work():
                quiet = not (done.added or done.changed or done.removed or done.relabelled)
                level = logging.DEBUG if quiet and not done.complete else logging.INFO
                log.log(level, "Synced %s: %s", done.wiki, _in_short(done))
                if done.error:
                    # A sync that the end of the process stopped goes on at the next start.
                    level = logging.INFO if self._over else logging.ERROR
                    log.log(level, "%s could not be synced completely: %s", done.wiki, done.error)
        except SyncRunning:
            log.info("Another sync is running; the next one is due in %s", again)
        except (IndexersError, StateUnavailable) as error:
            # The message is written for the operator; a traceback adds nothing.
            log.error("The sync failed and will be tried again in %s: %s", again, error)  # noqa: TRY400
        except Exception:
            # The edge of this thread: one failed sync must not end the schedule.
            log.exception("The sync crashed and will be tried again in %s", again)


def _after(span: timedelta) -> float:
    return time.monotonic() + span.total_seconds() if span else math.inf


def _in_short(done: SyncReport) -> str:
    return (
        f"{done.added} added, {done.changed} changed, {done.relabelled} relabelled, "
        f"{done.removed} removed, {done.unchanged} unchanged, {len(done.failed)} failed, "
        f"{done.requests} requests, {done.seconds:.1f} s"
    )
