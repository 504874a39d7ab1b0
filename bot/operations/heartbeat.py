"""The heartbeat of a process that syncs for others: a file whose modification time says when a sync
last made progress. Without it a process that hangs would pass for healthy, because it is alive."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from footnote_bot.bot.operations import texts

log = logging.getLogger(__name__)

LONGEST = 30 * 60.0
"""Seconds without progress after which a process counts as hung. Listing a large Confluence, or
waiting for one that limits our requests, takes minutes in which no page is done."""
_APART = 5.0
"""Seconds between two beats, at least: a pass does hundreds of unchanged pages a second."""


def heartbeat_in(data_dir: Path) -> Path:
    """Return the heartbeat's file. Its folder is closed to others: `bot.running.address`."""
    return data_dir / "process" / "indexer"


class Heartbeat:
    """The heartbeat of this process, in ``file``. A failure to write it is logged: a full disk must
    not end a sync."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._next = clock()

    def beat(self) -> None:
        """Record that this process makes progress."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _APART
        try:
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            self._file.touch(mode=0o600)
            os.utime(self._file)
        except OSError as error:
            log.warning(
                "That this process makes progress cannot be written down: %s", error.strerror
            )

    def end(self) -> None:
        """Remove the file, because the process ends."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.debug("The heartbeat stays behind: %s", error)


def standstill(file: Path, now: float) -> str:
    """Return why the process that beats in ``file`` is not healthy; empty if it is. ``now`` is in
    seconds since the epoch."""
    try:
        age = now - file.stat().st_mtime
    except FileNotFoundError:
        return texts.NOT_RUNNING
    except OSError as error:
        return texts.unknown_whether_running(error.strerror)
    if age > LONGEST:
        return texts.stands_still(age / 60)
    return ""
