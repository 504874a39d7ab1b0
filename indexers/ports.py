"""The ports of the indexers, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from footnote_bot.indexers.model import Acl, Hit, KnownPage, LivePages, PageChange, Passage, Reader

Vector = Sequence[float]

PassageRef = tuple[str, str, int]
"""A wiki, a page's key in it, and the ordinal of one of its passages."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """The embedding of a passage. ``whole`` is the passage's vector, of unit length. ``sentences``
    are the vectors of its sentences in context, one after another, with a signed byte for each
    dimension; only their direction counts. Empty if the model has no vectors of sentences."""

    whole: Vector
    sentences: bytes = b""


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A search of an index: by the words of ``text``, and by ``vector`` (empty: by words only)."""

    text: str
    vector: Vector


class Wiki(Protocol):
    """A source of pages."""

    name: str
    has_page_rights: bool
    """Whether its pages have rights of their own. Then a page that vanished may have been closed to
    Footnote, so nobody is shown it, even while its removal waits for the operator."""
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
    """A wiki that can read a page or a space by itself, without ``Enumerated``."""

    def page(self, key: str) -> Iterator[PageChange]:
        """Yield one page in its current state, even if it is unchanged; ``Skipped`` if it is
        certainly gone, or the settings do not select it.

        Raises:
            WikiUnavailable: the wiki cannot be asked.
        """
        ...

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the differences from ``known`` among the current pages of a space. A page that left
        it is not reported.

        Raises:
            WikiMisconfigured: the wiki reads no such space.
            WikiUnavailable: the space cannot be listed.
        """
        ...


class LiveWiki(Protocol):
    """A wiki that can be asked for the current state of a page."""

    def current(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        """Check the ``cited`` pages (revisions by key) within ``seconds``; read edited ones again.

        Raises:
            WikiUnavailable: the wiki cannot be asked.
        """
        ...

    def plain_address(self, key: str, url: str) -> str:
        """Return an address of the page that reveals no title, place or heading, or ""."""
        ...


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    identity: str
    """The name of model and weights: another identity means other vectors."""
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


class Reranker(Protocol):
    """A cross-encoder: it reads question and passage together, which is better and slower."""

    identity: str
    """The name of the model: scores of different models are not comparable."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return a score for each text, in order; higher answers better. It may take seconds.

        Raises:
            ModelUnavailable: the model cannot be loaded, or does not run.
        """
        ...


class Unembedded(Protocol):
    """The passages of an index that wait for an embedding; until then, only their words find them.
    A passage is named by its digest."""

    def counts(self) -> dict[str, int]:
        """Return how many passages of each wiki wait; wikis without any are left out."""
        ...

    def digests(self, wiki: str) -> list[str]:
        """Return the digests of all waiting passages of a wiki, the newest pages first."""
        ...

    def passages(self, wiki: str, digests: Collection[str]) -> dict[str, Passage]:
        """Return a passage for each of ``digests`` that still waits."""
        ...

    def embed(self, wiki: str, embeddings: Mapping[str, Embedding]) -> None:
        """Store the embeddings of passages that still wait."""
        ...


class PassageIndex(Protocol):
    """Passages with their rights, found by words and by meaning."""

    @property
    def unembedded(self) -> Unembedded: ...

    def known(self, wiki: str) -> dict[str, KnownPage]:
        """Return every page of ``wiki`` that is indexed, by key."""
        ...

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """Return the indexed state of a page; None if it is not indexed."""
        ...

    def embeddings(self, digests: Sequence[str]) -> dict[str, Embedding]:
        """Return the stored embeddings, by passage digest; missing ones are left out."""
        ...

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        """Return the digests of a page's passages, which depend on its words, not on its key."""
        ...

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        """Make these passages, all of one page at one revision, the page's only readable version.
        At any kill point one version is readable, never none. A passage whose `Embedding.whole` is
        empty waits for its embedding.

        Raises:
            ValueError: passages of more than one page or revision, or none.
        """
        ...

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        """Change a page's Acl, revision and owner (None: keep it), and keep its embeddings."""
        ...

    def remove(self, wiki: str, pages: Sequence[str]) -> None: ...

    def sweep(self, wiki: str) -> int:
        """Remove the leftovers of an interrupted ``replace``; return how many passages."""
        ...

    def search(
        self,
        queries: Sequence[IndexQuery],
        *,
        reader: Reader,
        limit: int,
        wikis: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        """Return for each of ``queries`` the best passages that ``reader`` may read, best first, at
        one revision a page. ``wikis`` narrows it; None searches all."""
        ...

    def passages(self, places: Collection[PassageRef], *, reader: Reader) -> list[Passage]:
        """Return the current passages at ``places`` that ``reader`` may read, by wiki, page and
        ordinal; each once."""
        ...

    def foreign_language(self, text: str, than: Collection[str] = ()) -> str:
        """Return the language of ``text`` (in English and lower case); empty if it is, or may be,
        one of ``than``, by default those of the index: a few words do not tell."""
        ...

    def languages(self, *, reader: Reader, wikis: Sequence[str] | None = None) -> Sequence[str]:
        """Return the languages of the passages of ``wikis`` (None: all) that ``reader`` may read
        (in English and lower case), that of most passages first."""
        ...

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of pages and passages of each wiki."""
        ...

    def wikis(self) -> frozenset[str]:
        """Return the wikis of which anything is stored, even leftovers of an interrupted write."""
        ...

    def settle(self) -> None:
        """Optimise after a large sync; slow, never on a request."""
        ...

    def back_up(self, folder: Path) -> dict[str, tuple[int, int]]:
        """Put a copy, or the name of a copy on a server, into ``folder``, which must not exist, and
        return its `counts`. Writers wait meanwhile, readers do not."""
        ...

    def check(self) -> int:
        """Read all that is stored, which takes seconds, and return how many pages are incomplete.
        Raises IndexCorrupt if something is not what was stored."""
        ...

    def close(self) -> None: ...


PromotionCheck = Callable[[PassageIndex, PassageIndex], Sequence[str]]
"""Returns sentences for the operator that say why the second index, a rebuilt one, should not
replace the first; empty: it may."""
