"""When the bot syncs by itself: in two rhythms, and sooner on a hint."""

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
"""Seconds after a hint in which further ones are taken as the same: changes come in
bursts, and the search of a Confluence knows of them a little later."""


class Hints:
    """Word that a wiki has changed, from whoever says so: it hurries a sync, and is
    believed in nothing else."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._given: set[Rhythm] = set()
        self._over = False

    def give(self, rhythm: Rhythm) -> None:
        """A pass of this rhythm would find something."""
        self._given.add(rhythm)
        self._woken.set()

    def wait(self, seconds: float) -> set[Rhythm]:
        """What is given within ``seconds``, or at once when it is over."""
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
    """What `OneSyncAtATime` offers to the rhythm."""

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
    """Full passes now and ``every`` so often, looks for edits ``edits_every`` so often in
    between, in a thread of its own; zero is never. ``hints`` bring either forward, full
    ones not oftener than edits are looked for."""

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
        # Its text is a whole sentence for the operator; a traceback adds nothing.
        log.error("The sync failed, and will be tried again in %s: %s", again, error)  # noqa: TRY400
    except Exception:
        # The edge of this thread: the syncs to come must not end with this one.
        log.exception("The sync broke, and will be tried again in %s", again)


def _in_short(done: SyncReport) -> str:
    return (
        f"{done.added} added, {done.changed} changed, {done.relabelled} relabelled, "
        f"{done.removed} removed, {done.unchanged} unchanged, {len(done.failed)} failed, "
        f"{done.requests} requests, {done.seconds:.1f} s"
    )
