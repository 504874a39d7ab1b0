"""Reading of the index while another one may be built beside it, or it is damaged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from indexers.errors import IndexCorrupt, IndexUnavailable
from indexers.index.catalog import IndexCatalog, fingerprint_of, next_name
from indexers.index.damage import Damage, damage_of
from indexers.index.nearness import Embed, near_again
from indexers.model import Hit, Passage, Reader
from indexers.ports import IndexQuery, PassageIndex, PassageRef, Unembedded, Vector

log = logging.getLogger(__name__)

_Found = TypeVar("_Found")

_WAITING_LASTS = 1.0
"""Seconds."""


class ReadIndex:
    """The reading half of a `CurrentIndex`: the current index, as far as it can be read, and
    what another process has promoted. The other half decides which index is read and which is
    written."""

    damage: Damage | None
    """Set from the moment that damage is seen until another index has been built."""
    _catalog: IndexCatalog
    _wikis: Collection[str] | None
    _wanted: str
    _embed: Embed | None
    _unread: bool
    _read: PassageIndex
    _read_name: str
    _written: PassageIndex
    _written_name: str
    _clock: Callable[[], float]
    _counted: int = 0
    _counted_at: float = float("-inf")
    _same_vectors: bool
    """Whether the current index has vectors of the wanted model."""

    @property
    def building(self) -> bool:
        """Return whether the written index is not yet the current one."""
        return self._read is not self._written

    @property
    def is_rebuilding(self) -> bool:
        """Return whether a full sync of this process is building the written index, for neither
        model nor splitter changed."""
        return self.building and fingerprint_of(self._read_name) == self._wanted

    @property
    def is_unfinished(self) -> bool:
        """Return whether a full sync has begun an index that this process does not build: it was
        stopped, or another process is at it. Only the next full sync goes on with it."""
        return not self.building and self._catalog.has(next_name(self._read_name))

    @property
    def is_partial(self) -> bool:
        """Return whether a search may miss pages until the index is built: the current one is
        damaged, is of another model, or cannot be read by this version."""
        of_old = self.building and (self._unread or not self._same_vectors)
        return self.damage is not None or of_old

    @property
    def trouble(self) -> str:
        """Return for the operator why the index is partial, and until when; empty if it is not."""
        if self.damage:
            return self.damage.words
        if self.is_partial:
            return (
                "The index is being rebuilt: the old one was made with another model or by"
                " another version. Until every wiki has been read again, by `footnote sync` or the"
                " running bot, answers come from what can be used of the old one."
            )
        if waiting := self.waiting:
            of = sum(passages for _, passages in self.counts().values())
            return (
                f"{waiting:,} of {of:,} passages are found by their words alone until the model has"
                " read them: `footnote sync` or the running bot goes on with them."
            )
        return ""

    @property
    def unembedded(self) -> Unembedded:
        """Return the waiting passages of the written index."""
        return self._written.unembedded

    @property
    def waiting(self) -> int:
        """Return how many of the passages that are searched wait for their embedding. Cached for a
        moment: every question asks."""
        now = self._clock()
        if not 0 <= now - self._counted_at < _WAITING_LASTS:
            found = self._following(lambda read: read.unembedded.counts())
            self._counted, self._counted_at = sum(found.values()), now
        return self._counted

    def follow(self) -> bool:
        """Switch to the index that another process has promoted, if it has; return whether it
        did."""
        current = self._catalog.current()
        if current is None or current == self._read_name:
            return False
        if current == self._written_name:
            self._read = self._written
        elif fingerprint_of(current) == self._wanted:
            self._read = self._written = self._catalog.open(current)
            self._written_name = current
        else:
            return False
        self._read_name, self._same_vectors = current, True
        return True

    def search(
        self,
        text: str,
        vector: Vector,
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[Hit]:
        query = IndexQuery(text, vector)
        (hits,) = self.search_all([query], reader=reader, limit=limit, wikis=wikis)
        return hits

    def search_all(
        self,
        queries: Sequence[IndexQuery],
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        index, comparable = self._read, self._same_vectors
        wikis = self._readable(wikis)
        searched = queries if comparable else [IndexQuery(query.text, ()) for query in queries]
        try:
            found = index.search_all(searched, reader=reader, limit=limit, wikis=wikis)
        except IndexCorrupt as error:
            self._noticed(error)
            if index is self._written:
                return [[] for _ in queries]
            return self._written.search_all(queries, reader=reader, limit=limit, wikis=wikis)
        except IndexUnavailable:
            if not self._followed(index):
                raise
            return self._read.search_all(queries, reader=reader, limit=limit, wikis=wikis)
        if not self._embed:
            return found
        return [
            near_again(hits, query.vector, self._embed)
            for query, hits in zip(queries, found, strict=True)
        ]

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        index = self._read
        readable = [place for place in places if self._reads(place[0])]
        try:
            return index.passages(readable, reader=reader)
        except IndexCorrupt as error:
            self._noticed(error)
            return []
        except IndexUnavailable:
            if not self._followed(index):
                raise
            return self._read.passages(readable, reader=reader)

    def near_words(
        self, word: str, *, reader: Reader, wikis: Sequence[str] | None = None
    ) -> dict[str, int]:
        index, wikis = self._read, self._readable(wikis)
        try:
            return index.near_words(word, reader=reader, wikis=wikis)
        except IndexCorrupt as error:
            self._noticed(error)
            return {}
        except IndexUnavailable:
            # A question's words are looked up before anything is searched for.
            if not self._followed(index):
                raise
            return self._read.near_words(word, reader=reader, wikis=wikis)

    def speaks(self, text: str) -> bool:
        return self._read.speaks(text)

    def counts(self) -> dict[str, tuple[int, int]]:
        index = self._read
        try:
            return self._following(lambda read: read.counts())
        except IndexCorrupt as error:
            self._noticed(error)
            return {} if index is self._written else self._written.counts()

    def wikis(self) -> frozenset[str]:
        """Return those of the current index, and of the one that is built beside it."""
        found = self._written.wikis()
        if self.building:
            try:
                found |= self._read.wikis()
            except IndexCorrupt as error:
                self._noticed(error)
        return found

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        """Put a copy of the current index into ``folder``, and return its counts."""
        return self._catalog.back_up(self._read_name, self._read, folder)

    def _reads(self, wiki: str) -> bool:
        return self._wikis is None or wiki in self._wikis

    def _readable(self, wikis: Collection[str] | None) -> Sequence[str] | None:
        wanted = self._wikis if wikis is None else wikis
        return None if wanted is None else [wiki for wiki in wanted if self._reads(wiki)]

    def _noticed(self, error: IndexCorrupt) -> None:
        """Remember that the current index is damaged, or of a version that cannot be read here."""
        if self.building and fingerprint_of(self._read_name) != self._wanted:
            self._unread = True
        elif self.damage is None:
            self._remember(damage_of(error, self._read_name))

    def _remember(self, damage: Damage) -> None:
        self.damage = damage
        log.warning("%s", damage.words)
        self._catalog.remember(damage)

    def _following(self, ask: Callable[[PassageIndex], _Found]) -> _Found:
        """Return what ``ask`` does with the index that is read; once more, if a process has
        promoted another one since."""
        index = self._read
        try:
            return ask(index)
        except IndexCorrupt:
            raise
        except IndexUnavailable:
            if not self._followed(index):
                raise
            return ask(self._read)

    def _followed(self, index: PassageIndex) -> bool:
        """Return whether a process, this or another, has promoted since."""
        return self._read is not index or self.follow()

    def _compares(self) -> bool:
        return self._read_name.partition("-")[0] == self._wanted.partition("-")[0]
