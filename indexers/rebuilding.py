"""An index that is built anew beside the one that stands, and what must hold before it
takes its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Sequence

from indexers.errors import RebuildRefused
from indexers.index.current import CurrentIndex
from indexers.model import SyncReport
from indexers.ports import Gate, PassageIndex, Wiki

_FEW = 20
"""So many pages may go without being a share worth a question."""


def rebuilt(  # noqa: PLR0913 - what an index is built of and judged by
    index: CurrentIndex,
    wikis: Sequence[Wiki],
    read: Callable[[Wiki], Sequence[SyncReport]],
    *,
    anew: Container[Wiki],
    gate: Gate | None,
    max_removal: float,
) -> list[SyncReport]:
    """Read all ``wikis`` into the new ``index`` that is being built, and take it, unless one
    was not read to its end or something speaks against it. Of those that are not ``anew``
    the vectors are kept. ``read`` gives a report, or none after a stop."""
    reports: list[SyncReport] = []
    taken = False
    try:
        for wiki in wikis:
            index.reuses = wiki not in anew
            reports += read(wiki)
        names = [wiki.name for wiki in wikis]
        if is_whole(reports, names):
            losses = objections(
                index.standing, index.candidate, reports, wikis=names, max_removal=max_removal
            )
            gated = gate(index.standing, index.candidate) if gate else ()
            if why := [*losses, *gated]:
                index.discard()
                reports[-1].error = RebuildRefused(
                    f"The new index was not taken, and the old one is kept. {' '.join(why)}"
                )
            else:
                forget_strangers(index, names)
                taken = index.promote()
    finally:
        if not taken:
            index.set_aside()
            for report in reports:
                report.complete = False
    return reports


def is_whole(reports: Sequence[SyncReport], wikis: Collection[str]) -> bool:
    """Whether every one of ``wikis`` was read to its end."""
    return len(reports) == len(wikis) and all(report.complete for report in reports)


def forget_strangers(index: PassageIndex, wikis: Container[str]) -> None:
    """A wiki that left the settings leaves the index."""
    for name in index.counts():
        if name not in wikis:
            index.remove(name, list(index.known(name)))


def objections(
    standing: PassageIndex,
    candidate: PassageIndex,
    reports: Sequence[SyncReport],
    *,
    wikis: Container[str],
    max_removal: float,
) -> Iterator[str]:
    """What of ``wikis`` would be lost if the ``candidate`` were read from here on: much of a
    wiki at once, or a page of which there is an earlier version and which could not be read
    this time (``reports`` say so)."""
    built = candidate.counts()
    for wiki, (pages, _) in standing.counts().items():
        lost = pages - built.get(wiki, (0, 0))[0]
        if wiki in wikis and lost >= _FEW and lost / pages > max_removal:
            yield f"Of the {pages:,} pages of {wiki} {lost:,} would be gone at once."
    for report in reports:
        failed = {failed.key for failed in report.failed}
        stood = failed & standing.known(report.wiki).keys()
        if missing := stood - candidate.known(report.wiki).keys():
            number = "A page" if len(missing) == 1 else f"{len(missing):,} pages"
            yield f"{number} of {report.wiki} could not be read again."
