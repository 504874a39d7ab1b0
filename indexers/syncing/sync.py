"""Use case: differences of a wiki -> passages -> replace, relabel, remove."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from footnote_bot.indexers.errors import IndexersError, MassRemoval, ReadingStopped, WikiUnavailable
from footnote_bot.indexers.model import (
    NOBODY,
    Changed,
    Edit,
    Enumerated,
    Failed,
    Page,
    PageChange,
    Passage,
    Progress,
    Relabelled,
    Skipped,
    SyncReport,
    Unchanged,
)
from footnote_bot.indexers.ports import Embedder, Embedding, PassageIndex, Wiki
from footnote_bot.indexers.syncing import embedding

log = logging.getLogger(__name__)

# Passages that are pending until rights are narrowed; about 50 MB. A wiki that was never
# read before has no rights to narrow, so only one batch is pending.
_MAX_PENDING = 20_000


FEW = 20
"""Pages. A loss of fewer is never refused."""


@dataclass(frozen=True, slots=True)
class RemovalLimit:
    """The limit on the pages that may leave the index at once: ``max_removal`` is a share of a
    wiki's pages. ``allow_mass_removal`` is the operator's permission to remove more."""

    max_removal: float
    allow_mass_removal: bool = False

    def refuses(self, lost: int, known: int) -> bool:
        """Return whether the loss of ``lost`` of ``known`` pages is refused."""
        return lost >= FEW and lost / known > self.max_removal and not self.allow_mass_removal


def sync(  # noqa: PLR0913 - the command's options
    wiki: Wiki,
    index: PassageIndex,
    embedder: Embedder,
    split: Callable[[Page], Sequence[Passage]],
    *,
    limit: RemovalLimit,
    full: bool = False,
    dry_run: bool = False,
    words_first: bool = True,
    progress: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> SyncReport:
    """Update the index to the state of the wiki.

    A page that cannot be read, cut or embedded keeps its last version and is reported, and does not
    stop the others. A wiki that lists only a part of itself (it yields no ``Enumerated``) loses no
    page that it does not mention. ``full`` reads and embeds everything anew; ``dry_run`` counts and
    writes nothing. ``words_first`` stores many new pages with their words only, so that all can be
    found soon, and embeds them at the end, with those that a stopped sync left.
    ``stopped`` is called between batches. A stopped sync removes nothing and is not ``complete``,
    and the next one continues from there.

    The report's ``error`` is WikiUnavailable if the wiki cannot be listed; pages that were read are
    indexed. It is MassRemoval if more pages would leave (vanished, or without text now) than
    ``limit`` allows, or no page was found where there were some; everything else has been done. If
    pages have rights of their own, nobody is shown the pages that were kept.

    Raises:
        IndexUnavailable, ModelUnavailable: nothing can be written now.
    """
    started, requests = time.monotonic(), wiki.requests
    if not dry_run:
        index.sweep(wiki.name)
    report = SyncReport(wiki.name)
    run = _Run(
        wiki,
        index,
        embedder,
        split,
        report,
        full=full,
        dry_run=dry_run,
        words_first=words_first and not dry_run,
        progress=progress,
        stopped=stopped,
    )
    try:
        run.apply_changes()
        run.remove_lost_pages(limit)
    except (WikiUnavailable, MassRemoval) as error:
        report.complete, report.error = False, error
    except ReadingStopped:  # a stop before a page was read, and no failure of the wiki
        report.complete = False
    run.embed_waiting()
    run.settle()
    report.requests = wiki.requests - requests
    report.seconds = time.monotonic() - started
    return report


class _SplitPage(NamedTuple):
    """A changed page and its passages."""

    change: Changed
    passages: Sequence[Passage]

    @property
    def key(self) -> str:
        return self.change.page.key


@dataclass
class _Run:
    """A running sync."""

    wiki: Wiki
    index: PassageIndex
    embedder: Embedder
    split: Callable[[Page], Sequence[Passage]]
    report: SyncReport
    _: KW_ONLY
    full: bool
    dry_run: bool
    words_first: bool
    progress: Callable[[Progress], None]
    stopped: Callable[[], bool]

    def __post_init__(self) -> None:
        self.known = self.index.known(self.wiki.name)
        self._listed: frozenset[str] | None = None  # the keys of all pages, once the listing ends
        self._all_listed = True  # no part of the wiki was missing in the listing
        self._left_out: set[str] = set()  # indexed pages that are left out on purpose now
        self._without_text: set[str] = set()  # indexed pages that have no text any more
        self._pending: list[_SplitPage] = []
        self._pending_passages = 0
        self._written_digests: set[str] = set()
        self._done_pages = 0

    @property
    def listed(self) -> frozenset[str]:
        """The keys of all pages of the wiki; empty if the listing has not ended."""
        return self._listed or frozenset()

    @property
    def listed_to_end(self) -> bool:
        """Return whether the listing has ended, and nobody stopped the sync."""
        return self._listed is not None and not self.stopped()

    def apply_changes(self) -> None:
        """Apply all changes that the wiki yields, and write the pages that are pending."""
        most_pending = _MAX_PENDING if self.known else embedding.BATCH
        try:
            for change in self.wiki.changes({} if self.full else self.known):
                if self.stopped():
                    return
                self._apply(change)
                if self._pending_passages >= most_pending:
                    self._write_pending()
        except WikiUnavailable:
            self._write_rest()
            raise
        self._write_rest()
        self.report.complete = self.listed_to_end and self._all_listed

    def remove_lost_pages(self, limit: RemovalLimit) -> None:
        """Remove the pages that left the wiki.

        Raises:
            MassRemoval: there are too many; nobody is shown them any more.
            WikiUnavailable: the wiki cannot say whether they are gone.
        """
        if self.stopped():
            return
        no_page = self.listed_to_end and not self.listed
        if no_page:
            self.report.warnings.append(f"no page was found: see its {self.wiki.scope_settings}")
        lost = self._lost_pages()
        # A folder that is not mounted, or not yet filled, looks like an empty wiki.
        nothing_found = bool(lost) and no_page and not limit.allow_mass_removal
        if nothing_found or limit.refuses(len(lost), len(self.known)):
            self._close(lost)
            raise MassRemoval(_refusal(self.wiki, len(lost), len(self.known)))
        self._remove(lost)

    def _lost_pages(self) -> list[str]:
        """Return the pages that are certainly gone, and those that have no text any more, which may
        be an accident. Pages that only moved are removed here."""
        missing = self._missing()
        try:
            gone = self.wiki.gone(missing) if missing else frozenset()
        except WikiUnavailable:
            self._close([*missing, *sorted(self._without_text)])
            raise
        lost = gone | self._without_text
        moved = {key for key in lost if self._has_moved(key)}
        self._remove(sorted(moved))
        return sorted(lost - moved)

    def _remove(self, keys: Sequence[str]) -> None:
        """Remove the pages from the index, except in a dry run, and count them."""
        self.report.removed += len(keys)
        if keys and not self.dry_run:
            self.index.remove(self.wiki.name, keys)
        for key in keys:
            self._plan("remove", key)

    def _close(self, keys: Sequence[str]) -> None:
        """Close the pages to everybody, if the wiki may have closed them. They keep their passages,
        so that the next sync that sees them can open them without embedding."""
        for key in keys if self.wiki.has_page_rights else ():
            page = self.known[key]
            if page.acl != NOBODY:
                self._relabel(Relabelled(key, page.revision, NOBODY))

    def embed_waiting(self) -> None:
        """Embed the passages that this sync, or a stopped one, stored with their words only."""
        if not self.words_first or not self.index.unembedded.counts().get(self.wiki.name):
            return
        embedding.embed_waiting(
            self.index, self.embedder, self.report, progress=self.progress, stopped=self.stopped
        )
        if self.stopped():
            self.report.complete = False

    def settle(self) -> None:
        """Let the index optimise itself, if something was written and the listing has ended."""
        report = self.report
        written = report.added or report.changed or report.removed or report.passages_embedded
        if written and self.listed_to_end and not self.dry_run:
            self.index.settle()

    def _apply(self, change: PageChange) -> None:
        """Apply a change, except that changed pages are queued and removals only noted."""
        match change:
            case Enumerated(keys, spaces, whole, read_as, warnings):
                self._listed, self._all_listed, self.report.spaces = keys, whole, spaces
                self.report.read_as = read_as
                self.report.warnings.extend(warnings)
                self._count_done(0)
            case Changed():
                self._split_and_queue(change)
            case Relabelled():
                self._relabel(change)
            case Unchanged():
                self.report.unchanged += 1
                self._count_done()
            case Skipped(key, reason, keeps=True) if key in self.known:
                self.report.failed.append(Failed(key, f"{reason}; its last version stays"))
                self._count_done()
            case Skipped():
                self.report.skipped.append(change)
                self._note_leaving(
                    change.key, self._left_out if change.on_purpose else self._without_text
                )
            case Failed():
                self.report.failed.append(change)
                self._count_done()

    def _relabel(self, change: Relabelled) -> None:
        """Write the new rights and owner of a page, except in a dry run, and count the page."""
        self.report.relabelled += 1
        if not self.dry_run:
            self.index.relabel(
                self.wiki.name, change.key, change.revision, change.acl, change.owner
            )
        self._plan("relabel", change.key)
        self._count_done()

    def _split_and_queue(self, change: Changed) -> None:
        """Narrow a changed page's rights in the index, split it, and queue its passages."""
        page = change.page
        self.report.warnings.extend(f"{page.key}: {warning}" for warning in change.warnings)
        self._narrow(page)
        with self._isolated(page.key):
            passages = self.split(page)
            if passages:
                self._pending.append(_SplitPage(change, passages))
                self._pending_passages += len(passages)
            else:
                self._apply(Skipped(page.key, "no words"))

    def _narrow(self, page: Page) -> None:
        """Narrow the page's rights before anything is embedded. Wider rights wait for the new text,
        because the old text was written for fewer people."""
        indexed = self.known.get(page.key)
        if indexed and indexed.acl & page.acl != indexed.acl and not self.dry_run:
            common = indexed.acl & page.acl
            self.index.relabel(self.wiki.name, page.key, indexed.revision, common)

    def _note_leaving(self, key: str, leaving: set[str]) -> None:
        """Note in ``leaving`` that the page leaves the index, if it is indexed, and count it."""
        if key in self.known:
            leaving.add(key)
        self._count_done()

    def _missing(self) -> list[str]:
        """Return the indexed pages that the complete listing lacks; none if it is incomplete."""
        if not self.listed_to_end:
            return []
        failed = {failed.key for failed in self.report.failed}
        accounted_for = self.listed | self._left_out | self._without_text | failed
        return sorted(self.known.keys() - accounted_for)

    def _write_rest(self) -> None:
        """Write the pages that are still pending, and remove pages that are left out on purpose."""
        self._write_pending()
        if not self.stopped():
            self._remove(sorted(self._left_out))

    def _write_pending(self) -> None:
        """Write the pending pages in batches; new ones by their words only if there are many."""
        words_first = self.words_first and self._pending_passages >= embedding.BATCH
        while self._pending and not self.stopped():
            batch: list[_SplitPage] = []
            size = 0
            while self._pending and size < embedding.BATCH:
                page = self._pending.pop(0)
                batch.append(page)
                size += len(page.passages)
            self._pending_passages -= size
            if words_first:
                self._write_words([page for page in batch if page.key not in self.known])
                # The old version of a page stays until the new one is embedded.
                batch = [page for page in batch if page.key in self.known]
            self._write(batch)

    def _write_words(self, pages: Sequence[_SplitPage]) -> None:
        """Write the pages without embedding them. Embeddings that are stored already are used."""
        stored = self.index.embeddings([item.digest for page in pages for item in page.passages])
        for page in pages:
            with self._isolated(page.key):
                embeddings = {
                    passage.digest: stored.get(passage.digest, Embedding(()))
                    for passage in page.passages
                }
                self._index_page(page, embeddings)

    def _write(self, pages: Sequence[_SplitPage]) -> None:
        """Embed the pages at once, or one by one if one of them breaks it, and write them."""
        embeddings: dict[str, Embedding] = {}
        try:
            embeddings = self._embeddings([item for page in pages for item in page.passages])
        except IndexersError:
            raise
        except Exception:
            log.debug("these pages could not be embedded at once", exc_info=True)
        for page in pages:
            with self._isolated(page.key):
                if not all(passage.digest in embeddings for passage in page.passages):
                    embeddings |= self._embeddings(page.passages)
                self._index_page(page, embeddings)

    def _embeddings(self, passages: Sequence[Passage]) -> dict[str, Embedding]:
        """Return embeddings by digest: stored ones, and new ones for the rest."""
        texts = {passage.digest: passage.embedded for passage in passages}
        embeddings = {} if self.full else self.index.embeddings(list(texts))
        missing = [digest for digest in texts if digest not in embeddings]
        if missing:
            new = [Embedding(())] * len(missing)
            if not self.dry_run:
                new = self.embedder.embed_passages([texts[digest] for digest in missing])
            embeddings |= zip(missing, new, strict=True)
            self.report.passages_embedded += len(missing)
        return embeddings

    def _index_page(self, split_page: _SplitPage, embeddings: Mapping[str, Embedding]) -> None:
        """Write the page's passages to the index, except in a dry run, and count the page."""
        change, passages = split_page
        page = change.page
        digests = [passage.digest for passage in passages]
        if not self.dry_run:
            self.index.replace(passages, [embeddings[digest] for digest in digests])
        self._written_digests.update(digests)
        self._plan("change" if page.key in self.known else "add", page.key)
        if page.key in self.known:
            self.report.changed += 1
            if change.since:
                self.report.edits.append(Edit(change.space, change.since, found=datetime.now(UTC)))
        else:
            self.report.added += 1
        log.debug("indexed %s of %s: %d passages", page.key, page.wiki, len(passages))
        self._count_done()

    def _plan(self, action: str, key: str) -> None:
        """Add the action to the report of a dry run."""
        if self.dry_run:
            self.report.planned.append(f"{action} {key}")

    def _has_moved(self, key: str) -> bool:
        """Return whether this sync wrote all passages of the page under other keys."""
        return self.index.digests(self.wiki.name, key) <= self._written_digests

    @contextmanager
    def _isolated(self, key: str) -> Iterator[None]:
        """Turn an error within into a failure of the page; errors of the environment are raised."""
        try:
            yield
        except IndexersError:
            raise
        except Exception as error:
            log.exception("%s: the page %s cannot be indexed", self.wiki.name, key)
            reason = f"cannot be indexed ({type(error).__name__}; see the log)"
            self.report.failed.append(Failed(key, reason))
            self._count_done()

    def _count_done(self, pages: int = 1) -> None:
        """Add to the number of pages that are done, and report the progress."""
        self._done_pages += pages
        total = max(len(self.listed), self._done_pages) if self.listed else 0
        self.progress(Progress(self.wiki.name, self._done_pages, total))


def _refusal(wiki: Wiki, lost: int, known: int) -> str:
    """Return the message of MassRemoval: ``lost`` of ``known`` pages are gone."""
    pages = f"All {known} pages" if lost == known > 1 else f"{lost} of the {known} pages"
    subject = "The only page" if known == 1 else pages
    are, were = ("is", "was") if known == 1 else ("are", "were")
    closed = ", but nobody is shown what may have been closed" if wiki.has_page_rights else ""
    return (
        f"{subject} of {wiki.name} {are} gone at once and {were} kept{closed}: see whether the wiki"
        f" is whole and its {wiki.scope_settings} are as you want them, and if so run"
        f" `footnote sync --wiki {wiki.name} --allow-mass-removal`."
    )
