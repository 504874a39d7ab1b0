"""Confluence Cloud: content by the second API, restrictions by what remains of the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    body_in,
    body_of,
    in_batches,
    is_current,
    is_listed,
    number,
    space_of,
    version,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.paging import (
    SEARCH,
    by_cursor,
    results,
    search_params,
)
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.partial_result import PartialResult
from footnote_bot.indexers.sources.confluence.product import Product, Rights, Start, when_needed
from footnote_bot.indexers.sources.confluence.rights import Restriction, Tokens, restriction
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_RESTRICTIONS_AT_ONCE = 100
_KNOWN = 10_000
"""Pages whose kind is remembered."""
_KINDS = ("pages", "blogposts")
_EXPAND = (
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group,"
    "metadata.properties.editor"
)


class Cloud(Product):
    batch = 25
    at_once = 250
    account = "accountId"
    editor_at = ("authorId",)
    tells_visitors = False

    def __init__(
        self, wiki: Transport, tokens: Tokens, ownership: Ownership = NOBODY_NAMED
    ) -> None:
        super().__init__(wiki, tokens, ownership)
        self._kinds: dict[str, str] = {}

    def space_path(self, space: ConfluenceSpace) -> str:
        return f"/api/v2/spaces/{space.id}"

    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> list[ConfluenceSpace]:
        params: Params = {"limit": self.at_once}
        if keys:
            params = {**params, "keys": ",".join(keys)}
        return [
            space_of(row)
            for row in with_ids(self._rows("/api/v2/spaces", params))
            if row.get("key") in keys
            or (not keys and is_listed(row, personal=personal, archived=archived))
        ]

    def pages(self, space: ConfluenceSpace) -> list[Listed]:
        listed: dict[str, Listed] = {}
        parents: dict[str, str] = {}
        for kind in _KINDS:
            params: Params = {"space-id": space.id, "status": "current", "limit": self.at_once}
            for answer in by_cursor(self._wiki, f"/api/v2/{kind}", params):
                for row in with_ids(results(answer)):
                    key = str(row["id"])
                    parents[key] = _parent(row, kind)
                    listed[key] = self._listed(answer, row, kind, space)
        chains = _Chains(parents, self._ancestors)
        return [chains.placed(page) for page in listed.values()]

    def rights(self, pages: Sequence[Listed]) -> Rights:
        """Return rights, a hundred pages a request. Rights that the search did not report are
        requested page by page."""
        restrictions: dict[str, Restriction] = {}
        editors: dict[str, str] = {}
        owners: dict[str, str] = {}
        listed_owners = {page.key: page.owner for page in pages}
        batches = in_batches(pages, _RESTRICTIONS_AT_ONCE)
        for answers in parallel_map(self._search_rights, batches, self._wiki.concurrency):
            for row in with_ids(answers):
                key = str(row["id"])
                restrictions[key] = restriction(at(row, "restrictions", "read"), self._tokens)
                editors[key] = _editor(row)
                owners[key] = self._ownership.of(row, listed_owners.get(key, ""))
        return Rights(self.gates(pages, restrictions), editors, owners)

    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        bodies: dict[str, str | Refused] = {}
        for kind in _KINDS:
            pages_by_key = {page.key: page for page in pages if page.kind == kind}
            params: Params = {
                "id": ",".join(pages_by_key),
                "body-format": "storage",
                "limit": self.batch,
            }
            try:
                # A single page is requested by itself, below.
                answers = (
                    list(self._rows(f"/api/v2/{kind}", params)) if len(pages_by_key) > 1 else []
                )
            except Refused:
                answers = []
            for row in with_ids(answers):
                if page := pages_by_key.get(str(row["id"])):
                    bodies[page.key] = _body(page, row)
            for key, page in pages_by_key.items():
                if not isinstance(bodies.get(key), str):
                    bodies[key] = self._fetch_body(page)
        return bodies

    def find(
        self, key: str, start: Start = when_needed, result: PartialResult | None = None
    ) -> Listed | None:
        """Request the page. An id does not tell a page from a blog post, so both are requested."""
        known_kind = self._kinds.get(key)
        answers = {
            kind: start(partial(self._wiki.get, f"/api/v2/{kind}/{key}"))
            for kind in ([known_kind] if known_kind else _KINDS)
        }
        read_ancestors = start(partial(self._ancestors, key))
        failure: WikiUnavailable | None = None
        for kind, answer in answers.items():
            try:
                content = unless_absent(answer)
            except WikiUnavailable as error:
                if start is when_needed:
                    raise  # the next kind would wait for its patience, too
                failure = error
                continue
            if content is not None:
                return self._page_from(content, key, kind, read_ancestors, result)
            if failure is None and result:
                # Until the other kind has also answered, the page may be gone.
                result.record_difference()
        if failure is not None:
            raise failure
        return None

    def _page_from(
        self,
        content: Json,
        key: str,
        kind: str,
        read_ancestors: Callable[[], list[str]],
        result: PartialResult | None,
    ) -> Listed | None:
        """Return the page in a response; None if it is no current page."""
        if not is_current(content, key):
            return None
        space = str(content.get("spaceId") or "")
        if not space:
            raise Refused(200, f"Confluence does not say where the page {key} stands.")
        if result:
            result.compare_page(number(version(content)), space)
        if len(self._kinds) >= _KNOWN:
            self._kinds.clear()
        self._kinds[key] = kind
        ancestors, why = _read_ancestors(_parent(content, kind), read_ancestors)
        page = self._listed(content, content, kind, ConfluenceSpace(space, "", ""))
        return replace(page, ancestors=ancestors, above_unread=why)

    def labels(self, key: str) -> frozenset[str]:
        for kind in _KINDS:
            labels = unless_absent(partial(self._labels, f"/api/v2/{kind}/{key}/labels"))
            if labels is not None:
                return labels
        return frozenset()

    def _labels(self, path: str) -> frozenset[str]:
        return frozenset(str(row.get("name")) for row in self._short_rows(path))

    def editor(self, page: Listed) -> str:
        try:
            path = f"/api/v2/{page.kind}/{page.key}/properties"
            properties = list(self._rows(path, {"key": "editor", "limit": 1}))
        except (Refused, WikiMisconfigured):
            return "v2"
        value = next((row.get("value") for row in properties), "v1")
        return value if isinstance(value, str) else "v1"

    def _search_rights(self, pages: Sequence[Listed]) -> list[Json]:
        """Return the restrictions of pages by one search; nothing if Confluence refuses it."""
        listed = ",".join(page.key for page in pages)
        expand = _EXPAND + self._ownership.expand
        params = search_params(f"id in ({listed})", _RESTRICTIONS_AT_ONCE, expand)
        try:
            return list(self._rows(SEARCH, params))
        except Refused as refused:
            if refused.busy:
                raise
            # One page can spoil the batch (CONFCLOUD-77618): each is then requested by itself.
            return []

    def _fetch_body(self, page: Listed) -> str | Refused:
        path = f"/api/v2/{page.kind}/{page.key}"
        return body_in(page, lambda form: self._wiki.get(path, {"body-format": form}))

    def _ancestors(self, key: str) -> list[str]:
        """Return the ancestors of a page, the lowest last; at most `at_once` of them."""
        listed = self._short_rows(f"/api/v2/pages/{key}/ancestors")
        return [str(at(row, "id") or UNKNOWN) for row in listed]


class _Chains:
    """The ancestors of listed pages, including folders and other unlisted nodes. ``read`` requests
    the ancestors of one page."""

    def __init__(self, parents: Mapping[str, str], read: Callable[[str], list[str]]) -> None:
        self._parents = parents
        self._read = read
        self._above: dict[str, tuple[str, ...]] = {}
        self._unlisted: dict[str, tuple[str, ...]] = {}
        self._unread = ""

    def placed(self, page: Listed) -> Listed:
        """Return the page with its ancestors."""
        above = self.above(page.key)
        return replace(page, ancestors=above, above_unread=self._unread if UNKNOWN in above else "")

    def above(self, key: str) -> tuple[str, ...]:
        """Return the ancestors of a listed page, top first, from the parents that were listed;
        `UNKNOWN` alone if these form a circle."""
        path: list[str] = []
        while key not in self._above:
            if key in path:
                return (UNKNOWN,)
            path.append(key)
            parent = self._parents[key]
            if parent in self._parents:
                key = parent
            else:
                self._above[key] = self._ancestors_of_unlisted(key, parent)
        for below in reversed(path):
            if below not in self._above:
                parent = self._parents[below]
                self._above[below] = (*self._above[parent], parent)
        return self._above[path[0] if path else key]

    def _ancestors_of_unlisted(self, key: str, parent: str) -> tuple[str, ...]:
        """Return the ancestors of a page whose parent is not listed; its siblings share them."""
        if parent not in self._unlisted:
            ancestors, why = _read_ancestors(parent, partial(self._read, key))
            self._unread = why or self._unread
            self._unlisted[parent] = ancestors  # now: a response may name its own page as above it
            # The response has no `next`: the ancestors of its first node need another request.
            if UNKNOWN not in ancestors and ancestors and ancestors[0] in self._parents:
                self._unlisted[parent] = (*self.above(ancestors[0]), *ancestors)
        return self._unlisted[parent]


def _read_ancestors(parent: str, read: Callable[[], list[str]]) -> tuple[tuple[str, ...], str]:
    """Return the ancestors of a page below ``parent``, top first, and why they could not be read;
    empty if they were, or another try will not read them. Incomplete ones end with `UNKNOWN`: the
    page was moved meanwhile, so that the parent is not among them, or one response cannot hold all.

    Raises:
        WikiUnavailable: Confluence does not answer, or is too busy for any request.
    """
    if parent in {"", UNKNOWN}:
        return ((parent,) if parent else ()), ""
    try:
        ancestors = read()
    except Refused as refused:
        if refused.busy:
            raise
        return (parent, UNKNOWN), "" if refused.absent else str(refused)
    complete = parent in ancestors and len(ancestors) < Cloud.at_once
    return (*ancestors,) if complete else (*ancestors, parent, UNKNOWN), ""


def _parent(content: Json, kind: str) -> str:
    """Return the parent. A page without a stated parent may still have one."""
    return "" if kind == "blogposts" else str(content.get("parentId", UNKNOWN) or "")


def _body(page: Listed, answer: Json) -> str | Refused:
    """Return the body in ``answer``; a refusal if it is not of the listed version."""
    try:
        return body_of(page, answer)
    except Refused as refused:
        return refused


def _editor(content: Json) -> str:
    """Return the editor. Only the new editor sets the property. If no properties come at all, the
    new one is assumed: it wrote most pages."""
    if not isinstance(at(content, "metadata", "properties"), Mapping):
        return "v2"
    value = at(content, "metadata", "properties", "editor", "value")
    return value if isinstance(value, str) else "v1"
