"""A rebuilt index beside the current one, and the checks before it is promoted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence

from footnote_bot.indexers.errors import IndexCorrupt, RebuildRefused
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.model import NOBODY, SyncReport
from footnote_bot.indexers.ports import PassageIndex, PromotionCheck, Wiki
from footnote_bot.indexers.syncing.sync import FEW, RemovalLimit

log = logging.getLogger(__name__)

_TRIES = 3
"""Attempts of a sync, each on a rebuilt index."""


def read_into_new_index(  # noqa: PLR0913 - the sources of the index, and its checks
    index: CurrentIndex,
    wikis: Sequence[Wiki],
    read: Callable[[Wiki], Sequence[SyncReport]],
    *,
    anew: Container[Wiki],
    gate: PromotionCheck | None,
    limit: RemovalLimit,
) -> list[SyncReport]:
    """Read all ``wikis`` into the new ``index``, and promote it, unless a wiki was not read
    completely or a check (``gate``, ``limit``) objects. Vectors are reused for wikis that are not
    in ``anew``. ``read`` returns a wiki's report, or none after a stop."""
    reports: list[SyncReport] = []
    promoted = False
    try:
        for wiki in wikis:
            index.reuses = wiki not in anew
            reports += read(wiki)
        names = [wiki.name for wiki in wikis]
        if is_whole(reports, names):
            losses = lost_pages(index, names, limit)
            unread = unread_pages(index, reports)
            objections = gate(index.current, index.candidate) if gate else ()
            if why := [*losses, *unread, *objections]:
                _close_unseen(index, wikis, reports)
                index.discard()
                reports[-1].error = _refusal(why)
            else:
                removed = remove_unconfigured(index, names, limit)
                reports[-1].warnings.extend(removed)
                _narrow_unread(index, reports)
                index.promote()  # it may be promoted already, if the old one broke meanwhile
                promoted = True
    finally:
        if not promoted:
            log.info("The index is not replaced: its rebuild stopped early, or was refused")
            index.set_aside()
            for report in reports:
                report.complete = False
    return reports


def on_sound_index(index: CurrentIndex, sync: Callable[[], list[SyncReport]]) -> list[SyncReport]:
    """Run ``sync`` on a sound index: if the index is damaged, or turns out to be, another one is
    built beside it. The first report says so.

    Raises:
        IndexCorrupt: the new index was damaged again and again.
    """
    index.mend()
    damage = index.damage
    for tries_left in reversed(range(_TRIES)):
        try:
            reports = sync()
            break
        except IndexCorrupt as error:
            if not tries_left or not index.mend(error):
                raise
            damage = index.damage or damage
    if damage and reports:
        built = f"The index was built anew: {damage.why}."
        reports[0].warnings.insert(0, index.damage.words if index.damage else built)
    return reports


def is_whole(reports: Sequence[SyncReport], wikis: Collection[str]) -> bool:
    """Return whether each of ``wikis`` was read completely."""
    return len(reports) == len(wikis) and all(report.complete for report in reports)


def remove_unconfigured(
    index: PassageIndex,
    wikis: Container[str],
    limit: RemovalLimit,
    *,
    dry_run: bool = False,
) -> Iterator[str]:
    """Remove the pages of all other wikis than ``wikis``, which left the settings, and yield
    messages; with ``dry_run`` only yield these. Many pages wait for an operator's permission, as in
    any removal, and no answer uses them. Leftovers of an interrupted write or removal are removed
    too, because no later sync would find them."""
    counts = index.counts()
    for name in sorted(name for name in index.wikis() if name not in wikis):
        pages, _ = counts.get(name, (0, 0))
        if pages >= FEW and not limit.allow_mass_removal:
            yield (
                f"{name} is no longer in the settings: nothing is answered from its {pages:,}"
                " pages, and `footnote sync --allow-mass-removal` removes them"
            )
            continue
        if not dry_run:
            index.remove(name, list(index.known(name)))
            index.sweep(name)
        if pages:
            number = "its only page" if pages == 1 else f"its {pages:,} pages"
            leaves = "would leave" if dry_run else "left"
            yield f"{name} is no longer in the settings: {number} {leaves} the index"


