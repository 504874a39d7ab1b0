"""The current index, and the one that a rebuild writes."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable
from footnote_bot.indexers.findings import Damage
from footnote_bot.indexers.index.catalog import (
    IndexCatalog,
    close_safely,
    fingerprint_of,
    have_same_model,
    next_name,
)
from footnote_bot.indexers.index.hits import Embed, compare_missing
from footnote_bot.indexers.model import Acl, Hit, KnownPage, Passage, Reader
from footnote_bot.indexers.ports import (
    Embedding,
    IndexQuery,
    PassageIndex,
    PassageRef,
    Unembedded,
)

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

_WAITING_LASTS = 1.0
"""Seconds."""
_CURRENT_LASTS = 5.0
"""Seconds in which no other process is expected to have promoted an index."""


class CurrentIndex:
    """A PassageIndex that reads the current index and writes the wanted one; mostly they are the
    same.

    If they differ (another model, another splitter), the next syncs build the wanted one, and
    `promote` makes it the current one. Meanwhile rights and removals reach both, and if the models
    differ, the old one is searched by words only. The same holds for an index that is rebuilt on
    demand (`rebuild`), or because the current one is damaged. A damaged index is read as far as
    possible; if it cannot even be opened, the index built so far is read.
    """

    def __init__(
        self,
        catalog: IndexCatalog,
        wanted: str,
        wikis: Collection[str] | None = None,
        embed: Embed | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the index. ``wanted`` is a fingerprint; the name of a rebuilt index adds a number to
        it. Pages of other wikis than ``wikis`` (None: any) are not found, though they are stored
        until a sync removes them. ``embed`` embeds hits that have no vector of the wanted model.
        ``clock`` returns seconds."""
        self._catalog = catalog
        self._wikis = wikis
        self._wanted = wanted
        self._embed = embed
        self._clock = clock
        self._switching = threading.RLock()
        """Held while another index becomes the one that is read."""
        self._waiting_count, self._counted_at = 0, -math.inf
        self._followed_at = -math.inf
        self.damage = catalog.damage()
        """The damage of the current index, until another one has been built."""
        self._unusable: set[PassageIndex] = set()
        """Open indexes that turned out to be damaged when they were written."""
        self._is_unreadable = False
        """Whether this version cannot read the current index, which another version wrote."""
        self._aside_is_damaged = False
        """Whether the index that was set aside is damaged."""
        current = catalog.current()
        read = self._open_current(current) if current else None
        try:
            self._written_name, self.candidate = self._open_written(current, read)
            if read is None:
                catalog.activate(self._written_name)
        except BaseException:
            if read is not None:
                read.close()
            raise
        self._read_name = current if current and read else self._written_name
        self.current = read or self.candidate
        """The index that is read; the ``candidate`` is the one that is written."""
        # Whether the current index has vectors of the wanted model.
        self._same_vectors = have_same_model(self._read_name, wanted)
        self.reuses = True
        """Whether vectors of the current index may go into a rebuilt one."""

    @property
    def building(self) -> bool:
        """Return whether the written index is not yet the current one."""
        return self.current is not self.candidate

    @property
    def is_rebuilding(self) -> bool:
        """Return whether a full sync of this process builds the written index, though neither model
        nor splitter changed."""
        return self.building and fingerprint_of(self._read_name) == self._wanted

    @property
    def is_unfinished(self) -> bool:
        """Return whether a full sync has begun an index that this process does not build: the sync
        was stopped, or another process runs it. Only the next full sync continues it."""
        return not self.building and self._catalog.has(next_name(self._read_name))

    @property
    def is_partial(self) -> bool:
        """Return whether a search may miss pages until the index is built: the current index is
        damaged, is of another model, or cannot be read by this version."""
        reads_old = self.building and (self._is_unreadable or not self._same_vectors)
        return self.damage is not None or reads_old

    @property
    def trouble(self) -> str:
        """Tell the operator why searches may miss pages, and until when; empty if they find all."""
        if self.damage:
            return self.damage.words
        if self.is_partial:
            return (
                "The index is being rebuilt: the old one was made with another model or by"
                " another version. Until every wiki has been read again, by `footnote sync` or the"
                " running bot, answers come from what can be used of the old one."
            )
        if waiting := self.waiting:
            total = sum(passages for _, passages in self.counts().values())
            return (
                f"{waiting:,} of {total:,} passages are found by their words alone until the model"
                " has read them: `footnote sync` or the running bot goes on with them."
            )
        return ""

    @property
    def unembedded(self) -> Unembedded:
        """Return the waiting passages of the written index."""
        return self.candidate.unembedded

    @property
    def waiting(self) -> int:
        """Return how many of the searched passages wait for their embedding. The number is cached
        for a second, because every question needs it."""
        now = self._clock()
        if not 0 <= now - self._counted_at < _WAITING_LASTS:
            counts = self._with_current(lambda read: read.unembedded.counts())
            self._waiting_count, self._counted_at = sum(counts.values()), now
        return self._waiting_count

    def follow(self) -> bool:
        """Switch to the index that another process has promoted. Return False if there is none."""
        with self._switching:
            current = self._catalog.current()
            if current is None or current == self._read_name:
                return False
            if current == self._written_name:
                self.current = self.candidate
            elif fingerprint_of(current) == self._wanted:
                self.current = self.candidate = self._catalog.open(current)
                self._written_name = current
            else:
                return False  # it is for other settings than this process has
            self._read_name, self._same_vectors = current, True
            return True

    def rebuild(self) -> bool:
        """Write a new index beside the current one from now on, though neither model nor splitter
        changed. Resume an index that was `set_aside`. Return False if an index is being built
        already."""
        if self.building:
            return False
        self._written_name, self.candidate = self._open_new(next_name(self._read_name))
        return True

    def mend(self, after: IndexCorrupt | None = None) -> bool:
        """Write a sound index beside a damaged one, before a sync or ``after`` one that failed.
        Return False if there is nothing to do.

        Raises:
            IndexUnavailable: no index can be created.
        """
        if self._aside_is_damaged:
            self._aside_is_damaged = False
            self._catalog.remove_all_except(self._read_name)
            if after:
                log.warning("The index built so far is lost: %s", after)
                return True
        broken = self.candidate in self._unusable
        if after and not broken:
            self._note_damage(after)
        if self.building and broken:
            close_safely(self.candidate)
            self._written_name, self.candidate = self._open_new(next_name(self._written_name))
            return True
        if self.building:
            if after:
                # The index that was read has failed: read the new one, as far as it is built.
                self._read_candidate()
            return after is not None
        damaged = self.damage is not None and self.damage.index == self._read_name
        return (broken or damaged) and self.rebuild()

    def set_aside(self) -> None:
        """Write the current index again. The next `rebuild` continues with the new index."""
        if self.building:
            unfinished, self.candidate = self.candidate, self.current
            self._written_name, self.reuses = self._read_name, True
            self._aside_is_damaged = unfinished in self._unusable
            self._unusable.discard(unfinished)
            close_safely(unfinished)

    def discard(self) -> None:
        """Write the current index again, and delete the new index, unless it is built for another
        model or splitter."""
        if self.building and not self.is_rebuilding:
            return  # vectors of another model must not reach the old index
        self.set_aside()
        self._catalog.remove_all_except(self._read_name)

    def promote(self) -> None:
        """Make the written index the current one, after every wiki was synced to its end, and
        delete the old one."""
        if not self.building:
            self._clear_damage()
            return
        with self._switching:
            # First: if this fails, other processes go on reading the old index, and it must still
            # get removals and rights.
            self._catalog.activate(self._written_name)
            self._read_candidate()
        self._catalog.remove_all_except(self._read_name)
        self._clear_damage()
        log.info("The rebuilt index is the current one now")

    def known(self, wiki: str) -> dict[str, KnownPage]:
        with self._writing():
            return self.candidate.known(wiki)

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """Return a page of the written index, or else of the current one; None if unknown."""
        if not self._reads(wiki):
            return None
        return self._with_current(
            lambda read: self.candidate.page(wiki, page) or read.page(wiki, page)
        )

    def embeddings(self, digests: Sequence[str]) -> dict[str, Embedding]:
        """Return stored embeddings by digest: of the written index, or else of the current one."""
        with self._writing():
            embeddings = self.candidate.embeddings(digests)
        if self.building and self._same_vectors and self.reuses:
            try:
                embeddings |= self.current.embeddings(
                    [digest for digest in digests if digest not in embeddings]
                )
            except IndexCorrupt as error:
                self._note_damage(error)
        return embeddings

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        # The check of a stored answer calls this before any search, so it must follow a switch.
        return self._with_current(
            lambda read: self.candidate.digests(wiki, page) or read.digests(wiki, page)
        )

    def search(
        self,
        queries: Sequence[IndexQuery],
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        """Search the current index, see `PassageIndex.search`: by words only, if its vectors are of
        another model than the questions'."""
        readable = self._readable(wikis)

        def search(index: PassageIndex) -> list[list[Hit]]:
            comparable = self._same_vectors or index is self.candidate
            sent = queries if comparable else [IndexQuery(query.text, ()) for query in queries]
            return index.search(sent, reader=reader, limit=limit, wikis=readable)

        def search_candidate(broken: PassageIndex) -> list[list[Hit]]:
            nothing: list[list[Hit]] = [[] for _ in queries]
            return nothing if broken is self.candidate else search(self.candidate)

        results = self._with_current(search, search_candidate)
        if not self._embed:
            return results
        return [
            compare_missing(hits, query.vector, self._embed)
            for query, hits in zip(queries, results, strict=True)
        ]

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        readable = [place for place in places if self._reads(place[0])]
        return self._with_current(lambda read: read.passages(readable, reader=reader), lambda _: [])

    def foreign_language(self, text: str, than: Collection[str] = ()) -> str:
        return self._with_current(lambda read: read.foreign_language(text, than), lambda _: "")

    def languages(self, *, reader: Reader, wikis: Sequence[str] | None = None) -> Sequence[str]:
        readable = self._readable(wikis)
        return self._with_current(
            lambda read: read.languages(reader=reader, wikis=readable), lambda _: []
        )

    def counts(self) -> dict[str, tuple[int, int]]:
        return self._with_current(
            lambda read: read.counts(),
            lambda broken: {} if broken is self.candidate else self.candidate.counts(),
        )

    def wikis(self) -> frozenset[str]:
        """Return the wikis in the current index, and in the one that is built beside it."""
        wikis = self.candidate.wikis()
        if self.building:
            try:
                wikis |= self.current.wikis()
            except IndexCorrupt as error:
                self._note_damage(error)
        return wikis

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        """Put a copy of the current index into ``folder``, and return its counts."""
        return self._catalog.back_up(self._read_name, self.current, folder)

    def check(self) -> int:
        """Check the current index, see `PassageIndex.check`, and remember its damage. A server
        checks its own."""
        index = self.current
        try:
            return 0 if self._catalog.is_shared else index.check()
        except IndexCorrupt as error:
            if index is self.current:
                self._note_damage(error)
            raise

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        """Write a page into the written index, and narrow its rights in the current one."""
        if passages:
            with self._narrow_rights():
                self._narrow_old(passages[0])
        with self._writing():
            self.candidate.replace(passages, embeddings)

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        """Change the labels of a page in the written index and in the current one."""
        if self.building:
            with self._writing():
                built = self.candidate.page(wiki, page)
            with self._narrow_rights():
                self._relabel_old(wiki, page, built, KnownPage(revision, acl), owner)
        with self._writing():
            self.candidate.relabel(wiki, page, revision, acl, owner)

    def remove(self, wiki: str, pages: Sequence[str]) -> None:
        if self.building:
            with self._narrow_rights():
                self.current.remove(wiki, pages)
        with self._writing():
            self.candidate.remove(wiki, pages)

    def narrow(self, wiki: str, acl: Acl) -> None:
        """Keep everybody whom ``acl`` does not admit from reading ``wiki``, until the next sync."""
        with self._narrow_rights():
            _narrow(self.current, wiki, acl)
        if self.building:
            with self._writing():
                _narrow(self.candidate, wiki, acl)

    def sweep(self, wiki: str) -> int:
        with self._writing():
            return self.candidate.sweep(wiki)

    def settle(self) -> None:
        with self._writing():
            self.candidate.settle()

    def close(self) -> None:
        close_safely(self.candidate)
        if self.building:
            close_safely(self.current)
        self._catalog.close()

    def _reads(self, wiki: str) -> bool:
        """Return whether pages of ``wiki`` are found."""
        return self._wikis is None or wiki in self._wikis

    def _readable(self, wikis: Collection[str] | None) -> Sequence[str] | None:
        """Return those of ``wikis`` (None: any) that are found; None if any wiki is."""
        selected = self._wikis if wikis is None else wikis
        return None if selected is None else [wiki for wiki in selected if self._reads(wiki)]

    def _open_current(self, name: str) -> PassageIndex | None:
        """Open the current index; None if it is damaged, and cannot be read at all."""
        try:
            return self._catalog.open(name)
        except IndexCorrupt as error:
            self._remember(Damage(error.why))
            return None

    def _open_written(
        self, current: str | None, read: PassageIndex | None
    ) -> tuple[str, PassageIndex]:
        """Return the index to write, and its name: the current one that is ``read`` (None: it
        cannot be), if it is the wanted one and not damaged, or else one beside it."""
        if current is None or fingerprint_of(current) != self._wanted:
            return self._open_new(self._wanted)
        if read is None or (self.damage and self.damage.index == current):
            return self._open_new(next_name(current))
        return current, read

    def _open_new(self, name: str) -> tuple[str, PassageIndex]:
        """Open the index ``name``, or one with a higher number if it is damaged. Nobody reads it
        yet, so its damage is not reported."""
        try:
            return name, self._catalog.open(name)
        except IndexCorrupt as error:
            log.warning("The index built so far is lost: %s", error)
            name = next_name(name)
            return name, self._catalog.open(name)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Treat a failure within as damage of the written index."""
        try:
            yield
        except IndexCorrupt as error:
            self._unusable.add(self.candidate)
            if not self.building:
                self._note_damage(error)
            raise

    @contextmanager
    def _narrow_rights(self) -> Iterator[None]:
        """Stop reading an index in which rights cannot be narrowed."""
        try:
            yield
        except IndexCorrupt as error:
            self._note_damage(error)
            if not self.building:
                self.rebuild()
            self._read_candidate()

    def _clear_damage(self) -> None:
        """Forget the damage: the written index, which is complete, is sound."""
        if self.damage:
            self._catalog.remove_all_except(self._read_name)
            self.damage = None
            self._catalog.remember(None)

    def _read_candidate(self) -> None:
        """Read the written index from now on, and no more the one that was read."""
        with self._switching:
            old, self.current, self._same_vectors = self.current, self.candidate, True
            self._read_name, self.reuses = self._written_name, True
            self._catalog.activate(self._read_name)
        if self.damage and self.damage.index:
            self._remember(Damage(self.damage.why))
        close_safely(old)
        self._unusable.discard(old)

    def _narrow_old(self, passage: Passage) -> None:
        """Narrow the rights of the page's old version in the old index: that must not wait for the
        new index."""
        if not self.building:
            return
        wiki, page = passage.wiki, passage.page
        old_page = self.current.page(wiki, page)
        if old_page is not None and old_page.acl != passage.acl:
            self.current.relabel(wiki, page, old_page.revision, old_page.acl & passage.acl)

    def _relabel_old(
        self, wiki: str, page: str, built: KnownPage | None, label: KnownPage, owner: str | None
    ) -> None:
        """Relabel the page in the old index. Wider rights wait for the new index if that has
        another version of the text: perhaps the old one was written for fewer people."""
        old_page = self.current.page(wiki, page)
        if old_page and (built is None or built.revision != old_page.revision):
            label = KnownPage(old_page.revision, old_page.acl & label.acl)
        self.current.relabel(wiki, page, label.revision, label.acl, owner)

    def _note_damage(self, error: IndexCorrupt) -> None:
        """Remember that the current index is damaged, or that this version cannot read it."""
        if self.building and fingerprint_of(self._read_name) != self._wanted:
            self._is_unreadable = True
        elif self.damage is None:
            self._remember(Damage(error.why, self._read_name))

    def _remember(self, damage: Damage) -> None:
        """Log and store the damage of the current index."""
        self.damage = damage
        log.warning("%s", damage.words)
        self._catalog.remember(damage)

    def _with_current(
        self,
        ask: Callable[[PassageIndex], _Result],
        fallback: Callable[[PassageIndex], _Result] | None = None,
    ) -> _Result:
        """Return the result of ``ask`` for the current index. Repeat it if a process has promoted
        another index meanwhile. If the index turns out to be damaged, note that, and return the
        result of ``fallback``, which takes the damaged index.

        Raises:
            IndexCorrupt: the index is damaged, and there is no ``fallback``.
        """
        self._follow_if_due()
        index = self.current
        try:
            return ask(index)
        except IndexCorrupt as error:
            if fallback is None:
                raise
            self._note_damage(error)
            return fallback(index)
        except IndexUnavailable:
            if self.current is index and not self.follow():
                raise
            return ask(self.current)

    def _follow_if_due(self) -> None:
        """Switch to the index that another process has promoted, every few seconds. Its predecessor
        may still exist, if that process could not remove it, but nobody narrows the rights in it
        any more."""
        now = self._clock()
        if self._catalog.is_shared and not 0 <= now - self._followed_at < _CURRENT_LASTS:
            self._followed_at = now
            self.follow()


def _narrow(index: PassageIndex, wiki: str, acl: Acl) -> None:
    """Narrow the rights of every page of ``wiki`` to people whom ``acl`` admits."""
    for page, indexed in index.known(wiki).items():
        if indexed.acl & acl != indexed.acl:
            index.relabel(wiki, page, indexed.revision, indexed.acl & acl)
