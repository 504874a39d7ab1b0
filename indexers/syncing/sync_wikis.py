"""A sync of some wikis, or all, into their index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from indexers.model import Progress, SyncReport, SyncScope
from indexers.ports import Embedder, PromotionCheck, Wiki
from indexers.syncing.ports import ConfiguredWikis, ReadingProcesses, RebuildableIndex
from indexers.syncing.rebuilding import (
    Guard,
    is_whole,
    on_sound_index,
    rebuilt,
    remove_unconfigured,
    take,
)
from indexers.syncing.splitting import Splitter
from indexers.syncing.sync import each, sync


class SyncedParts(Protocol):
    """The parts that a sync needs. ``max_removal`` is the share of a wiki's pages that one sync may
    remove."""

    max_removal: float

    @property
    def wikis(self) -> ConfiguredWikis: ...

    @property
    def parsers(self) -> ReadingProcesses: ...

    @property
    def index(self) -> RebuildableIndex: ...

    @property
    def embedder(self) -> Embedder: ...

    @property
    def splitter(self) -> Splitter: ...


def sync_wikis(  # noqa: PLR0913 - one for each option of a sync
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
    one. The current one is read until the new one is whole and nothing speaks against it (``gate``,
    and `lost_pages` unless ``allow_mass_removal``); otherwise it stays, and the last report's error
    is RebuildRefused. An index is of all wikis, so those that were not named are read along. What a
    stopped sync has done is kept for the next, or for `Indexing.abandon`.

    Raises:
        WikiMisconfigured: no wiki has this name.
        IndexUnavailable, ModelUnavailable: nothing can be written now.
    """
    wikis = parts.wikis.to_read(name, part, recent=recent)
    every = {source.name: source.wiki for source in parts.wikis.values()}
    one = partial(
        sync,
        index=parts.index,
        embedder=parts.embedder,
        split=parts.splitter,
        dry_run=dry_run,
        allow_mass_removal=allow_mass_removal,
        max_removal=parts.max_removal,
        progress=progress,
    )
    guard = Guard(max_removal=parts.max_removal, allow_mass_removal=allow_mass_removal)
    whole = part is None or part.is_whole

    def read(wikis: Sequence[Wiki], *, full: bool = False) -> list[SyncReport]:
        # An index that is built beside the current one is not searched before it is whole; and
        # whoever reads a part of a wiki does not wait for the rest of it to be embedded.
        words_first = whole and not recent and not parts.index.building
        with parts.parsers.working(stopped):
            return each(wikis, partial(one, full=full, words_first=words_first), stopped)

    def run() -> list[SyncReport]:
        if full and not dry_run and whole and parts.index.rebuild():
            return rebuilt(
                parts.index,
                tuple(every.values()),
                lambda wiki: read([wiki]),
                anew=wikis,
                gate=gate,
                **guard,
            )
        reports = read(wikis, full=full)
        if whole and not recent:
            parts.wikis.warn_of_trouble(reports)
        if is_whole(reports, every):
            # Who names a wiki means no other, also if it is the only one of the settings.
            if name is None:
                reports[-1].warnings += remove_unconfigured(
                    parts.index, every, allow_mass_removal=allow_mass_removal, dry_run=dry_run
                )
            if not dry_run:
                take(parts.index, every, reports, **guard)
        return reports

    parts.index.follow()
    return run() if dry_run else on_sound_index(parts.index, run)
