"""The schedule of syncs: full passes, frequent passes for edits, and sooner after a hint."""

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
from bot.operations.passes import Rhythm
from indexers.errors import IndexersError
from indexers.model import Progress, SyncReport

log = logging.getLogger(__name__)

_SETTLE = 3.0
"""Seconds after a hint in which more hints count as the same: changes come in bursts, and
Confluence's search learns of them a little later."""


class Hints:
    """Hints that a wiki has changed. A hint only starts a sync sooner; nothing else in it is
    trusted."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._given: set[Rhythm] = set()
        self._over = False

    def give(self, rhythm: Rhythm) -> None:
        """Record a hint that a pass of this rhythm would find a change."""
        self._given.add(rhythm)
        self._woken.set()

    def wait(self, seconds: float) -> set[Rhythm]:
        """Return the hints given within ``seconds``; return at once when stopped."""
        self._woken.wait(seconds)
        if not self._over:
            self._woken.clear()
        given, self._given = self._given, set()
        return given

    @property
    def over(self) -> bool:
        return self._over

    def end(self) -> None:
        self._over = True
        self._woken.set()


class Passing(Protocol):
    """The part of `OneSyncAtATime` that the schedule needs."""

    def sync(self, wiki: str | None, progress: Callable[[Progress], None]) -> list[SyncReport]: ...

    def look_for_edits(self) -> list[SyncReport]: ...

    def stop(self) -> None: ...


@contextmanager
def rhythms(
    syncing: Passing,
    hints: Hints,
    *,
    every: timedelta,
    edits_every: timedelta,
    settle: float = _SETTLE,
) -> Iterator[None]:
    """Run full passes now and at intervals of ``every``, and passes for edits at intervals of
    ``edits_every``, in a thread of its own; zero means never. ``hints`` start either sooner, but
    full passes not more often than those for edits."""

    def run() -> None:
        next_full = next_edits = time.monotonic() if every else math.inf
        hurried_from = -math.inf
        if edits_every and not every:
            next_edits = time.monotonic()
        while not hints.over:
            began = time.monotonic()
            if began >= next_full:
                _attempt(lambda: syncing.sync(None, lambda _: None), every)
                hurried_from = began + edits_every.total_seconds()
                next_full = _after(every) if every else math.inf
                next_edits = _after(edits_every)
            elif began >= next_edits:
                _attempt(syncing.look_for_edits, edits_every)
                next_edits = _after(edits_every)
            given = hints.wait(min(next_full, next_edits, began + 3600) - time.monotonic())
            if given and not hints.over:
                time.sleep(settle)
                next_edits = time.monotonic()
                if Rhythm.FULL in given:
                    next_full = min(next_full, max(time.monotonic(), hurried_from))

    thread = threading.Thread(target=run, name="syncing", daemon=True)
    if every or edits_every:
        thread.start()
    try:
        yield
    finally:
        hints.end()
        syncing.stop()
        if thread.is_alive():
            thread.join()


def _after(span: timedelta) -> float:
    return time.monotonic() + span.total_seconds() if span else math.inf


def _attempt(work: Callable[[], list[SyncReport]], again: timedelta) -> None:
    try:
        for done in work():
            quiet = not (done.added or done.changed or done.removed or done.relabelled)
            level = logging.DEBUG if quiet and not done.complete else logging.INFO
            log.log(level, "Synced %s: %s", done.wiki, _in_short(done))
            if done.error:
                log.error("%s could not be synced to its end: %s", done.wiki, done.error)
    except SyncRunning:
        log.info("Another sync is running; the next one is due in %s", again)
    except (IndexersError, StateUnavailable) as error:
        # The message is written for the operator; a traceback adds nothing.
        log.error("The sync failed, and will be tried again in %s: %s", again, error)  # noqa: TRY400
    except Exception:
        # The edge of this thread: one failed sync must not end the schedule.
        log.exception("The sync broke, and will be tried again in %s", again)


def _in_short(done: SyncReport) -> str:
    return (
        f"{done.added} added, {done.changed} changed, {done.relabelled} relabelled, "
        f"{done.removed} removed, {done.unchanged} unchanged, {len(done.failed)} failed, "
        f"{done.requests} requests, {done.seconds:.1f} s"
    )
