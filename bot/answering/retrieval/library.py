"""The indexed pages, looked up one by one: the port `bot.ports.Library`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from footnote_bot.bot.answering.retrieval.recheck import Recheck
from footnote_bot.bot.model import Source
from footnote_bot.indexers.model import KnownPage, Reader, digest
from footnote_bot.indexers.ports import PassageIndex


@dataclass(frozen=True, slots=True)
class IndexedLibrary:
    """The indexed pages. Without a ``recheck``, a page counts as the index holds it.
    ``edit_address_of`` takes a wiki, a page's key and its address; ``owner_of`` a wiki and the
    owner that a page names."""

    index: PassageIndex
    recheck: Recheck | None
    edit_address_of: Callable[[str, str, str], str]
    owner_of: Callable[[str, str], str]

    def page(self, wiki: str, page: str) -> KnownPage | None:
        return self.index.page(wiki, page)

    def fingerprint(self, wiki: str, page: str) -> str:
        digests = self.index.digests(wiki, page)
        return digest(*sorted(digests)) if digests else ""

    def open_to(self, reader: Reader, sources: Sequence[Source]) -> tuple[Source, ...]:
        readable = [source for source in sources if self._admits(reader, source)]
        if self.recheck is None or not readable:
            return tuple(readable)
        confirmed = self.recheck.confirmed(readable, reader)
        return tuple(source for source in readable if (source.wiki, source.page) in confirmed)

    def edit_address(self, source: Source) -> str:
        return self.edit_address_of(source.wiki, source.page, source.url)

    def owner(self, source: Source) -> str:
        return self.owner_of(source.wiki, source.owner)

    def _admits(self, reader: Reader, source: Source) -> bool:
        indexed_page = self.index.page(source.wiki, source.page)
        return indexed_page is not None and indexed_page.acl.admits(reader)
