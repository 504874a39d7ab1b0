"""Reading of the index while another one may be built beside it, or it is damaged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable
from footnote_bot.indexers.index.catalog import IndexCatalog, fingerprint_of, next_name
from footnote_bot.indexers.index.damage import Damage, damage_of
from footnote_bot.indexers.index.nearness import Embed, compare_missing
from footnote_bot.indexers.model import Hit, Passage, Reader
from footnote_bot.indexers.ports import IndexQuery, PassageIndex, PassageRef, Unembedded, Vector

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

_WAITING_LASTS = 1.0
"""Seconds."""
_CURRENT_LASTS = 5.0
"""Seconds in which no other process is expected to have promoted an index."""


class ReadIndex:
    """The reading half of a `CurrentIndex`: it reads the current index as far as possible, and
    switches to the index that another process promotes. The other half decides which index is read
    and which is written."""

    damage: Damage | None
    """The damage of the current index, until another one has been built."""
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
    _followed_at: float = float("-inf")
    _switching: threading.RLock
    """Held while another index becomes the one that is read."""
    _same_vectors: bool
    """Whether the current index has vectors of the wanted model."""

    @property
    def building(self) -> bool:
        """Return whether the written index is not yet the current one."""
        return self._read is not self._written

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
        of_old = self.building and (self._unread or not self._same_vectors)
        return self.damage is not None or of_old

    @property
    def trouble(self) -> str:
        """Tell the operator why the index is partial, and until when; empty if it is not."""
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
        return self._written.unembedded

    @property
    def waiting(self) -> int:
        """Return how many of the searched passages wait for their embedding. The number is cached
        for a second, because every question needs it."""
        now = self._clock()
        if not 0 <= now - self._counted_at < _WAITING_LASTS:
            counts = self._with_current(lambda read: read.unembedded.counts())
            self._counted, self._counted_at = sum(counts.values()), now
        return self._counted

    def follow(self) -> bool:
        """Switch to the index that another process has promoted. Return False if there is none."""
        with self._switching:
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
        index, comparable = self._followed(), self._same_vectors
        wikis = self._readable(wikis)
        sent = queries if comparable else [IndexQuery(query.text, ()) for query in queries]
        try:
            results = index.search_all(sent, reader=reader, limit=limit, wikis=wikis)
        except IndexCorrupt as error:
            self._note_damage(error)
            if index is self._written:
                return [[] for _ in queries]
            return self._written.search_all(queries, reader=reader, limit=limit, wikis=wikis)
        except IndexUnavailable:
            if not self._has_switched(index):
                raise
            return self._read.search_all(queries, reader=reader, limit=limit, wikis=wikis)
        if not self._embed:
            return results
        return [
            compare_missing(hits, query.vector, self._embed)
            for query, hits in zip(queries, results, strict=True)
        ]

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        index = self._followed()
        readable = [place for place in places if self._reads(place[0])]
        try:
            return index.passages(readable, reader=reader)
        except IndexCorrupt as error:
            self._note_damage(error)
            return []
        except IndexUnavailable:
            if not self._has_switched(index):
                raise
            return self._read.passages(readable, reader=reader)

    def foreign_language(self, text: str, than: Collection[str] = ()) -> str:
        try:
            return self._with_current(lambda read: read.foreign_language(text, than))
        except IndexCorrupt as error:
            self._note_damage(error)
            return ""

    def languages(self, *, reader: Reader, wikis: Sequence[str] | None = None) -> Sequence[str]:
        readable = self._readable(wikis)
        try:
            return self._with_current(lambda read: read.languages(reader=reader, wikis=readable))
        except IndexCorrupt as error:
            self._note_damage(error)
            return []

    def counts(self) -> dict[str, tuple[int, int]]:
        index = self._read
        try:
            return self._with_current(lambda read: read.counts())
        except IndexCorrupt as error:
            self._note_damage(error)
            return {} if index is self._written else self._written.counts()

    def wikis(self) -> frozenset[str]:
        """Return the wikis in the current index, and in the one that is built beside it."""
        wikis = self._written.wikis()
        if self.building:
            try:
                wikis |= self._read.wikis()
            except IndexCorrupt as error:
                self._note_damage(error)
        return wikis

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        """Put a copy of the current index into ``folder``, and return its counts."""
        return self._catalog.back_up(self._read_name, self._read, folder)

    def check(self) -> int:
        """Check the current index, see `PassageIndex.check`, and remember its damage. A server
        checks its own."""
        index = self._read
        try:
            return 0 if self._catalog.is_shared else index.check()
        except IndexCorrupt as error:
            if index is self._read:
                self._note_damage(error)
            raise

    def _reads(self, wiki: str) -> bool:
        return self._wikis is None or wiki in self._wikis

    def _readable(self, wikis: Collection[str] | None) -> Sequence[str] | None:
        selected = self._wikis if wikis is None else wikis
        return None if selected is None else [wiki for wiki in selected if self._reads(wiki)]

    def _note_damage(self, error: IndexCorrupt) -> None:
        """Remember that the current index is damaged, or that this version cannot read it."""
        if self.building and fingerprint_of(self._read_name) != self._wanted:
            self._unread = True
        elif self.damage is None:
            self._remember(damage_of(error, self._read_name))

    def _remember(self, damage: Damage) -> None:
        self.damage = damage
        log.warning("%s", damage.words)
        self._catalog.remember(damage)

    def _with_current(self, ask: Callable[[PassageIndex], _Result]) -> _Result:
        """Return the result of ``ask`` for the current index. Repeat it if a process has promoted
        another index meanwhile."""
        index = self._followed()
        try:
            return ask(index)
        except IndexCorrupt:
            raise
        except IndexUnavailable:
            if not self._has_switched(index):
                raise
            return ask(self._read)

    def _followed(self) -> PassageIndex:
        """Return the current index. An index that another process has replaced may remain, if that
        process could not remove it, and nobody narrows the rights in it any more."""
        now = self._clock()
        if self._catalog.is_shared and not 0 <= now - self._followed_at < _CURRENT_LASTS:
            self._followed_at = now
            self.follow()
        return self._read

    def _has_switched(self, index: PassageIndex) -> bool:
        """Return whether another index than ``index`` is read now; switch to a promoted one."""
        return self._read is not index or self.follow()

    def _has_same_vectors(self) -> bool:
        return self._read_name.partition("-")[0] == self._wanted.partition("-")[0]
