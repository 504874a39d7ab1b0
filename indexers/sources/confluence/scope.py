"""The scope of a Confluence: which pages are read, as an operator sets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    is_listed,
)
from footnote_bot.indexers.sources.confluence.paging import (
    SEARCH,
    pages_of,
    quoted,
    rows,
    search_params,
)
from footnote_bot.indexers.sources.confluence.transport import Json, Refused, Transport

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """Pages of ``spaces`` (keys; empty: all that ``personal`` and ``archived`` allow), in
    ``trees`` (content ids of their top pages), with one of ``labels``, none of ``labels_out``, that
    ``cql`` finds. An empty field restricts nothing."""

    spaces: tuple[str, ...] = ()
    personal: bool = False
    archived: bool = False
    blog_posts: bool = True
    trees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    labels_out: tuple[str, ...] = ()
    cql: str = ""

    def selects(self, wiki: Transport, space: ConfluenceSpace) -> Callable[[Listed], bool]:
        """Return a test whether a page of ``space`` is read; labels and CQL are requested here.

        Raises:
            WikiMisconfigured: Confluence does not understand ``cql``.
            WikiUnavailable: a listing is incomplete.
        """
        matching = self._search(wiki, space) if self.labels or self.cql else None
        excluded = _ids(wiki, space, _labelled(self.labels_out)) if self.labels_out else frozenset()

        def selected(page: Listed) -> bool:
            return (
                (self.blog_posts or not page.is_blog_post)
                and (not self.trees or not self._roots(page).isdisjoint(self.trees))
                and (matching is None or page.key in matching)
                and page.key not in excluded
            )

        return selected

    def reads(self, key: str, description: Json) -> bool:
        """Return whether the space with this ``key`` and Confluence's ``description`` is read."""
        if self.spaces:
            return key in self.spaces
        return is_listed(description, personal=self.personal, archived=self.archived)

    @property
    def reads_labels(self) -> bool:
        return bool(self.labels or self.labels_out)

    def labelled_out(self, labels: frozenset[str]) -> bool:
        """Return whether a page's own labels exclude it; the search may not know them yet."""
        return not labels.isdisjoint(self.labels_out) or (
            bool(self.labels) and labels.isdisjoint(self.labels)
        )

    def _roots(self, page: Listed) -> frozenset[str]:
        """Return the trees that may hold a page. If its ancestors are unknown, that is every tree:
        the page is selected, and nobody may read it."""
        above = frozenset({page.key, *page.ancestors})
        return above | frozenset(self.trees) if UNKNOWN in above else above

    def _search(self, wiki: Transport, space: ConfluenceSpace) -> frozenset[str]:
        """Return the ids of the space's pages that have one of the labels and that `cql` finds."""
        conditions = [_labelled(self.labels)] if self.labels else []
        conditions += [f"({self.cql})"] if self.cql else []
        try:
            return _ids(wiki, space, " and ".join(conditions))
        except Refused as refused:
            if refused.status == 400 and self.cql:
                raise WikiMisconfigured(
                    f"Confluence at {wiki.base.url} does not understand `cql`: try it in its own"
                    " search, and leave out any `order by`."
                ) from refused
            raise


def _labelled(labels: Sequence[str]) -> str:
    return f"label in ({', '.join(map(quoted, labels))})"


def _ids(wiki: Transport, space: ConfluenceSpace, query: str) -> frozenset[str]:
    """Return the ids of the content in the space that ``query`` finds."""
    params = search_params(f"space = {quoted(space.key)} and {query}", _AT_ONCE)
    return frozenset(str(row.get("id")) for row in rows(pages_of(wiki, SEARCH, params)))
