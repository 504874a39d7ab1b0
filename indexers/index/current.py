"""Which index is read, and which is written while a changed one is built beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from indexers.errors import IndexUnavailable
from indexers.index.lexical import AVERAGE_LENGTH, LEXICAL_VERSION
from indexers.index.schema import SCHEMA_VERSION
from indexers.model import Acl, Hit, KnownPage, Passage, Reader, digest
from indexers.ports import Meaning, PassageIndex, Vector


def fingerprint(*, embedder: str, splitter: str, languages: str) -> str:
    """Names everything on which stored passages depend: other fingerprint, other
    index. Its first half is of the embedder alone: where it differs, vectors of the
    two do not compare."""
    rest = (str(SCHEMA_VERSION), str(LEXICAL_VERSION), str(AVERAGE_LENGTH), languages, splitter)
    return f"{digest(embedder)[:8]}-{digest(*rest)[:8]}"


class Shelf(Protocol):
    """Where indexes stand, each under its fingerprint."""

    def current(self) -> str | None:
        """The one to be read."""
        ...

    def open(self, name: str) -> PassageIndex: ...

    def point_to(self, name: str) -> None:
        """Make it the current one, at once and for every process."""
        ...

    def clear(self, *, but: str) -> None:
        """Remove every other one."""
        ...

    def close(self) -> None: ...


class CurrentIndex:
    """A PassageIndex that reads the index that stands and writes the one that is
    wanted; mostly they are the same.

    Where they differ (another model, another splitter), the wanted one is built by
    the next syncs, and `promote` makes it the one that is read. Meanwhile rights and
    removals reach both, and if the models differ, the old one is searched by words
    alone.
    """

    def __init__(self, shelf: Shelf, wanted: str) -> None:
        self._shelf = shelf
        self._wanted = wanted
        standing = shelf.current()
        self._written = shelf.open(wanted)
        if standing is None:
            shelf.point_to(wanted)
        beside = standing is not None and standing != wanted
        self._read = shelf.open(standing) if standing and beside else self._written
        self._same_vectors = not beside or (
            str(standing).partition("-")[0] == wanted.partition("-")[0]
        )
        self._stood: dict[str, dict[str, KnownPage]] = {}

    @property
    def building(self) -> bool:
        """Whether what is written is not yet what is read."""
        return self._read is not self._written

    def promote(self) -> bool:
        """After every wiki has been synced to its end: read what was written, and
        remove what was read before. False if they were the same already."""
        if not self.building:
            return False
        old, self._read, self._same_vectors = self._read, self._written, True
        self._shelf.point_to(self._wanted)
        old.close()
        self._shelf.clear(but=self._wanted)
        return True

    def known(self, wiki: str) -> dict[str, KnownPage]:
        return self._written.known(wiki)

    def meanings(self, digests: Sequence[str]) -> dict[str, Meaning]:
        found = self._written.meanings(digests)
        if self.building and self._same_vectors:
            found |= self._read.meanings([digest for digest in digests if digest not in found])
        return found

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        return self._written.digests(wiki, page)

    def replace(self, passages: Sequence[Passage], meanings: Sequence[Meaning]) -> None:
        if self.building and passages:
            self._restrict(passages[0])
        self._written.replace(passages, meanings)

    def relabel(self, wiki: str, page: str, revision: str, acl: Acl) -> None:
        if self.building:
            self._read.relabel(wiki, page, revision, acl)
        self._written.relabel(wiki, page, revision, acl)

    def remove(self, wiki: str, pages: Sequence[str]) -> None:
        if self.building:
            self._read.remove(wiki, pages)
        self._written.remove(wiki, pages)

    def narrow(self, wiki: str, acl: Acl) -> None:
        """Nobody whom ``acl`` does not admit reads ``wiki`` from here on; the next sync
        says who does."""
        for index in {id(index): index for index in (self._read, self._written)}.values():
            for page, known in index.known(wiki).items():
                if known.acl & acl != known.acl:
                    index.relabel(wiki, page, known.revision, known.acl & acl)

    def sweep(self, wiki: str) -> int:
        return self._written.sweep(wiki)

    def search(
        self,
        text: str,
        vector: Vector,
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[Hit]:
        index, comparable = self._read, self._same_vectors
        try:
            return index.search(
                text, vector if comparable else (), reader=reader, limit=limit, wikis=wikis
            )
        except IndexUnavailable:
            if not self._followed(index):
                raise
            return self._read.search(text, vector, reader=reader, limit=limit, wikis=wikis)

    def counts(self) -> dict[str, tuple[int, int]]:
        return self._read.counts()

    def settle(self) -> None:
        self._written.settle()

    def close(self) -> None:
        self._written.close()
        if self.building:
            self._read.close()
        self._shelf.close()

    def _followed(self, index: PassageIndex) -> bool:
        """Whether somebody, here or in another process, has promoted since."""
        if self._read is index and self.building and self._shelf.current() == self._wanted:
            self._read, self._same_vectors = self._written, True
        return self._read is not index

    def _restrict(self, passage: Passage) -> None:
        """The old version's text, if it is narrower now, must not wait for the new index."""
        wiki, page = passage.wiki, passage.page
        if wiki not in self._stood:
            self._stood[wiki] = self._read.known(wiki)
        stood = self._stood[wiki].get(page)
        if stood is not None and stood.acl != passage.acl:
            self._read.relabel(wiki, page, stood.revision, stood.acl & passage.acl)
