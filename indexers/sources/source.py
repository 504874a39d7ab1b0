"""A configured wiki with everything that it can do. Each kind of wiki has one `WikiSource`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from footnote_bot.indexers.findings import Access, Finding
from footnote_bot.indexers.model import NOBODY, Acl, KnownPage, Principal, ReadAs
from footnote_bot.indexers.parsing.limits import Parse, here
from footnote_bot.indexers.ports import Divisible, LiveWiki, Wiki
from footnote_bot.indexers.sources.readers import WikiReaders


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources of a source beside its settings. ``secret`` returns the value of a variable,
    empty if it is not set; ``parse`` runs a parser on untrusted text."""

    data_dir: Path
    secret: Callable[[str], str]
    parse: Parse = here


class WikiSource:
    """A wiki that can be read as a whole. A kind overrides the methods for everything else."""

    recent: Wiki | None = None
    """A wiki of its latest edits, if it can list them."""
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
        """Return the path of ``url`` below this wiki; None if it is in another wiki. With ``ask``,
        ask the wiki itself if the settings do not tell its address.

        Raises:
            WikiUnavailable: the wiki is asked, and does not answer.
        """
        return None

    def key_at(self, url: str) -> str:  # noqa: ARG002
        """Return the key of the page at ``url``; empty if there is none.

        Raises:
            WikiUnavailable: the wiki does not answer.
        """
        return ""

    def space_at(self, url: str) -> str:  # noqa: ARG002
        """Return the key of the space whose overview is at ``url``; empty if there is none.

        Raises:
            WikiUnavailable: the wiki does not answer.
        """
        return ""

    def spaces(self) -> Iterable[str]:
        """Return the keys of the spaces that are read.

        Raises:
            WikiUnavailable: they cannot be listed.
        """
        return ()

    def edit_address(self, page: str, url: str) -> str:  # noqa: ARG002
        """Return the address at which people edit the page with this key, which they read at
        ``url``; empty if there is none.

        Raises:
            WikiUnavailable: the wiki does not answer.
        """
        return ""

    def tokens(self, email: str) -> frozenset[str]:  # noqa: ARG002
        """Return the tokens that the person with this address holds in this wiki; empty if it knows
        no such person; an `untold_token` if it cannot be asked now. It may take seconds, so call it
        in a thread."""
        return frozenset()

    def owner(self, named: str) -> str:
        """Return the owner whom a page calls ``named``, with their address if it is known. Empty if
        they are gone, or the wiki does not answer now."""
        return named

    def access(self, url: str, email: str, reader: Callable[[], Principal]) -> tuple[Access, Acl]:
        """Return whether the ``reader`` with this ``email`` may read the page, and its Acl.

        Raises:
            WikiUnavailable: the wiki cannot be asked.
        """
        if self.readers is None:
            why = f"{self.name} cannot be asked who may read its pages"
            return Access(self.name, email, may_read=None, why=why, url=url), NOBODY
        access = self.readers.access(self.name, self.key_at(url), url, email, reader())
        return access, self.readers.acl

    def findings(self) -> Iterator[Finding]:
        """Yield findings about the wiki, each as soon as it is known."""
        return iter(())

    def missing(self) -> str:
        """Return why there is nothing to read here; empty if there may be. It sends no request."""
        return ""

    def trouble(self) -> str:
        """Return why people get less than they may read, or "". It may ask the wiki."""
        return ""

    def recall(self, known: Callable[[], Mapping[str, KnownPage]]) -> None:
        """Read the wiki in the way in which the ``known`` pages were read."""

    @property
    def read_as(self) -> ReadAs | None:
        """Return how the pages of a wiki of files are read; None before that is known."""
        return None

    def preload_members(self) -> None:
        """Load the wiki's people, so that the first question need not wait for them."""

    def follow(self) -> None:
        """Update this machine's copy of the wiki, if there is one. It may take minutes.

        Raises:
            WikiMisconfigured, WikiUnavailable: the wiki cannot be read.
        """

    def abort_waits(self) -> None:
        """Make a sync that waits for the wiki give up."""
