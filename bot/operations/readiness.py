"""Conditions that the bot needs to answer. Each check returns the problem in a few words that
anybody may read: no path, no address, no error message. And the daily check that what is stored is
not damaged: disks damage files that nobody reads."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from footnote_bot.bot.errors import StateAway, StateUnavailable
from footnote_bot.bot.operations import texts
from footnote_bot.indexers.daemons import in_daemon, lower_priority
from footnote_bot.indexers.errors import IndexAway, IndexersError
from footnote_bot.indexers.ports import PassageIndex

logger = logging.getLogger(__name__)

AWAY = {
    StateAway: ("database", texts.CANNOT_BE_WRITTEN),
    IndexAway: ("index", texts.CANNOT_BE_SEARCHED),
}
"""The errors of servers that will be back, with the name of their check and its result."""
_ROOM = 16 << 20
"""Free bytes. With fewer, the next write of the index or the database may fail."""
_A_DAY = 24 * 3600.0


class WritingProcess(Protocol):
    """The process as it writes to the database. ``is_damaged``: whether that is known."""

    def beat(self) -> None: ...

    @property
    def is_damaged(self) -> bool: ...


class SearchedIndex(PassageIndex, Protocol):
    """An index that knows its ``damage``, if there is any."""

    @property
    def damage(self) -> object: ...


def checks(
    process: WritingProcess, passages: SearchedIndex, wikis: Sequence[str], data_dir: Path
) -> dict[str, Callable[[], str]]:
    """Return the checks, by name. What is damaged may still be read and written in part."""
    searchable = Searchable(passages, wikis)

    def of_database() -> str:
        problem = database(process.beat)  # first: it may find the damage
        return texts.DATABASE_DAMAGED if process.is_damaged else problem

    def of_index() -> str:
        problem = searchable()
        return texts.INDEX_DAMAGED if passages.damage else problem

    return {"database": of_database, "index": of_index, "disk": partial(disk, data_dir)}


def database(write: Callable[[], None]) -> str:
    """Check that the database can be written: a read-only one keeps no question."""
    try:
        write()
    except StateUnavailable as error:
        logger.debug("Not ready: %s", error)
        return texts.CANNOT_BE_WRITTEN
    return ""


@dataclass
class Searchable:
    """A check that the index answers, and has held a page of ``wikis`` since the start: readiness
    does not change with every page."""

    passages: PassageIndex
    wikis: Sequence[str]
    _had_pages: bool = field(init=False, default=False)

    def __call__(self) -> str:
        try:
            if self._had_pages:
                self.passages.page(self.wikis[0], "")
            else:
                self._had_pages = not self.passages.counts().keys().isdisjoint(self.wikis)
        except IndexersError as error:
            logger.debug("Not ready: %s", error)
            return texts.CANNOT_BE_SEARCHED
        return "" if self._had_pages else texts.EMPTY


def disk(folder: Path) -> str:
    """Return why the folder's disk takes no more data; empty if it does."""
    try:
        status = os.statvfs(folder)
    except OSError as error:
        logger.debug("Not ready: %s", error)
        return texts.CANNOT_BE_READ
    no_inodes = status.f_files > 0 and status.f_favail == 0
    return texts.FULL if no_inodes or status.f_bavail * status.f_frsize < _ROOM else ""


def check_daily(*checks: Callable[[], object]) -> None:
    """Start a thread that runs the ``checks``, which remember damage, at once and every day."""
    in_daemon(partial(check_for_ever, checks, time.sleep), "checking")


def check_for_ever(
    checks: Sequence[Callable[[], object]], pause: Callable[[float], object]
) -> None:
    """Run the checks, log what is damaged, and ``pause`` for a day, for ever."""
    lower_priority()
    while True:
        for check in checks:
            try:
                check()
            except (IndexersError, StateUnavailable) as error:
                logger.error("%s", error)  # noqa: TRY400 - written for the operator
        pause(_A_DAY)
