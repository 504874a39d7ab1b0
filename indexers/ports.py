"""The ports of the indexers, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from indexers.model import Acl, Hit, KnownPage, LivePages, PageChange, Passage, Reader

Vector = Sequence[float]

PassageRef = tuple[str, str, int]
"""A wiki, a page's key in it, and the ordinal of one of its passages."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """The embedding of a passage: the ``whole`` of it as a vector of unit length, and its
    ``sentences``, each read within the whole, as vectors of which only the direction counts: one
    after another, a signed byte for each dimension. Empty if the model cannot tell them apart."""

    whole: Vector
    sentences: bytes = b""


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A search of an index: by the words of ``text``, and by ``vector`` (empty: by words alone)."""

    text: str
    vector: Vector


class Wiki(Protocol):
    """A source of pages."""

    name: str
    has_page_rights: bool
    """Whether its pages have rights of their own. Then a page that vanished may have been closed to
    us, and nobody is shown it, also while its removal waits for the operator."""
    scope_settings: str
    """The settings that choose its pages, for messages."""

    @property
    def requests(self) -> int:
        """Return the number of requests to a server so far; 0 for a folder."""
        ...

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the differences from ``known`` (by page key), one item a page, and ``Enumerated``
        once the listing is complete. Unreadable pages are ``Failed``, never left out. A partial
        listing (of the latest edits) never yields ``Enumerated``, and removes nothing.

        Raises:
            WikiUnavailable: the wiki cannot be listed; nothing may be removed.
        """
        ...

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Return those of ``keys`` that are certainly gone, each checked."""
        ...


class Divisible(Protocol):
    """A wiki of which a part can be read by itself, without ``Enumerated``."""

    def page(self, key: str) -> Iterator[PageChange]:
        """Yield one page as it is now, whatever is known of it; ``Skipped`` if it is certainly
        gone, or not among those that are read.

        Raises:
            WikiUnavailable: the wiki cannot be asked.
        """
        ...

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the differences from ``known`` among the current pages of a space. A page that left
        it is not reported.

        Raises:
            WikiMisconfigured: there is no such space among those that are read.
            WikiUnavailable: it cannot be listed.
        """
        ...


class LiveWiki(Protocol):
    """A wiki that can be asked for the current state of a page."""

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        """Check the pages ``cited`` (revisions by key) for at most ``seconds``. An edited one is
        read again.

        Raises:
            WikiUnavailable: it cannot be asked.
        """
        ...

    def plain_address(self, key: str, url: str) -> str:
        """Return an address of the page that reveals nothing of its title, its place or its
        headings; empty if there is none."""
        ...


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    identity: str
    """Names model and weights: other identity, other vectors."""
    dimensions: int
    max_tokens: int
    """Text after so many tokens is not embedded."""
    multilingual: bool
    """Whether texts in different languages with the same meaning are near each other."""

    def count_tokens(self, text: str) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> list[Embedding]: ...

    def embed_question(self, text: str) -> Vector:
        """Embed a question as a vector of unit length."""
        ...


class Entailing(Protocol):
    """A model of natural language inference."""

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """Return for each pair, a text and a sentence, how likely the text says the sentence (0 to
        1). Up to seconds.

        Raises:
            ModelUnavailable: it cannot tell.
        """
        ...


class Reranker(Protocol):
    """A cross-encoder, which reads question and passage together: better than their vectors, and
    slower."""

    identity: str
    """Names the model: scores of another one are not comparable."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return how well each text answers, in their order; higher is better. Up to seconds.

        Raises:
            ModelUnavailable: it cannot tell.
        """
        ...


class Unembedded(Protocol):
    """The passages of an index that wait for an embedding; until then they are found by their words
    alone. A passage is named by its digest."""

    def counts(self) -> dict[str, int]:
        """Return how many there are of each wiki that has any."""
        ...

    def digests(self, wiki: str) -> list[str]:
        """Return all of a wiki, those of the newest pages first."""
        ...

    def recently_found(self) -> list[str]:
        """Return the digests of waiting passages that searches found since the last call, the
        latest first; at most some hundreds."""
        ...

    def passages(self, wiki: str, digests: Collection[str]) -> dict[str, Passage]:
        """Return those of ``digests`` that still wait, one passage for each."""
        ...

    def embed(self, wiki: str, embeddings: Mapping[str, Embedding]) -> None:
        """Store embeddings of those that still wait."""
        ...


class PassageIndex(Protocol):
    """Passages with their rights, found by words and by meaning."""

    @property
    def unembedded(self) -> Unembedded: ...

    def known(self, wiki: str) -> dict[str, KnownPage]:
        """Return every page of ``wiki`` that is indexed, by key."""
        ...

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """Return a page of it; None if it is not indexed."""
        ...

    def embeddings(self, digests: Sequence[str]) -> dict[str, Embedding]:
        """Return the stored embeddings, by passage digest; missing ones are left out."""
        ...

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        """Return the digests of a page's passages: its words, whatever its name."""
        ...

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        """Make these passages, all of one page at one revision, the page's only readable version.
        At any kill point one version is readable, never none. One whose `Embedding.whole` is empty
        waits for its embedding.

        Raises:
            ValueError: passages of more than one page or revision, or none.
        """
        ...

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        """Give a page's passages another Acl and revision, and another owner (None: keep it),
        keeping their embeddings."""
        ...

    def remove(self, wiki: str, pages: Sequence[str]) -> None: ...

    def sweep(self, wiki: str) -> int:
        """Remove what an interrupted ``replace`` left; return how many passages."""
        ...

    def search(
        self,
        text: str,
        vector: Vector,
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[Hit]:
        """Return the best passages that ``reader`` may read, best first, at one revision a page.
        ``wikis`` narrows it; None searches all."""
        ...

    def search_all(
        self,
        queries: Sequence[IndexQuery],
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        """Return what `search` finds by each of ``queries``, in less time than by one after the
        other."""
        ...

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        """Return the current passages at ``places`` that ``reader`` may read, by wiki, page and
        ordinal; each once."""
        ...

    def near_words(
        self, word: str, *, reader: Reader, wikis: Sequence[str] | None = None
    ) -> dict[str, int]:
        """Return the words that ``word``, in lower case, may be a misspelling of: words one typing
        error away, and how many passages of a few have them (0: another form of them); the word
        alone if it is not misspelt. Only passages that ``reader`` may read count."""
        ...

    def speaks(self, text: str) -> bool:
        """Return whether ``text`` is in a language of the index, or may be: a few words do not
        tell."""
        ...

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of pages and passages of each wiki."""
        ...

    def wikis(self) -> frozenset[str]:
        """Return the wikis of which anything is stored, be it what an interrupted write left."""
        ...

    def settle(self) -> None:
        """Optimise after a large sync; slow, never on a request."""
        ...

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        """Put a copy, or what names one on a server, into ``folder``, which does not exist, and
        return its `counts`. Writers wait meanwhile, readers do not."""
        ...

    def close(self) -> None: ...


PromotionCheck = Callable[[PassageIndex, PassageIndex], Sequence[str]]
"""Returns why the second index, a rebuilt one, should not replace the first, in sentences for the
operator; empty: it may."""
