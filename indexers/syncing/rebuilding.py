"""A rebuilt index beside the current one, and the checks before it is promoted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from typing import TypedDict

from indexers.errors import IndexCorrupt, RebuildRefused
from indexers.model import NOBODY, SyncReport
from indexers.ports import PassageIndex, PromotionCheck, Wiki
from indexers.syncing.ports import RebuildableIndex

_TRIES = 3
"""Attempts of a sync to begin again on a rebuilt index."""

_FEW = 20
"""A loss of so few pages is never worth a question."""


class Guard(TypedDict):
    """Limits on what may leave the index at once."""

    max_removal: float
    allow_mass_removal: bool


def rebuilt(  # noqa: PLR0913 - what an index is built of and judged by
    index: RebuildableIndex,
    wikis: Sequence[Wiki],
    read: Callable[[Wiki], Sequence[SyncReport]],
    *,
    anew: Container[Wiki],
    gate: PromotionCheck | None,
    max_removal: float,
    allow_mass_removal: bool = False,
) -> list[SyncReport]:
    """Read all ``wikis`` into the new ``index``, and promote it, unless one was not read to its end
    or a check objects. Of wikis that are not in ``anew`` the vectors are reused. ``read`` returns a
    report, or none after a stop."""
    reports: list[SyncReport] = []
    taken = False
    try:
        for wiki in wikis:
            index.reuses = wiki not in anew
            reports += read(wiki)
        names = [wiki.name for wiki in wikis]
        if is_whole(reports, names):
            losses: Iterator[str] = iter(())
            if not allow_mass_removal:
                losses = lost_pages(index, wikis=names, max_removal=max_removal)
            unread = unread_pages(index, reports)
            gated = gate(index.current, index.candidate) if gate else ()
            if why := [*losses, *unread, *gated]:
                _close_unseen(index, wikis, reports)
                index.discard()
                reports[-1].error = _refusal(why)
            else:
                gone = remove_unconfigured(index, names, allow_mass_removal=allow_mass_removal)
                reports[-1].warnings.extend(gone)
                index.promote()  # or it was already, for the old one broke meanwhile
                taken = True
    finally:
        if not taken:
            index.set_aside()
            for report in reports:
                report.complete = False
    return reports


def on_sound_index(
    index: RebuildableIndex, sync: Callable[[], list[SyncReport]]
) -> list[SyncReport]:
    """Run ``sync`` on a sound index: one that is damaged, or turns out to be, is rebuilt beside it.
    The first report says so.

    Raises:
        IndexCorrupt: what was built anew was damaged again and again.
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
    """Return whether every one of ``wikis`` was read to its end."""
    return len(reports) == len(wikis) and all(report.complete for report in reports)


def remove_unconfigured(
    index: PassageIndex,
    wikis: Container[str],
    *,
    allow_mass_removal: bool = False,
    dry_run: bool = False,
) -> Iterator[str]:
    """Remove from the index pages of none of ``wikis``, which left the settings, and yield
    messages; with ``dry_run`` only these. Many pages wait for an operator's permission, as in any
    removal; nothing is answered from them. What an interrupted write or removal left of such a wiki
    goes too: no sync of its own will find it."""
    counts = index.counts()
    for name in sorted(name for name in index.wikis() if name not in wikis):
        pages, _ = counts.get(name, (0, 0))
        if pages >= _FEW and not allow_mass_removal:
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


def take(
    index: RebuildableIndex,
    wikis: Mapping[str, Wiki],
    reports: Sequence[SyncReport],
    *,
    max_removal: float,
    allow_mass_removal: bool,
) -> None:
    """Promote, after a sync of all ``wikis``, what was built for another model or splitter, unless
    it has lost too much (the last report says so)."""
    losses: Iterator[str] = iter(())
    if index.building and not allow_mass_removal:
        losses = lost_pages(index, wikis=wikis, max_removal=max_removal)
    if why := list(losses):
        _close_unseen(index, tuple(wikis.values()), reports)
        reports[-1].complete, reports[-1].error = False, _refusal(why)
        return
    index.promote()


def _close_unseen(
    index: RebuildableIndex, wikis: Sequence[Wiki], reports: Sequence[SyncReport]
) -> None:
    """Show nobody the pages that are kept and were not seen again, because they may have been
    closed to us. Pages that were seen have their new rights in both indexes already."""
    failed = {(report.wiki, failed.key) for report in reports for failed in report.failed}
    for wiki in wikis:
        if not wiki.has_page_rights:
            continue
        seen = index.candidate.known(wiki.name)
        for key, known in index.current.known(wiki.name).items():
            if key not in seen and (wiki.name, key) not in failed and known.acl != NOBODY:
                index.current.relabel(wiki.name, key, known.revision, NOBODY)


def _refusal(why: Sequence[str]) -> RebuildRefused:
    return RebuildRefused(f"The new index was not taken, and the old one is kept. {' '.join(why)}")


def lost_pages(
    index: RebuildableIndex, *, wikis: Container[str], max_removal: float
) -> Iterator[str]:
    """Yield messages about wikis that would lose much at once, or everything, by the promotion, and
    how to allow it. Those that are none of ``wikis`` left the settings."""
    built = index.candidate.counts()
    losses = []
    for wiki, (pages, _) in index.current.counts().items():
        lost = pages - built.get(wiki, (0, 0))[0]
        many = lost >= _FEW and lost / pages > max_removal
        if wiki in wikis and (many or lost == pages > 0):
            number = "The only page" if pages == 1 else f"{lost:,} of the {pages:,} pages"
            losses.append(f"{number} of {wiki} would be gone at once.")
        elif many:
            losses.append(f"{wiki} left the settings; its {lost:,} pages would be gone at once.")
    yield from losses
    if losses:
        yield "If that is as it should be, run `footnote sync --allow-mass-removal`."


def unread_pages(index: RebuildableIndex, reports: Sequence[SyncReport]) -> Iterator[str]:
    """Yield messages about wikis with pages that exist in an earlier version, and could not be read
    for the candidate (``reports`` name them)."""
    for report in reports:
        unread = {failed.key for failed in report.failed}
        unread |= {skipped.key for skipped in report.skipped if skipped.keeps}
        folders = tuple(key for key in unread if key.endswith("/"))
        current = index.current.known(report.wiki)
        stood = {key for key in current if key in unread or key.startswith(folders)}
        if missing := stood - index.candidate.known(report.wiki).keys():
            number = "A page" if len(missing) == 1 else f"{len(missing):,} pages"
            yield f"{number} of {report.wiki} could not be read again."
