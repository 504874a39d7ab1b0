"""Which index is read, and which is written while a changed one is built beside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    alone. The same goes for one that is built anew on demand (`rebuild`).
    """

    def __init__(self, shelf: Shelf, wanted: str, wikis: Collection[str] | None = None) -> None:
        """``wanted`` is a fingerprint; an index that was rebuilt has a number behind it. Of
        other wikis than ``wikis`` (None: of any) nothing is found, though it stands there until
        a sync removes it."""
        self._shelf = shelf
        self._wikis = wikis
        self._wanted = wanted
        standing = shelf.current()
        name = standing if standing and _fingerprint(standing) == wanted else wanted
        self._written_name, self._written = name, shelf.open(name)
        if standing is None:
            shelf.point_to(name)
        beside = standing is not None and standing != name
        self._read_name = standing if standing and beside else name
        self._read = shelf.open(self._read_name) if beside else self._written
        self._same_vectors = self._compares()
        self.reuses = True
        """Whether vectors of the index that is read may go into a rebuilt one."""
        self._stood: dict[str, dict[str, KnownPage]] = {}

    @property
    def building(self) -> bool:
        """Whether what is written is not yet what is read."""
        return self._read is not self._written

    @property
    def standing(self) -> PassageIndex:
        """What is read."""
        return self._read

    @property
    def candidate(self) -> PassageIndex:
        """What is written."""
        return self._written

    def rebuild(self) -> bool:
        """From here on write a new index beside the one that stands, though neither model nor
        splitter changed; one that was `set_aside` is gone on with. False if a changed one is
        being built anyway."""
        if self.building:
            return False
        self._written_name = _next(self._read_name)
        self._written = self._shelf.open(self._written_name)
        self._stood.clear()
        return True

    def set_aside(self) -> None:
        """Write what is read again. What was rebuilt so far stays for the next `rebuild`."""
        if self.building:
            beside, self._written = self._written, self._read
            self._written_name, self.reuses = self._read_name, True
            beside.close()

    def discard(self) -> None:
        """The same, and what was rebuilt is removed."""
        self.set_aside()
        self._shelf.clear(but=self._read_name)

    def promote(self) -> bool:
        """After every wiki has been synced to its end: read what was written, and
        remove what was read before. False if they were the same already."""
        if not self.building:
            return False
        old, self._read, self._same_vectors = self._read, self._written, True
        self._read_name, self.reuses = self._written_name, True
        self._shelf.point_to(self._read_name)
        old.close()
        self._shelf.clear(but=self._read_name)
        return True

    def follow(self) -> bool:
        """Read and write what another process has promoted, if it has."""
        standing = self._shelf.current()
        if standing is None or standing == self._read_name:
            return False
        if standing == self._written_name:
            self._read = self._written
        elif _fingerprint(standing) == self._wanted:
            self._read = self._written = self._shelf.open(standing)
            self._written_name = standing
        else:
            return False
        self._read_name, self._same_vectors = standing, True
        return True

    def known(self, wiki: str) -> dict[str, KnownPage]:
        return self._written.known(wiki)

    def page(self, wiki: str, page: str) -> KnownPage | None:
        if not self._reads(wiki):
            return None
        return self._written.page(wiki, page) or (
            self._read.page(wiki, page) if self.building else None
        )

    def meanings(self, digests: Sequence[str]) -> dict[str, Meaning]:
        found = self._written.meanings(digests)
        if self.building and self._same_vectors and self.reuses:
            found |= self._read.meanings([digest for digest in digests if digest not in found])
        return found

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        return self._written.digests(wiki, page) or (
            self._read.digests(wiki, page) if self.building else frozenset()
        )

    def replace(self, passages: Sequence[Passage], meanings: Sequence[Meaning]) -> None:
        if self.building and passages:
            self._restrict(passages[0])
        self._written.replace(passages, meanings)

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        if self.building:
            self._read.relabel(wiki, page, revision, acl, owner)
        self._written.relabel(wiki, page, revision, acl, owner)

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
        if self._wikis is not None:
            wikis = [
                wiki for wiki in (self._wikis if wikis is None else wikis) if self._reads(wiki)
            ]
            if not wikis:
                return []
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

    def _reads(self, wiki: str) -> bool:
        return self._wikis is None or wiki in self._wikis

    def _followed(self, index: PassageIndex) -> bool:
        """Whether somebody, here or in another process, has promoted since."""
        return self._read is not index or self.follow()

    def _compares(self) -> bool:
        return self._read_name.partition("-")[0] == self._wanted.partition("-")[0]

    def _restrict(self, passage: Passage) -> None:
        """The old version's text, if it is narrower now, must not wait for the new index."""
        wiki, page = passage.wiki, passage.page
        if wiki not in self._stood:
            self._stood[wiki] = self._read.known(wiki)
        stood = self._stood[wiki].get(page)
        if stood is not None and stood.acl != passage.acl:
            self._read.relabel(wiki, page, stood.revision, stood.acl & passage.acl)


def _fingerprint(name: str) -> str:
    return name.partition(".")[0]


def _next(name: str) -> str:
    """Of an index that is rebuilt, beside the one of ``name``."""
    fingerprint, _, number = name.partition(".")
    return f"{fingerprint}.{int(number or 0) + 1}"
