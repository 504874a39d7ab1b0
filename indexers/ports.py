"""What the use cases ask of the world, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexers.model import Acl, Hit, KnownPage, LivePages, PageChange, Passage, Reader

Vector = Sequence[float]

Place = tuple[str, str, int]
"""A wiki, a page's key in it, and the ordinal of one of its passages."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of a passage: the ``whole`` of it as a vector of unit length, and its ``sentences``,
    each read within the whole, as vectors of which only the direction counts: one after
    another, a signed byte for each dimension. Empty if the model cannot tell them apart."""

    whole: Vector
    sentences: bytes = b""


class Wiki(Protocol):
    """A source of pages."""

    name: str
    has_page_rights: bool
    """Whether its pages have rights of their own. Then a page that vanished may have been
    closed to us, and nobody is shown it, also while its removal waits for the operator."""
    scope_settings: str
    """The settings that choose its pages, for messages."""

    @property
    def requests(self) -> int:
        """Requests made to a server so far; 0 for a folder."""
        ...

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """What differs from ``known`` (by page key), one item a page, and
        ``Enumerated`` once the listing is complete. Pages that cannot be read
        are ``Failed``, never left out. What lists a part of a wiki only (its latest
        edits) never says ``Enumerated``, and nothing is removed by it.

        Raises:
            WikiUnavailable: the wiki cannot be listed; nothing may be removed.
        """
        ...

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of ``keys`` that are certainly no longer there, each looked at."""
        ...


class Divisible(Protocol):
    """A wiki of which a part can be read by itself, without ``Enumerated``."""

    def page(self, key: str) -> Iterator[PageChange]:
        """One page as it is now, whatever is known of it; ``Skipped`` if it is certainly not
        there, or not among those that are read.

        Raises:
            WikiUnavailable: the wiki cannot be asked.
        """
        ...

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """What differs from ``known`` among the pages that a space has now. A page that left
        it is not told of.

        Raises:
            WikiMisconfigured: there is no such space among those that are read.
            WikiUnavailable: it cannot be listed.
        """
        ...


class Lookout(Protocol):
    """A wiki that can be asked how a page stands at this moment."""

    def standing(self, cited: Mapping[str, str], seconds: float) -> LivePages:
        """Look at the pages ``cited`` (revisions by key) for at most ``seconds``. One that was
        edited since is read again.

        Raises:
            WikiUnavailable: it cannot be asked.
        """
        ...

    def plain_address(self, key: str, url: str) -> str:
        """Return an address of the page that tells nothing of its title, its place or its
        headings; empty if there is none."""
        ...


class Members(Protocol):
    """Who people are in a wiki that has rights of its own."""

    def tokens(self, email: str) -> frozenset[str]:
        """What the person with this address holds there beside ``everyone``. Nothing if it
        knows no such person; an `untold_token` if it cannot be asked now. Up to seconds: call
        it in a thread."""
        ...


class Embedder(Protocol):
    """Texts to what they mean."""

    identity: str
    """Names model and weights: other identity, other vectors."""
    dimensions: int
    max_tokens: int
    """What stands behind so many tokens of a text is not embedded."""
    multilingual: bool
    """Whether texts in different languages that mean the same are near each other."""

    def count_tokens(self, text: str) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> list[Meaning]: ...

    def embed_question(self, text: str) -> Vector:
        """Of unit length."""
        ...


class Entailing(Protocol):
    """Tells whether a text says what a sentence says."""

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """Return for each pair, a text and a sentence, how likely the text says the sentence (0 to
        1). Up to seconds.

        Raises:
            ModelUnavailable: it cannot tell.
        """
        ...


class Reranker(Protocol):
    """Reads question and passage together, which tells more than their vectors and takes
    longer."""

    identity: str
    """Names the model: another one's scores mean something else."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text answers, in their order; more is better. Up to seconds.

        Raises:
            ModelUnavailable: it cannot tell.
        """
        ...


class PassageIndex(Protocol):
    """Passages with their rights, found by words and by meaning."""

    def known(self, wiki: str) -> dict[str, KnownPage]:
        """Every page of ``wiki`` that is indexed, by key."""
        ...

    def page(self, wiki: str, page: str) -> KnownPage | None:
        """One page of it; None if it is not indexed."""
        ...

    def meanings(self, digests: Sequence[str]) -> dict[str, Meaning]:
        """Meanings that stand already, by passage digest; missing ones are left out."""
        ...

    def digests(self, wiki: str, page: str) -> frozenset[str]:
        """Of a page's passages: what it says, whatever it is called."""
        ...

    def replace(self, passages: Sequence[Passage], meanings: Sequence[Meaning]) -> None:
        """Make these, which are all of one page at one revision, the page's only
        readable version. At any kill point one version is readable, never none.

        Raises:
            ValueError: passages of more than one page or revision, or none.
        """
        ...

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        """Give a page's passages another Acl and revision, and another owner (None: keep who
        it is), keeping their meanings."""
        ...

    def remove(self, wiki: str, pages: Sequence[str]) -> None: ...

    def sweep(self, wiki: str) -> int:
        """Remove what an interrupted ``replace`` left; how many passages went."""
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
        """The best passages that ``reader`` may read, best first, at one revision
        a page. ``wikis`` narrows it; None searches all."""
        ...

    def passages(self, places: Collection[Place], *, reader: Reader) -> list[Passage]:
        """The passages that stand at ``places`` now and that ``reader`` may read, by wiki, page
        and ordinal; each once."""
        ...

    def near_words(
        self, word: str, *, reader: Reader, wikis: Sequence[str] | None = None
    ) -> dict[str, int]:
        """What ``word``, in small letters, may be a misspelling of: words one slip of the
        keyboard away, and how many passages of a few have them (0: another form of them); the
        word alone if it is no misspelling. Only what ``reader`` may read counts."""
        ...

    def speaks(self, text: str) -> bool:
        """Whether ``text`` is in a language of what is indexed, or may be: a few words do not
        tell."""
        ...

    def counts(self) -> dict[str, tuple[int, int]]:
        """Pages and passages of each wiki."""
        ...

    def settle(self) -> None:
        """Optimise after a large sync; slow, never on a request."""
        ...

    def close(self) -> None: ...


PromotionCheck = Callable[[PassageIndex, PassageIndex], Sequence[str]]
"""Why the second index, built anew, should not take the place of the first, in sentences for
the operator; none: it may."""
