"""The current index, and the one that a rebuild writes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from footnote_bot.indexers.errors import IndexCorrupt
from footnote_bot.indexers.index.catalog import IndexCatalog, fingerprint_of, next_name
from footnote_bot.indexers.index.damage import Damage, close_damaged, damage_of
from footnote_bot.indexers.index.nearness import Embed
from footnote_bot.indexers.index.reading import ReadIndex
from footnote_bot.indexers.model import Acl, KnownPage, Passage
from footnote_bot.indexers.ports import Embedding, PassageIndex

log = logging.getLogger(__name__)


class CurrentIndex(ReadIndex):
    """A PassageIndex that reads the current index and writes the wanted one; mostly they are the
    same. It is the port `indexers.syncing.ports.RebuildableIndex`.

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
        self.damage = catalog.damage()
        self._unusable: set[PassageIndex] = set()
        self._unread = False
        self._lost = False
        """Whether the index that was set aside is damaged."""
        current = catalog.current()
        read = self._open_current(current) if current else None
        try:
            if read is None or current is None:
                name = (
                    next_name(current) if current and fingerprint_of(current) == wanted else wanted
                )
                self._written_name, self._written = self._new(name)
                catalog.activate(self._written_name)
            elif fingerprint_of(current) != wanted:
                self._written_name, self._written = self._new(wanted)
            elif self.damage and self.damage.index == current:
                self._written_name, self._written = self._new(next_name(current))
            else:
                self._written_name, self._written = current, read
        except BaseException:
            if read is not None:
                read.close()
            raise
        self._read_name = current if current and read else self._written_name
        self._read = read or self._written
        self._same_vectors = self._has_same_vectors()
        self.reuses = True
        """Whether vectors of the current index may go into a rebuilt one."""

    @property
    def current(self) -> PassageIndex:
        return self._read

    @property
    def candidate(self) -> PassageIndex:
        return self._written

    def rebuild(self) -> bool:
        """Write a new index beside the current one from now on, though neither model nor splitter
        changed. Resume an index that was `set_aside`. Return False if an index is being built
        already."""
        if self.building:
            return False
        self._written_name, self._written = self._new(next_name(self._read_name))
        return True

    def mend(self, after: IndexCorrupt | None = None) -> bool:
        if self._lost:
            self._lost = False
            self._catalog.remove_all_except(self._read_name)
            if after:
                log.warning("The index built so far is lost: %s", after)
                return True
        broken = self._written in self._unusable
        if after and not broken:
            self._note_damage(after)
        if self.building and broken:
            close_damaged(self._written)
            self._written_name, self._written = self._new(next_name(self._written_name))
            return True
        if self.building:
            return after is not None and self._stop_reading()
        damaged = self.damage is not None and self.damage.index == self._read_name
        return (broken or damaged) and self.rebuild()

    def set_aside(self) -> None:
        if self.building:
            unfinished, self._written = self._written, self._read
            self._written_name, self.reuses = self._read_name, True
            self._lost = unfinished in self._unusable
            self._unusable.discard(unfinished)
            close_damaged(unfinished)

    def discard(self) -> None:
        if self.building and not self.is_rebuilding:
            return  # the settings need it: vectors of another model must not reach the old index
        self.set_aside()
        self._catalog.remove_all_except(self._read_name)

    def promote(self) -> bool:
        """Make the written index the current one, after every wiki was synced to its end, and
        delete the old one. Return False if they were the same already."""
        if not self.building:
            self._clear_damage()
            return False
        with self._switching:
            # First: if this fails, other processes go on reading the old index, and it must still
            # get removals and rights.
            self._catalog.activate(self._written_name)
            self._stop_reading()
        self._catalog.remove_all_except(self._read_name)
        self._clear_damage()
        log.info("The rebuilt index is the current one now")
        return True

    def known(self, wiki: str) -> dict[str, KnownPage]:
        with self._writing():
            return self._written.known(wiki)

    def page(self, wiki: str, page: str) -> KnownPage | None:
        if not self._reads(wiki):
            return None
        return self._with_current(
            lambda read: self._written.page(wiki, page) or read.page(wiki, page)
        )

    def embeddings(self, digests: Sequence[str]) -> dict[str, Embedding]:
        with self._writing():
            embeddings = self._written.embeddings(digests)
        if self.building and self._same_vectors and self.reuses:
            try:
                embeddings |= self._read.embeddings(
                    [digest for digest in digests if digest not in embeddings]
                )
            except IndexCorrupt as error:
                self._note_damage(error)
        return embeddings

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        # The check of a stored answer calls this before any search, so it must follow a switch.
        return self._with_current(
            lambda read: self._written.digests(wiki, page) or read.digests(wiki, page)
        )

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        if passages:
            with self._narrow_rights():
                self._restrict(passages[0])
        with self._writing():
            self._written.replace(passages, embeddings)

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        if self.building:
            with self._writing():
                built = self._written.page(wiki, page)
            with self._narrow_rights():
                self._relabel_old(wiki, page, built, KnownPage(revision, acl), owner)
        with self._writing():
            self._written.relabel(wiki, page, revision, acl, owner)

    def remove(self, wiki: str, pages: Sequence[str]) -> None:
        if self.building:
            with self._narrow_rights():
                self._read.remove(wiki, pages)
        with self._writing():
            self._written.remove(wiki, pages)

    def narrow(self, wiki: str, acl: Acl) -> None:
        """Keep everybody whom ``acl`` does not admit from reading ``wiki``, until the next sync."""
        with self._narrow_rights():
            _narrow(self._read, wiki, acl)
        if self.building:
            with self._writing():
                _narrow(self._written, wiki, acl)

    def sweep(self, wiki: str) -> int:
        with self._writing():
            return self._written.sweep(wiki)

    def settle(self) -> None:
        with self._writing():
            self._written.settle()

    def close(self) -> None:
        close_damaged(self._written)
        if self.building:
            close_damaged(self._read)
        self._catalog.close()

    def _open_current(self, name: str) -> PassageIndex | None:
        """Open the current index; None if it is damaged, and cannot be read at all."""
        try:
            return self._catalog.open(name)
        except IndexCorrupt as error:
            self._remember(damage_of(error))
            return None

    def _new(self, name: str) -> tuple[str, PassageIndex]:
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
            self._unusable.add(self._written)
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
            self._stop_reading()

    def _clear_damage(self) -> None:
        if self.damage:
            self._catalog.remove_all_except(self._read_name)
            self.damage = None
            self._catalog.remember(None)

    def _stop_reading(self) -> bool:
        """Read the written index from now on."""
        with self._switching:
            old, self._read, self._same_vectors = self._read, self._written, True
            self._read_name, self.reuses = self._written_name, True
            self._catalog.activate(self._read_name)
        if self.damage and self.damage.index:
            self._remember(Damage(self.damage.why))
        close_damaged(old)
        self._unusable.discard(old)
        return True

    def _restrict(self, passage: Passage) -> None:
        """Narrow the rights of the page's old version in the old index: that must not wait for the
        new index."""
        if not self.building:
            return
        wiki, page = passage.wiki, passage.page
        old_page = self._read.page(wiki, page)
        if old_page is not None and old_page.acl != passage.acl:
            self._read.relabel(wiki, page, old_page.revision, old_page.acl & passage.acl)

    def _relabel_old(
        self, wiki: str, page: str, built: KnownPage | None, label: KnownPage, owner: str | None
    ) -> None:
        """Relabel the page in the old index. Wider rights wait for the new index if that has
        another version of the text: perhaps the old one was written for fewer people."""
        old_page = self._read.page(wiki, page)
        if old_page and (built is None or built.revision != old_page.revision):
            label = KnownPage(old_page.revision, old_page.acl & label.acl)
        self._read.relabel(wiki, page, label.revision, label.acl, owner)


def _narrow(index: PassageIndex, wiki: str, acl: Acl) -> None:
    for page, indexed in index.known(wiki).items():
        if indexed.acl & acl != indexed.acl:
            index.relabel(wiki, page, indexed.revision, indexed.acl & acl)
