"""The latest edits of a Confluence as a wiki of its own, for the cheap rhythm of syncs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexers.confluence.wiki import ConfluenceWiki
from indexers.model import KnownPage, PageChange


class RecentEdits:
    """A part of a wiki, so it never says ``Enumerated``: nothing is removed by it."""

    def __init__(self, wiki: ConfluenceWiki) -> None:
        self.name = wiki.name
        self._wiki = wiki

    @property
    def requests(self) -> int:
        return self._wiki.requests

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """See `ConfluenceWiki.recent`."""
        return self._wiki.recent(known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:  # noqa: ARG002 - the port's
        return frozenset()
