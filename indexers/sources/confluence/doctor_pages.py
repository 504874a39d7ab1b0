"""Checks of restrictions and selection, on a sample of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from footnote_bot.indexers.findings import Finding, failure, ok, warning
from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.naming import Names
from footnote_bot.indexers.sources.confluence.paging import SEARCH, quoted, results, search_params
from footnote_bot.indexers.sources.confluence.rights import CLOSED
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport
from footnote_bot.indexers.text.counting import counted

_SAMPLE = 20
"""Pages whose restrictions are read."""
_SHOWN = 8
"""Keys that are named; the others are counted."""
_SPACES_OF_CQL = 50


class PagesDoctor:
    """The checks of pages in ``spaces``. Methods raise WikiUnavailable."""

    def __init__(
        self, name: str, transport: Transport, survey: Survey, spaces: Sequence[ConfluenceSpace]
    ) -> None:
        self._name = name
        self._transport = transport
        self._survey = survey
        self._spaces = spaces

    def restrictions(self) -> Iterator[Finding]:
        pages = self._sample()
        if not pages:
            yield warning(
                self._name,
                "Its search finds no page in these spaces, so restrictions could not be tried.",
                "See that the search index of Confluence is not being rebuilt.",
            )
            return
        yield from self._in_bulk(pages)
        rights = self._survey.product.rights(pages)
        nodes = {key for page in pages for key in (*page.ancestors, page.key)} - {UNKNOWN}
        unread = sorted(key for key in nodes if rights.gates.get(key, CLOSED) == CLOSED)
        unknown = sum(UNKNOWN in page.ancestors for page in pages)
        above = len(nodes - {page.key for page in pages})
        tried = counted(len(pages), "page") + (f" and {above} more above them" if above else "")
        if not unread and not unknown:
            yield ok(self._name, f"Restrictions can be read, tried on {tried}.")
            return
        problems = [f"the restrictions of {listed(unread)} cannot be read"] if unread else []
        problems += [f"what stands above {unknown} of them cannot be read"] if unknown else []
        report = failure if len(unread) == len(nodes) else warning
        yield report(
            self._name,
            f"Of {tried}, {' and '.join(problems)}: nobody gets those, nor what is below them.",
            "Give the token the right (and scope) to read restrictions and ancestors.",
        )

    def selection(self, scope: Scope) -> Iterator[Finding]:
        """Yield the names in the settings that do not exist."""
        if scope.trees:
            names = Names(self._transport, self._survey.product, self._survey.tokens)
            missing = sorted(set(scope.trees) - names.search(scope.trees).keys())
            if missing:
                yield warning(
                    self._name,
                    f"`page_trees`: the token sees no page {listed(missing)}.",
                    "Take the number from the page's address.",
                )
        for setting, labels in (("labels", scope.labels), ("exclude_labels", scope.labels_out)):
            for label in labels:
                yield from self._finds(f"`{setting}`: {label!r}", f"label = {quoted(label)}")
        if scope.cql:
            yield from self._finds("`cql`", f"({scope.cql})")

    def _in_bulk(self, pages: Sequence[Listed]) -> Iterator[Finding]:
        """Warn of too many requests: rights that the bulk does not report are requested one by
        one."""
        requests_before = self._transport.requests
        self._survey.product.rights([replace(page, ancestors=()) for page in pages])
        took = self._transport.requests - requests_before
        if took > 1 + len(pages) // 2:
            yield warning(
                self._name,
                f"Restrictions come page by page and not in bulk ({counted(took, 'request')} for"
                f" {counted(len(pages), 'page')}): each full pass takes a request for each page.",
                "Give the token the scope to search content; see Confluence's own log.",
            )

    def _finds(self, setting: str, query: str) -> Iterator[Finding]:
        try:
            keys = self._searched(query, 1)
        except Refused as refused:
            if refused.status != 400:
                raise
            yield failure(
                self._name,
                f"{setting} is not understood by Confluence.",
                "Try it in its own search, and leave out any `order by`.",
            )
            return
        if not keys:
            yield warning(
                self._name,
                f"{setting} finds nothing.",
                "Check its spelling.",
            )

    def _sample(self) -> list[Listed]:
        keys = self._searched("type = page", _SAMPLE)
        spaces = {space.id: space for space in self._spaces}
        pages = self._survey.find_all(keys, spaces)
        return [page for page in pages if page and page.space.id in spaces]

    def _searched(self, query: str, limit: int) -> list[str]:
        """Return the ids of pages in the spaces that are read."""
        keys = ", ".join(quoted(space.key) for space in self._spaces[:_SPACES_OF_CQL])
        answer = self._transport.get(SEARCH, search_params(f"space in ({keys}) and {query}", limit))
        return [str(row["id"]) for row in with_ids(results(answer))]


def listed(keys: Iterable[str]) -> str:
    """Return the first ``keys`` in words, and how many more there are."""
    all_keys = list(keys)
    more = f" and {len(all_keys) - _SHOWN} more" if len(all_keys) > _SHOWN else ""
    return ", ".join(all_keys[:_SHOWN]) + more
