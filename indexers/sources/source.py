"""A configured wiki, and all that is asked of it. Each kind of wiki has one `WikiSource`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexers.findings import Access, Finding
from indexers.model import NOBODY, Acl, KnownPage, Principal, ReadAs
from indexers.parsing.limits import Parse, here
from indexers.ports import Divisible, LiveWiki, Wiki
from indexers.sources.readers import WikiReaders


@dataclass(frozen=True, slots=True)
class Resources:
    """The means of a source beside its settings. ``secret`` returns the variable of a name, empty
    if it is not set; ``parse`` runs a parser on text that others wrote."""

    data_dir: Path
    secret: Callable[[str], str]
    parse: Parse = here


class WikiSource:
    """A wiki that can be read as a whole. A kind overrides what else its wikis can do."""

    recent: Wiki | None = None
    """Its latest edits alone, if it can list them."""
    divisible: Divisible | None = None
    """The same wiki, if a page or a space of it can be read by itself."""
    live: LiveWiki | None = None
    readers: WikiReaders | None = None
    """The readers of all its pages, if the settings name them. They apply as soon as the index is
    open."""

    def __init__(self, wiki: Wiki) -> None:
        self.name = wiki.name
        self.wiki = wiki

    def path(self, url: str, *, ask: bool = False) -> str | None:  # noqa: ARG002 - see there
        """Return what of ``url`` is below this wiki; None if it is the address of another one.
        ``ask`` the wiki itself where the settings do not tell its address.

        Raises:
            WikiUnavailable: it is asked, and cannot tell.
        """
        return None

    def key_at(self, url: str) -> str:  # noqa: ARG002
        """Return the key of the page at ``url``; empty if there is none.

        Raises:
            WikiUnavailable: it cannot be told.
        """
        return ""

    def space_at(self, url: str) -> str:  # noqa: ARG002
        """Return the key of the space whose own address is ``url``; empty if it is none.

        Raises:
            WikiUnavailable: it cannot be told.
        """
        return ""

    def spaces(self) -> Iterable[str]:
        """Return the keys of the spaces that are read.

        Raises:
            WikiUnavailable: they cannot be listed.
        """
        return ()

    def edit_address(self, page: str, url: str) -> str:  # noqa: ARG002
        """Return where people edit the page of this key, which they read at ``url``; empty if
        there is no such place.

        Raises:
            WikiUnavailable: it cannot be told.
        """
        return ""

    def tokens(self, email: str) -> frozenset[str]:  # noqa: ARG002
        """Return what the person with this address holds in this wiki alone; empty if it knows no
        such person; an `untold_token` if it cannot be asked now. Up to seconds: call it in a
        thread."""
        return frozenset()

    def owner(self, named: str) -> str:
        """Return who keeps a page that names its owner so, as words in which their address
        stands, or as it names them. Empty if they are gone, or it cannot be told now."""
        return named

    def access(self, url: str, email: str, reader: Callable[[], Principal]) -> tuple[Access, Acl]:
        """Return whether ``reader``, who has the address ``email``, may read the page at
        ``url``, and the rule that says so.

        Raises:
            WikiUnavailable: the wiki cannot be asked.
        """
        if self.readers is None:
            why = f"{self.name} cannot be asked who may read its pages"
            return Access(self.name, email, may_read=None, why=why, url=url), NOBODY
        found = self.readers.access(self.name, self.key_at(url), url, email, reader())
        return found, self.readers.acl

    def findings(self) -> Iterator[Finding]:
        """Yield findings about the wiki, each as soon as it is known."""
        return iter(())

    def missing(self) -> str:
        """Return why this machine has nothing to read, without asking anybody else; empty if it
        may have."""
        return ""

    def trouble(self) -> str:
        """Return why people get less than they may read; empty if they do not. May ask."""
        return ""

    def recall(self, known: Callable[[], Mapping[str, KnownPage]]) -> None:
        """Read the wiki as the ``known`` pages were read, until told otherwise."""

    @property
    def read_as(self) -> ReadAs | None:
        """Return how the pages of a wiki of files are read; None before that is known."""
        return None

    def preload_members(self) -> None:
        """Read who its people are, so that the first to ask need not wait for it."""

    def follow(self) -> None:
        """Bring what this machine keeps of the wiki to how the wiki is now. May take minutes.

        Raises:
            WikiMisconfigured, WikiUnavailable: it cannot be read.
        """

    def abort_waits(self) -> None:
        """Let a sync that waits for the wiki give up."""
