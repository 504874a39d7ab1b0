"""An index in a list, for tests of the code above an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from footnote_bot.indexers.index import vocabulary
from footnote_bot.indexers.model import Acl, Hit, KnownPage, Passage, Reader
from footnote_bot.indexers.ports import Embedding, IndexQuery, PassageRef, Vector


class ListIndex:
    """A PassageIndex that compares every passage: by vector, and by shared words."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str], list[tuple[Passage, Embedding]]] = {}
        self._known: dict[tuple[str, str], KnownPage] = {}
        self.unembedded = Waiting(self._pages)

    def known(self, wiki: str) -> dict[str, KnownPage]:
        return {page: known for (wiki_, page), known in self._known.items() if wiki_ == wiki}

    def page(self, wiki: str, page: str) -> KnownPage | None:
        return self._known.get((wiki, page))

    def embeddings(self, digests: Sequence[str]) -> dict[str, Embedding]:
        every = (pair for page in self._pages.values() for pair in page)
        needed = set(digests)
        return {p.digest: stored for p, stored in every if p.digest in needed and stored.whole}

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        return frozenset(passage.digest for passage, _ in self._pages.get((wiki, page), []))

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        if len({(p.wiki, p.page, p.revision) for p in passages}) != 1:
            raise ValueError("replace takes the passages of one page at one revision")
        first = passages[0]
        key = (first.wiki, first.page)
        self._pages[key] = list(zip(passages, embeddings, strict=True))
        self._known[key] = KnownPage(first.revision, first.acl, first.owner)

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        if known := self._known.get((wiki, page)):
            owner = known.owner if owner is None else owner
            self._known[wiki, page] = KnownPage(revision, acl, owner)

    def remove(self, wiki: str, pages: Sequence[str]) -> None:
        for page in pages:
            self._pages.pop((wiki, page), None)
            self._known.pop((wiki, page), None)

    def sweep(self, wiki: str) -> int:
        return 0

    def search(
        self,
        queries: Sequence[IndexQuery],
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        return [self._hits(query.text, query.vector, reader, wikis)[:limit] for query in queries]

    def _hits(
        self, text: str, vector: Vector, reader: Reader, wikis: Sequence[str] | None
    ) -> list[Hit]:
        hits: dict[str, Hit] = {}
        for key, page in self._pages.items():
            known = self._known[key]
            if known.acl.admits(reader) and (wikis is None or key[0] in wikis):
                for passage, stored in page:
                    cosine = sum(a * b for a, b in zip(vector, stored.whole, strict=False))
                    shared = _words(text) & _words(passage.embedded)
                    if vector or shared:
                        labelled = _labelled(passage, known)
                        hit = Hit(labelled, cosine + len(shared), cosine, cosine)
                        hits.setdefault(passage.digest, hit)
        return sorted(hits.values(), key=lambda hit: -hit.score)

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        return [
            _labelled(passage, self._known[key])
            for key, page in sorted(self._pages.items())
            if self._known[key].acl.admits(reader)
            for passage, _ in page
            if (*key, passage.ordinal) in places
        ]

    def foreign_language(self, text: str, than: Collection[str] = ()) -> str:
        return vocabulary.foreign_language(text, than or ["english"])

    def languages(self, *, reader: Reader, wikis: Sequence[str] | None = None) -> list[str]:
        return (
            ["english"]
            if any(
                self._known[key].acl.admits(reader) and (wikis is None or key[0] in wikis)
                for key in self._pages
            )
            else []
        )

    def counts(self) -> dict[str, tuple[int, int]]:
        counts: dict[str, tuple[int, int]] = {}
        for (wiki, _), passages in self._pages.items():
            pages, pieces = counts.get(wiki, (0, 0))
            counts[wiki] = (pages + 1, pieces + len(passages))
        return counts

    def wikis(self) -> frozenset[str]:
        return frozenset(wiki for wiki, _ in self._pages)

    def settle(self) -> None:
        pass

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        folder.mkdir(parents=True)
        return self.counts()

    def check(self) -> int:
        return 0

    def close(self) -> None:
        pass


class Waiting:
    """The passages of an index that have no embedding."""

    def __init__(self, pages: dict[tuple[str, str], list[tuple[Passage, Embedding]]]) -> None:
        self._pages = pages

    def counts(self) -> dict[str, int]:
        return dict(Counter(passage.wiki for passage in self._waiting()))

    def digests(self, wiki: str) -> list[str]:
        newest = sorted(
            self._waiting(), key=lambda passage: passage.updated or date.min, reverse=True
        )
        return list(dict.fromkeys(passage.digest for passage in newest if passage.wiki == wiki))

    def passages(self, wiki: str, digests: Collection[str]) -> dict[str, Passage]:
        return {p.digest: p for p in self._waiting() if p.wiki == wiki and p.digest in digests}

    def embed(self, wiki: str, embeddings: Mapping[str, Embedding]) -> None:
        for (page_wiki, _), page in self._pages.items():
            for at, (passage, stored) in enumerate(page):
                if page_wiki == wiki and not stored.whole:
                    page[at] = passage, embeddings.get(passage.digest, stored)

    def _waiting(self) -> Iterator[Passage]:
        return (
            passage for page in self._pages.values() for passage, stored in page if not stored.whole
        )


def _words(text: str) -> set[str]:
    return {word.strip(".,?!").lower() for word in text.replace("-", " ").split()}


def _labelled(passage: Passage, known: KnownPage) -> Passage:

    return replace(passage, revision=known.revision, acl=known.acl, owner=known.owner)