def promote_unless_lost(
    index: CurrentIndex,
    wikis: Mapping[str, Wiki],
    reports: Sequence[SyncReport],
    limit: RemovalLimit,
) -> None:
    """Promote, after a sync of all ``wikis``, an index that was built for another model or
    splitter, unless it has lost too many pages (then the last report says so)."""
    if index.building:
        if why := list(lost_pages(index, wikis, limit)):
            _close_unseen(index, tuple(wikis.values()), reports)
            reports[-1].complete, reports[-1].error = False, _refusal(why)
            return
        _narrow_unread(index, reports)
    index.promote()


def _close_unseen(
    index: CurrentIndex, wikis: Sequence[Wiki], reports: Sequence[SyncReport]
) -> None:
    """Close, in the current index, pages that the rebuilt index does not have: the wiki may have
    closed them to the token. Pages that were read have their new rights in both indexes already."""
    failed = {(report.wiki, failed.key) for report in reports for failed in report.failed}
    for wiki in wikis:
        if not wiki.has_page_rights:
            continue
        built = index.candidate.known(wiki.name)
        for key, page in index.current.known(wiki.name).items():
            if key not in built and (wiki.name, key) not in failed and page.acl != NOBODY:
                index.current.relabel(wiki.name, key, page.revision, NOBODY)


def _refusal(why: Sequence[str]) -> RebuildRefused:
    """Return the error of a rebuilt index that is not promoted, for the reasons ``why``."""
    return RebuildRefused(f"The new index was not taken, and the old one is kept. {' '.join(why)}")


def lost_pages(index: CurrentIndex, wikis: Container[str], limit: RemovalLimit) -> Iterator[str]:
    """Warn of wikis that would lose more pages at once than ``limit`` allows, or all, by the
    promotion, and say how to allow it. Wikis that are not in ``wikis`` left the settings."""
    if limit.allow_mass_removal:
        return
    built = index.candidate.counts()
    losses = []
    for wiki, (pages, _) in index.current.counts().items():
        lost = pages - built.get(wiki, (0, 0))[0]
        many = limit.refuses(lost, pages)
        if wiki in wikis and (many or lost == pages > 0):
            number = "The only page" if pages == 1 else f"{lost:,} of the {pages:,} pages"
            losses.append(f"{number} of {wiki} would be gone at once.")
        elif many:
            losses.append(f"{wiki} left the settings; its {lost:,} pages would be gone at once.")
    yield from losses
    if losses:
        yield "If that is as it should be, run `footnote sync --allow-mass-removal`."


def unread_pages(index: CurrentIndex, reports: Sequence[SyncReport]) -> Iterator[str]:
    """Yield a warning for each wiki with indexed pages that could not be read by the rebuild."""
    for report in reports:
        affected = _unread(report, index.current.known(report.wiki))
        if missing := affected - index.candidate.known(report.wiki).keys():
            number = "A page" if len(missing) == 1 else f"{len(missing):,} pages"
            yield f"{number} of {report.wiki} could not be read again."


def _narrow_unread(index: CurrentIndex, reports: Sequence[SyncReport]) -> None:
    """Narrow the rights of pages that could not be read now, and are in the new index since an
    earlier sync, to those in the current index: they may have been closed in between."""
    for report in reports:
        if not report.failed and not report.skipped:
            continue
        current = index.current.known(report.wiki)
        built = index.candidate.known(report.wiki)
        for key in _unread(report, current) & built.keys():
            narrowed = built[key].acl & current[key].acl
            if narrowed != built[key].acl:
                index.candidate.relabel(report.wiki, key, built[key].revision, narrowed)


def _unread(report: SyncReport, known: Collection[str]) -> set[str]:
    """Return the pages among ``known`` that could not be read, singly or as a folder."""
    unread = {failed.key for failed in report.failed}
    unread |= {skipped.key for skipped in report.skipped if skipped.keeps}
    folders = tuple(key for key in unread if key.endswith("/"))
    return {key for key in known if key in unread or key.startswith(folders)}
