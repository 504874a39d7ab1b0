"""Samples of the sources that must be read: the database, the index, the disk."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation.model import MessageState
from footnote_bot.bot.errors import BotError
from footnote_bot.bot.flags.model import FlagState, Verdict
from footnote_bot.indexers.errors import IndexersError

logger = logging.getLogger(__name__)

_LATE = 60.0
"""Seconds for which a stale sample is used while its source is asked again: reading a large data
folder on a slow disk takes longer than anybody waits, but is no failure."""
_FOLDERS = ("index", "scratch", "clones", "models")
PARTS = (*_FOLDERS, "state", "other")
"""The parts of the data folder."""


@dataclass(frozen=True, slots=True)
class StateCounts:
    """Counts of the bot's database, which all its processes share. ``waiting`` counts the messages
    that are not finished, by state, and ``oldest`` is when the first of them was received."""

    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    flags: Mapping[FlagState, int] = field(default_factory=dict)
    waiting: Mapping[MessageState, int] = field(default_factory=dict)
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes of the data folder by part, and of the disk that it is on."""

    parts: Mapping[str, int]
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class SampleSource:
    """A source of samples. ``ask`` may block; its result is used for ``fresh`` seconds."""

    ask: Callable[[], Any]
    fresh: float


@dataclass(slots=True)
class Sampler:
    """Asks each source in a thread of its own and never twice at a time: a source that hangs costs
    one thread, however often somebody reads the metrics. ``patience``: seconds to wait for sources
    that are asked again."""

    sources: Mapping[str, SampleSource]
    _: KW_ONLY
    patience: float = 2.0
    clock: Callable[[], float] = time.monotonic
    _asking: dict[str, tuple[float, asyncio.Task[Any]]] = field(init=False, default_factory=dict)
    _latest_samples: dict[str, tuple[float, Any]] = field(init=False, default_factory=dict)

    async def samples(self) -> dict[str, Any]:
        """Return the samples by source; None for a source that fails now. A source that takes
        longer than the wait gives its result to the next request."""
        self._collect()
        now = self.clock()
        for name, source in self.sources.items():
            until, _ = self._latest_samples.get(name, (now, None))
            if name not in self._asking and until <= now:
                task = asyncio.create_task(in_own_thread(source.ask, f"sampling {name}"))
                self._asking[name] = now, task
        if self._asking:
            tasks = [task for _, task in self._asking.values()]
            await asyncio.wait(tasks, timeout=self.patience)
        self._collect()
        return {name: self._latest(name, now) for name in self.sources}

    def _latest(self, name: str, now: float) -> Any:
        """Return the latest sample; None if it is too old because the source does not answer."""
        until, sample = self._latest_samples.get(name, (-math.inf, None))
        return None if name in self._asking and until + _LATE < now else sample

    def _collect(self) -> None:
        """Keep the results of the sources that have answered."""
        for name, (began, task) in list(self._asking.items()):
            if task.done():
                del self._asking[name]
                self._latest_samples[name] = began + self.sources[name].fresh, _result(name, task)


def _result(name: str, task: asyncio.Task[Any]) -> Any:
    """Return the sample of a task that is done; None if it failed, which is logged."""
    try:
        return task.result()
    except (BotError, IndexersError, OSError) as error:
        logger.debug("No metrics of the %s: %s", name, error)
        return None
    except Exception:
        # The edge of the source's thread: an unexpected error must not break the whole page.
        logger.exception("The metrics of the %s cannot be read", name)
        return None


def disk_use(folder: Path) -> DiskUse:
    """Return the current sizes. This walks the folder, so it may block for a moment.

    Raises:
        OSError: the folder cannot be read.
    """
    sizes = dict.fromkeys(PARTS, 0)
    with os.scandir(folder) as entries:
        for entry in entries:
            others = "state" if entry.name.startswith("state.") else "other"
            part = entry.name if entry.name in _FOLDERS else others
            sizes[part] += _size(Path(entry.path))
    disk = os.statvfs(folder)
    return DiskUse(sizes, disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize)


def _size(path: Path) -> int:
    """Return the bytes that a file or folder takes. A sync may delete files meanwhile."""
    if not path.is_dir() or path.is_symlink():
        return _blocks(path)
    return sum(_blocks(Path(folder, name)) for folder, _, names in os.walk(path) for name in names)


def _blocks(path: Path) -> int:
    """Return the bytes used on the disk: Qdrant's files are sparse, so their sizes are larger."""
    try:
        return path.lstat().st_blocks * 512
    except OSError:
        return 0
