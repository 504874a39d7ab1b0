"""A part of a wiki as a separate wiki: one page, one space, the latest edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import KnownPage, PageChange, SyncScope
from footnote_bot.indexers.ports import Divisible, Wiki

Read = Callable[[Mapping[str, KnownPage]], Iterator[PageChange]]


class ScopedWiki:
    """A wiki of the changes from ``read``. It never yields ``Enumerated``, so no page is removed
    because it does not mention it."""

    def __init__(self, wiki: Wiki, read: Read) -> None:
        self.name = wiki.name
        self.has_page_rights = wiki.has_page_rights
        self.scope_settings = wiki.scope_settings
        self._wiki = wiki
        self._read = read

    @property
    def requests(self) -> int:
        return self._wiki.requests

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        return self._read(known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:  # noqa: ARG002 - the port's
        """Return no page: a part of a wiki does not say what is gone."""
        return frozenset()


def scoped(wiki: Wiki, divisible: Divisible | None, part: SyncScope) -> Wiki:
    """Return the ``part`` of ``wiki`` as a wiki; ``wiki`` itself if the part is all of it."""

    def read(known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        if divisible is None:
            raise WikiMisconfigured(f"{wiki.name} can only be read as a whole.")
        return divisible.page(part.page) if part.page else divisible.space(part.space, known)

    return wiki if part.is_whole else ScopedWiki(wiki, read)
