"""The schedule of syncs: passes over all pages, frequent passes over the latest edits, and earlier
passes after a hint. If several processes share an index, only the one with the turn syncs on its
timer."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from footnote_bot.bot.errors import StateUnavailable, SyncRunning
from footnote_bot.bot.operations.passes import PassKind
from footnote_bot.bot.operations.syncing import OneSyncAtATime
from footnote_bot.indexers.daemons import lower_priority
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.model import Progress, SyncReport

log = logging.getLogger(__name__)

_SETTLE = 3.0
"""Seconds after a hint in which more hints count as the same: changes come in bursts, and
Confluence's search finds them a little later."""
_CATCH_UP = 60.0
"""Seconds between two checks for passes of other processes."""
_TURN = 2.0
"""Seconds between two checks whether the process that has the turn is gone."""


class SyncTurn(Protocol):
    """The right to sync on a timer: of the processes that share an index, one has it."""

    def take(self) -> bool:
        """Take the turn, or keep it; return whether this process has it. A dead process loses it.

        Raises:
            StateUnavailable
        """

    def give_back(self) -> None:
        """Leave the turn to another process."""


class Always:
    """A `SyncTurn` of a process that shares its index with no other."""

    def take(self) -> bool:
        return True

    def give_back(self) -> None:
        """Do nothing: no other process wants the turn."""


@dataclass(slots=True)
class _Timer:
    """When a kind of pass is due: ``next`` at intervals of ``every``, and because of a hint at
    ``hinted``. Both are monotonic seconds; infinite: never."""

    every: timedelta
    next: float
    hinted: float = math.inf

    def restart(self) -> None:
        """Count the interval from now on."""
        self.next = time.monotonic() + self.every.total_seconds() if self.every else math.inf

    def is_due(self, *, by_interval: bool) -> bool:
        """Return whether a pass is due by a hint or, with ``by_interval``, by its interval."""
        now = time.monotonic()
        return now >= self.hinted or (by_interval and now >= self.next)


