"""Conditions that the bot needs to answer. Each check returns the problem in a few words that
anybody may read: no path, no address, no error message."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.errors import StateUnavailable
from bot.operations import texts
from indexers.errors import IndexersError
from indexers.ports import PassageIndex

logger = logging.getLogger(__name__)

_ROOM = 16 << 20
"""Free bytes. With fewer, the next write of the index or the database may fail."""


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

    def of_database() -> str:
        problem = database(process.beat)  # first: it may find the damage
        return texts.DATABASE_DAMAGED if process.is_damaged else problem

    def of_index() -> str:
        problem = index(passages, wikis)
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


def index(passages: PassageIndex, wikis: Sequence[str]) -> str:
    try:
        for wiki in wikis[:1]:
            passages.page(wiki, "")
    except IndexersError as error:
        logger.debug("Not ready: %s", error)
        return texts.CANNOT_BE_SEARCHED
    return ""


def disk(folder: Path) -> str:
    try:
        status = os.statvfs(folder)
    except OSError as error:
        logger.debug("Not ready: %s", error)
        return texts.CANNOT_BE_READ
    no_names = status.f_files > 0 and status.f_favail == 0
    return texts.FULL if no_names or status.f_bavail * status.f_frsize < _ROOM else ""
