"""A sync of some wikis, or all, into their index."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from typing import Protocol

from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.model import Progress, SyncReport, SyncScope
from footnote_bot.indexers.parsing.process import Parsers
from footnote_bot.indexers.ports import Embedder, PromotionCheck, Wiki
from footnote_bot.indexers.sources.wikis import Wikis
from footnote_bot.indexers.syncing.rebuilding import (
    is_whole,
    on_sound_index,
    promote_unless_lost,
    read_into_new_index,
    remove_unconfigured,
)
from footnote_bot.indexers.syncing.splitting import Splitter
from footnote_bot.indexers.syncing.sync import RemovalLimit, sync

log = logging.getLogger(__name__)


class SyncedParts(Protocol):
    """The parts that a sync needs. ``max_removal``: the share of pages that a sync may remove."""

    max_removal: float
    wikis: Wikis
    parsers: Parsers

    @property
    def index(self) -> CurrentIndex: ...

    @property
    def embedder(self) -> Embedder: ...

    @property
    def splitter(self) -> Splitter: ...

    def return_memory(self) -> None:
        """Return to the system the memory that only a sync needs."""
        ...


def sync_wikis(  # noqa: PLR0913 - the options of a sync
    parts: SyncedParts,
    name: str | None = None,
    *,
    part: SyncScope | None = None,
    full: bool = False,
    recent: bool = False,
    dry_run: bool = False,
    allow_mass_removal: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
    gate: PromotionCheck | None = None,
) -> list[SyncReport]:
    """Sync one wiki, a ``part`` of it, or all; a wiki removed from the settings leaves the index.
    ``recent`` reads only the latest edits, of wikis that can list them. A wiki that cannot be
    listed, or would lose too many pages, does not stop the others: its report holds the error.

    ``full`` reads and embeds everything (or the one wiki) anew, into an index beside the current
    one. The new index replaces the current one once it is complete, unless a check objects
    (``gate``, and `lost_pages` unless ``allow_mass_removal``); then the last report's error is
    RebuildRefused. An index holds all wikis, so the wikis that were not named are read, too. The
    work of a stopped sync is kept for the next one, or for `Indexing.abandon`.

    Raises:
        WikiMisconfigured: no wiki has this name.
        IndexUnavailable, ModelUnavailable: nothing can be written now.
    """
    wikis = parts.wikis.to_read(name, part, recent=recent)
    all_wikis = {source.name: source.wiki for source in parts.wikis.values()}
    limit = RemovalLimit(parts.max_removal, allow_mass_removal)
    sync_wiki = partial(
        sync,
        index=parts.index,
        embedder=parts.embedder,
        split=parts.splitter,
        limit=limit,
        dry_run=dry_run,
        progress=progress,
        stopped=stopped,
    )
    whole_wiki = part is None or part.is_whole

    def read(wikis: Sequence[Wiki], *, full: bool = False) -> list[SyncReport]:
        """Sync these wikis one after another, until a stop, and return their reports."""
        # An index beside the current one is not searched before it is complete. A sync of a part
        # of a wiki must not wait until all of the wiki is embedded.
        words_first = whole_wiki and not recent and not parts.index.building
        until_stopped = takewhile(lambda _: not stopped(), wikis)
        with parts.parsers.working(stopped):
            return [sync_wiki(wiki, full=full, words_first=words_first) for wiki in until_stopped]

    def run() -> list[SyncReport]:
        """Rebuild the index if the sync is full, or else sync the wikis; return the reports."""
        rebuilds = full and not dry_run and whole_wiki and parts.index.rebuild()
        if parts.index.building and whole_wiki and not dry_run and not recent:
            log.info("The index is being rebuilt beside the current one")
        if rebuilds:
            return read_into_new_index(
                parts.index,
                tuple(all_wikis.values()),
                lambda wiki: read([wiki]),
                anew=wikis,
                gate=gate,
                limit=limit,
            )
        reports = read(wikis, full=full)
        if whole_wiki and not recent:
            parts.wikis.warn_of_trouble(reports)
        if is_whole(reports, all_wikis):
            # A sync of a named wiki removes no other, even if it is the only one in the settings.
            if name is None:
                reports[-1].warnings += remove_unconfigured(
                    parts.index, all_wikis, limit, dry_run=dry_run
                )
            if not dry_run:
                promote_unless_lost(parts.index, all_wikis, reports, limit)
        return reports

    parts.index.follow()
    try:
        return run() if dry_run else on_sound_index(parts.index, run)
    finally:
        parts.return_memory()