class Scheduler:
    """The scheduler of syncs. In a thread of its own, it runs passes over all pages, at once and
    then at intervals of ``every``, and passes over the latest edits at intervals of
    ``edits_every``; zero means never. While another process has the ``turn`` it waits. A hint that
    a wiki has changed starts a pass sooner, in any process, but a pass over all pages at most as
    often as those over edits. Nothing else in a hint is trusted. ``beat`` is called with each
    step, and at least once a minute while there is nothing to do."""

    def __init__(  # noqa: PLR0913 - intervals that tests set
        self,
        syncing: OneSyncAtATime,
        every: timedelta,
        edits_every: timedelta,
        *,
        turn: SyncTurn | None = None,
        beat: Callable[[], None] = lambda: None,
        settle: float = _SETTLE,
        turn_check: float = _TURN,
    ) -> None:
        """Create it. ``settle`` and ``turn_check`` are in seconds, see `_SETTLE` and `_TURN`."""
        self._syncing = syncing
        now = time.monotonic()
        self._full = _Timer(every, now if every else math.inf)
        self._edits = _Timer(edits_every, now if every or edits_every else math.inf)
        self._turn = turn or Always()
        self._beat = beat
        self._settle = settle
        self._turn_check = turn_check
        self._woken = threading.Event()
        self._hinted: set[PassKind] = set()
        self._ending = False
        self._changed = False
        self._has_turn: bool | None = None
        """None before it is known, and while there is no timer."""
        self._full_allowed_from = -math.inf
        """When a hint may start the next pass over all pages, in monotonic seconds."""
        self._next_catch_up = now

    def reschedule(self, every: timedelta, edits_every: timedelta) -> None:
        """Set the intervals. A running pass is not stopped."""
        if (every, edits_every) != (self._full.every, self._edits.every):
            self._full.every, self._edits.every = every, edits_every
            self._changed = True
            self._woken.set()

    def hint(self, kind: PassKind) -> None:
        """Record that a pass of this kind would find a change."""
        if self._has_timer:  # else another process or nobody syncs
            self._hinted.add(kind)
            self._woken.set()

    def interrupt(self) -> None:
        """Begin no more passes, stop a running one at the next safe point, and return at once."""
        self._ending = True
        self._woken.set()
        self._syncing.interrupt()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the schedule meanwhile, and stop a running sync at the end."""
        thread = threading.Thread(target=self._run, name="syncing", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ending = True
            self._woken.set()
            self._syncing.stop()
            thread.join()

    def _run(self) -> None:
        """Run the passes that are due until the end, and wait for hints between them."""
        lower_priority()
        try:
            while not self._ending:
                self._beat()
                self._restart_timers_if_rescheduled()
                self._take_turn()
                if time.monotonic() >= self._next_catch_up:
                    self._catch_up()
                    self._next_catch_up = time.monotonic() + _CATCH_UP
                self._run_due_pass()
                hinted = self._wait_for_hints(self._next_step() - time.monotonic())
                if hinted and not self._ending:
                    time.sleep(self._settle)
                    self._edits.hinted = time.monotonic()
                    if PassKind.ALL_PAGES in hinted:
                        self._full.hinted = max(time.monotonic(), self._full_allowed_from)
        finally:
            if self._has_turn:
                self._turn.give_back()

    @property
    def _has_timer(self) -> bool:
        """Return whether passes are made at intervals."""
        return bool(self._full.every or self._edits.every)

    def _restart_timers_if_rescheduled(self) -> None:
        if self._changed:
            self._changed = False
            self._full.restart()
            self._edits.restart()

    def _take_turn(self) -> None:
        """Take the turn if it is free, or give it back if there is no timer any more."""
        had_turn = self._has_turn
        if not self._has_timer:
            if had_turn:
                self._turn.give_back()
            self._has_turn = None
            return
        try:
            self._has_turn = self._turn.take()
        except StateUnavailable as error:
            log.debug("Whether another process syncs on its timer is not known: %s", error)
            return
        if self._has_turn and had_turn is False:
            log.info("No other process syncs on its timer any more: this one does from now on")
            self._catch_up()
            self._full.next = time.monotonic() + self._seconds_to_full_pass()
            self._edits.next = time.monotonic() if self._edits.every else math.inf
        elif not self._has_turn and had_turn is not False:
            log.info(
                "Another process syncs on its timer, or did a moment ago: this one waits, and takes"
                " over when that one is gone"
            )

    def _seconds_to_full_pass(self) -> float:
        """Return the seconds until a pass over all pages is due, by the last one of any process."""
        if not self._full.every:
            return math.inf
        last = self._syncing.as_of()
        age = (datetime.now(UTC) - last).total_seconds() if last else math.inf
        return max(0.0, self._full.every.total_seconds() - age)

    def _run_due_pass(self) -> None:
        """Run the pass that is due, if any; only the process with the turn counts intervals."""
        now, by_interval = time.monotonic(), bool(self._has_turn)
        if self._full.is_due(by_interval=by_interval):
            self._attempt(lambda: self._syncing.sync(None, self._progress), self._full.every)
            self._full_allowed_from = now + self._edits.every.total_seconds()
            self._full.restart()
            self._full.hinted = math.inf
        elif self._edits.is_due(by_interval=by_interval):
            edits = partial(self._syncing.look_for_edits, self._progress)
            self._attempt(edits, self._edits.every)
        else:
            return
        self._edits.restart()  # a pass over all pages has seen the edits, too
        self._edits.hinted = math.inf

    def _next_step(self) -> float:
        """Return when there is something to do again, in monotonic seconds."""
        times = [self._full.hinted, self._edits.hinted]
        if self._has_turn:
            times += [self._full.next, self._edits.next]
        if self._has_timer and not self._has_turn:
            times.append(time.monotonic() + self._turn_check)
        else:
            times.append(self._next_catch_up)
        return min(times)

    def _catch_up(self) -> None:
        """Learn of the passes of other processes."""
        try:
            self._syncing.catch_up()
        except Exception:
            # It uses wikis and the disk, and must not end the schedule; see `_attempt`.
            log.exception("What other processes have synced could not be looked at")

    def _progress(self, _: Progress) -> None:
        self._beat()

    def _wait_for_hints(self, seconds: float) -> set[PassKind]:
        """Wait up to ``seconds`` for hints, or for the end, and return the hints."""
        self._woken.wait(seconds)
        if not self._ending:
            self._woken.clear()
        hinted, self._hinted = self._hinted, set()
        return hinted

    def _attempt(self, work: Callable[[], list[SyncReport]], again: timedelta) -> None:
        """Run a sync and log its reports, or why it failed; it is due again after ``again``."""
        try:
            for report in work():
                quiet = not (report.added or report.changed or report.removed or report.relabelled)
                level = logging.DEBUG if quiet and not report.complete else logging.INFO
                log.log(level, "Synced %s: %s", report.wiki, _in_short(report))
                if report.error:
                    # A sync that the end of the process stopped goes on at the next start.
                    level = logging.INFO if self._ending else logging.ERROR
                    log.log(
                        level, "%s could not be synced completely: %s", report.wiki, report.error
                    )
        except SyncRunning:
            log.info("Another sync is running; the next one is due in %s", again)
        except (IndexersError, StateUnavailable) as error:
            # The message is written for the operator; a traceback adds nothing.
            log.error("The sync failed and will be tried again in %s: %s", again, error)  # noqa: TRY400
        except Exception:
            # The edge of this thread: one failed sync must not end the schedule.
            log.exception("The sync crashed and will be tried again in %s", again)


def _in_short(report: SyncReport) -> str:
    return (
        f"{report.added} added, {report.changed} changed, "
        f"{report.relabelled} moved or with other readers, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed, "
        f"{report.requests} requests, {report.seconds:.1f} s"
    )
