"""The index as the use cases see it, over an engine's few operations.

Both engines run this code, so rights, versions and folding are decided in one place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Self

from footnote_bot.indexers.index import embeddings, schema, vocabulary
from footnote_bot.indexers.index.checking import incomplete_pages
from footnote_bot.indexers.index.contents import IndexContents
from footnote_bot.indexers.index.engine import Engine, batches
from footnote_bot.indexers.index.hits import Version, hits_of, ref_of, version_of
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.schema import (
    FoundPoint,
    Head,
    Point,
    PointQuery,
    SparseVector,
    Where,
)
from footnote_bot.indexers.index.unembedded import UnembeddedPassages
from footnote_bot.indexers.model import Acl, Hit, KnownPage, Passage, Reader
from footnote_bot.indexers.ports import Embedding, IndexQuery, PassageRef


class StoredPassages:
    """A PassageIndex over an engine.

    Any number of threads may read while one writes. ``clock`` returns seconds since 1970 and stamps
    versions. The list of Acls is cached for ``rights_last`` seconds (None: for ever, if no other
    process can write).
    """

    def __init__(
        self,
        engine: Engine,
        *,
        languages: Languages | None = None,
        clock: Callable[[], float] = time.time,
        rights_last: float | None = None,
    ) -> None:
        self._engine = engine
        self._languages = languages or Languages()
        self._clock = clock
        self._contents = IndexContents(engine, clock, rights_last)
        self._version = 0
        self._writing = threading.Lock()
        self.unembedded = UnembeddedPassages(engine, self._writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def known(self, wiki: str) -> dict[str, KnownPage]:
        return {head.page: head.known for head in self._heads(Where({"head": [wiki]}))}

    def page(self, wiki: str, page: str) -> KnownPage | None:
        head = self._head(wiki, page)
        return head.known if head else None

    def embeddings(self, digests: Sequence[str]) -> dict[str, Embedding]:
        """Return the stored embeddings of these digests; those that are not stored are missing."""
        result: dict[str, Embedding] = {}
        for batch in batches(sorted(set(digests))):
            where, fields = Where({"digest": batch}), ["digest", "meanings"]
            for point in self._engine.scroll(where, fields=fields, meaning=True):
                if packed := point.payload.get("meanings"):
                    whole = point.meaning
                    sentences = embeddings.sentences(packed, len(whole))
                    result[point.payload["digest"]] = Embedding(whole, sentences)
        return result

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        where = Where({"wiki": [wiki], "page": [page]})
        points = self._engine.scroll(where, fields=["digest"], meaning=False)
        return frozenset(point.payload["digest"] for point in points)

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        """Write the passages of one page as its new version, which readers see all at once."""
        if len({(passage.wiki, passage.page, passage.revision) for passage in passages}) != 1:
            raise ValueError("replace takes the passages of one page at one revision")
        first = passages[0]
        with self._writing:
            head = self._head(first.wiki, first.page)
            version = self._next_version(after=head.version if head else 0)
            languages = self._languages.of_page(first.wiki, [p.embedded for p in passages])
            points = [
                Point(
                    schema.passage_id(passage.wiki, passage.page, passage.ordinal, version),
                    schema.passage_payload(passage, version, embedding, language),
                    embedding.whole,
                    vocabulary.of_passage(passage.embedded, language),
                )
                for passage, embedding, language in zip(
                    passages, embeddings, languages, strict=True
                )
            ]
            known = KnownPage(first.revision, first.acl, first.owner)
            head = Head(first.wiki, first.page, version, len(points), known)
            self._contents.will_write(first.wiki, first.acl, *languages)
            # The order matters: the points are written, but not readable; then one point makes
            # them readable instead of the old version; then the old points are deleted.
            for batch in batches(points):
                self._engine.upsert(batch)
            self._engine.upsert([Point(head.id, head.payload)])
            of_page: dict[str, Sequence[str]] = {"wiki": [first.wiki], "page": [first.page]}
            self._engine.delete(Where(of_page, below=version))

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        """Change revision, rights and owner of a page; its text stays."""
        with self._writing:
            of_passages = Where({"wiki": [wiki], "page": [page]})
            of_head = _heads_of(wiki, [page])
            self._contents.will_write(wiki, acl)
            # `known` reports the head. While the passages change, the head has a revision that no
            # wiki can take for unchanged, in case a kill leaves it so, and rights as wide as any
            # passage's, so that the next sync narrows them.
            old_head = self._head(wiki, page)
            widest = _union(old_head.known.acl, acl) if old_head else acl
            self._engine.label(of_head, schema.head_label(f"{revision}?", widest, owner))
            self._engine.label(of_passages, schema.passage_label(revision, acl, owner))
            self._engine.label(of_head, schema.head_label(revision, acl, owner))

    def remove(self, wiki: str, pages: Sequence[str]) -> None:
        with self._writing:
            for batch in batches(pages):
                self._engine.delete(_heads_of(wiki, batch))
                self._engine.delete(Where({"wiki": [wiki], "page": batch}))

    def sweep(self, wiki: str) -> int:
        """Delete passages that no head names, and heads whose passages are not all there. Return
        how many passages were deleted."""
        with self._writing:
            written = self._engine.facet("version", Where({"wiki": [wiki]}))
            heads = {head.version: head for head in self._heads(Where({"head": [wiki]}))}
            stale = [version for version in written if version not in heads]
            for batch in batches(stale):
                self._engine.delete(Where({"wiki": [wiki], "version": batch}))
            # Damage may lose passages. Without its head, a page counts as new and is read again.
            incomplete = [
                head.page
                for version, head in heads.items()
                if written.get(version) != head.passages
            ]
            for pages in batches(incomplete):
                self._engine.delete(_heads_of(wiki, pages))
            return sum(written[version] for version in stale)

    def search(
        self,
        queries: Sequence[IndexQuery],
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        """Search for what ``reader`` may read, see `PassageIndex.search`. The search is repeated
        until it finds current passages only."""
        fields = self._contents.filter_for(reader, wikis)
        if fields is None or limit < 1:
            return [[] for _ in queries]
        point_queries = [self._point_query(query) for query in queries]
        excluded: set[Version] = set()
        while True:
            where = Where(fields, without=sorted(version.number for version in excluded))
            # More than the limit, because copies are folded.
            results = self._engine.search(point_queries, where=where, limit=limit + limit // 3 + 1)
            found = {version_of(point) for points in results for point in points}
            current = self._current(found | excluded)
            if found <= current and not excluded & current:
                return [
                    [hit for hit in hits if _is_in(wikis, hit.passage)][:limit]
                    for hits in hits_of(results, [query.vector for query in queries], reader)
                ]
            # A passage that is not current is old, or was still being written. In the latter case
            # it may be the page's only version by now, and must not be excluded.
            excluded = (excluded | found) - current

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        if not places:
            return []
        # By ids, which are computed from the heads' versions: no filter is as quick, and no id is
        # that of an older version.
        versions = self._version_numbers({(wiki, page) for wiki, page, _ in places})
        ids = [
            schema.passage_id(wiki, page, ordinal, versions[wiki, page])
            for wiki, page, ordinal in sorted(set(places))
            if (wiki, page) in versions
        ]
        points = self._engine.retrieve(ids) if ids else []
        passages = [schema.read_passage(point.payload) for point in points]
        readable = (passage for passage in passages if passage.acl.admits(reader))
        return sorted(readable, key=ref_of)

    def foreign_language(self, text: str, than: Collection[str] = ()) -> str:
        return vocabulary.foreign_language(text, than or self._indexed_languages)

    def languages(self, *, reader: Reader, wikis: Sequence[str] | None = None) -> list[str]:
        fields = self._contents.filter_for(reader, wikis)
        if fields is None:
            return []
        if len(self._indexed_languages) == 1:
            return list(self._indexed_languages)
        return self._contents.languages_among(fields)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of pages and of passages by wiki."""
        pages, passages = self._engine.facet("head", None), self._engine.facet("wiki", None)
        return {wiki: (count, passages.get(wiki, 0)) for wiki, count in pages.items()}

    def wikis(self) -> frozenset[str]:
        facet = self._engine.facet
        return frozenset(facet("head", None)).union(facet("wiki", None))

    def settle(self) -> None:
        with self._writing:
            self._engine.settle()

    def points(self) -> Iterator[Point]:
        return self._engine.points()

    def take(self, points: Sequence[Point]) -> int:
        """Write points of another index that are missing or different here. Return how many were
        written."""
        with self._writing:
            existing = self._engine.retrieve([point.id for point in points])
            payloads = {schema.id_of(point.payload): point.payload for point in existing}
            new = [point for point in points if payloads.get(point.id) != point.payload]
            if new:
                self._engine.upsert(new)
            return len(new)

    def keep_only(self, versions: Collection[int]) -> None:
        """Delete the points of all versions but ``versions``."""
        with self._writing:
            old_versions = sorted(self._engine.facet("version", None).keys() - set(versions))
            for batch in batches(old_versions):
                self._engine.delete(Where({"version": batch}))

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        with self._writing:
            self._engine.back_up(folder)
            return self.counts()

    def check(self) -> int:
        return incomplete_pages(self._engine.points())

    def close(self) -> None:
        self._engine.close()

    def verify(self, dimensions: int) -> None:
        """Read every page's head, and search once, so that damage is found now and not by the first
        question. It takes milliseconds.

        Raises:
            IndexCorrupt: something cannot be read.
        """
        for wiki in self._engine.facet("head", None):
            self.known(wiki)
        vector, words = [dimensions**-0.5] * dimensions, SparseVector([0], [1.0])
        self._engine.search([PointQuery(vector, words, 0.5)], where=Where({}), limit=1)

    def _point_query(self, query: IndexQuery) -> PointQuery:
        """Return the engine's query: for a bare name, words count more than meaning."""
        words = vocabulary.of_question(query.text, self._indexed_languages)
        is_bare_name = len(query.text.split()) <= 2 and len(words.indices) <= 6
        weight = schema.BARE_MEANING_WEIGHT if is_bare_name else schema.MEANING_WEIGHT
        return PointQuery(query.vector, words, weight)

    def _current(self, versions: set[Version]) -> set[Version]:
        """Return the ``versions`` that are current: a head names them."""
        if not versions:
            return set()
        numbers = self._version_numbers({(version.wiki, version.page) for version in versions})
        return {v for v in versions if numbers.get((v.wiki, v.page)) == v.number}

    def _version_numbers(self, pages: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the number of the current version of each page, by wiki and key."""
        heads = self._engine.retrieve([schema.head_id(*page) for page in sorted(pages)])
        return {(head.wiki, head.page): head.version for head in map(_read_head, heads)}

    def _heads(self, where: Where) -> Iterator[Head]:
        yield from map(_read_head, self._engine.scroll(where, fields=[], meaning=False))

    def _head(self, wiki: str, page: str) -> Head | None:
        return next(self._heads(_heads_of(wiki, [page])), None)

    def _next_version(self, *, after: int) -> int:
        """Return microseconds since 1970 (a float holds them exactly, as a range filter needs). The
        number always grows, whatever the clock does."""
        self._version = max(int(self._clock() * 1e6), self._version + 1, after + 1)
        return self._version

    @property
    def _indexed_languages(self) -> frozenset[str]:
        return self._contents.languages or self._languages.named


def _read_head(point: FoundPoint) -> Head:
    return Head.read(point.payload)


def _heads_of(wiki: str, pages: Sequence[str]) -> Where:
    """Return the condition for the heads of ``pages``."""
    return Where({"head": [wiki], "page": pages})


def _union(one: Acl, other: Acl) -> Acl:
    """Return an Acl that admits everybody whom one of the two admits."""
    return Acl(frozenset(first | second for first in one.gates for second in other.gates))


def _is_in(wikis: Sequence[str] | None, passage: Passage) -> bool:
    """Return whether the passage is of one of ``wikis`` (None: of any)."""
    return wikis is None or passage.wiki in wikis
