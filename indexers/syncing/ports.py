"""Ports that a sync of all wikis needs beside those of `indexers.ports`: the wikis of the settings,
and an index that can be built anew beside the one that is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence, ValuesView
from contextlib import AbstractContextManager
from typing import Protocol

from footnote_bot.indexers.errors import IndexCorrupt
from footnote_bot.indexers.findings import Damage
from footnote_bot.indexers.model import SyncReport, SyncScope
from footnote_bot.indexers.ports import PassageIndex, Wiki


class ConfiguredWiki(Protocol):
    """A wiki of the settings."""

    name: str
    wiki: Wiki


class ConfiguredWikis(Protocol):
    """The wikis of the settings."""

    def values(self) -> ValuesView[ConfiguredWiki]: ...

    def to_read(self, name: str | None, part: SyncScope | None, *, recent: bool) -> list[Wiki]:
        """Return the wikis that a sync reads: the one called ``name``, a ``part`` of it, or all.
        ``recent``: only the latest edits, of wikis that can list them.

        Raises:
            WikiMisconfigured: no wiki has this name.
        """
        ...

    def warn_of_trouble(self, reports: Sequence[SyncReport]) -> None:
        """Add to the reports why people get less than they may read."""
        ...


class ReadingProcesses(Protocol):
    """The processes that read pages."""

    def working(self, stopped: Callable[[], bool]) -> AbstractContextManager[object]:
        """Let them read while the context is open, unless the work is ``stopped``."""
        ...


class RebuildableIndex(PassageIndex, Protocol):
    """An index that is read, and another one that may be built beside it. If there is one, it gets
    all writes."""

    reuses: bool
    """Whether embeddings of the current index are reused."""

    @property
    def damage(self) -> Damage | None:
        """Return the damage that was seen, until another index has been built."""
        ...

    @property
    def current(self) -> PassageIndex:
        """Return the index that is read."""
        ...

    @property
    def candidate(self) -> PassageIndex:
        """Return the index that is written."""
        ...

    @property
    def building(self) -> bool:
        """Return whether the written index is not yet the current one."""
        ...

    def follow(self) -> bool:
        """Switch to the index that another process has promoted. Return False if there is none."""
        ...

    def rebuild(self) -> bool:
        """Write a new index beside the current one from now on. Return False if one is being built
        already."""
        ...

    def mend(self, after: IndexCorrupt | None = None) -> bool:
        """Write a sound index beside a damaged one, before a sync or ``after`` one that failed.
        Return False if there is nothing to do.

        Raises:
            IndexUnavailable: no index can be created.
        """
        ...

    def set_aside(self) -> None:
        """Write the current index again. The next `rebuild` continues with the new index."""
        ...

    def discard(self) -> None:
        """Write the current index again, and delete the new index, unless it is built for another
        model or splitter."""
        ...

    def promote(self) -> bool:
        """Make the written index the current one, and delete the old one. Return False if they were
        the same already."""
        ...
