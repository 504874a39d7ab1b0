"""Confluence Cloud: content by the second API, restrictions by what remains of the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.sources.confluence.answers import (
    address,
    body_in,
    body_of,
    edited_by,
    edits,
    is_current,
    is_listed,
    moment,
    number,
    space_of,
    version,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.cql import SEARCH, search_params
from footnote_bot.indexers.sources.confluence.gates import confirm_anonymous, gates, unread_gate
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.paging import by_cursor, results, rows
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.product import (
    UNKNOWN,
    ConfluenceSpace,
    Elsewhere,
    Listed,
    Rights,
)
from footnote_bot.indexers.sources.confluence.rights import (
    Gate,
    Restriction,
    Tokens,
    restriction,
    space_gate,
)
from footnote_bot.indexers.sources.confluence.shared_requests import (
    edited_since,
    in_batches,
    lists,
    user_name,
)
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_AT_ONCE = 250
_RESTRICTIONS_AT_ONCE = 100
_EDITED_AT_ONCE = 200
_KINDS = ("pages", "blogposts")
_EXPAND = (
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group,"
    "metadata.properties.editor"
)


class Cloud:
    batch = 25

    def __init__(
        self, wiki: Transport, tokens: Tokens, ownership: Ownership = NOBODY_NAMED
    ) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self._ownership = ownership

    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> list[ConfluenceSpace]:
        params: Params = {"limit": _AT_ONCE}
        if keys:
            params = {**params, "keys": ",".join(keys)}
        return [
            space_of(row)
            for row in with_ids(self._all("/api/v2/spaces", params))
            if row.get("key") in keys
            or (not keys and is_listed(row, personal=personal, archived=archived))
        ]

    def viewers(self, space: ConfluenceSpace) -> Gate:
        path = f"/api/v2/spaces/{space.id}"
        try:
            permissions = self._all(f"{path}/permissions", {"limit": _AT_ONCE}, halves=False)
            gate = space_gate(permissions, self._tokens)
        except Refused as refused:
            return unread_gate(refused)
        return confirm_anonymous(gate, self._wiki, path, space)

    def pages(self, space: ConfluenceSpace) -> list[Listed]:
        listed: dict[str, Listed] = {}
        parents: dict[str, str] = {}
        for kind in _KINDS:
            params: Params = {"space-id": space.id, "status": "current", "limit": _AT_ONCE}
            for answer in by_cursor(self._wiki, f"/api/v2/{kind}", params):
                for row in with_ids(results(answer)):
                    key = str(row["id"])
                    # A node without a stated parent may still have one.
                    none = "" if kind == "blogposts" else UNKNOWN
                    parents[key] = str(row.get("parentId", none) or "")
                    listed[key] = self.listed(answer, row, kind, space)
        chains = _Chains(self._wiki, parents)
        return [chains.placed(page) for page in listed.values()]

    def rights(self, pages: Sequence[Listed]) -> Rights:
        """Return rights, a hundred pages a request. Rights that the search did not report are
        requested page by page."""
        restrictions: dict[str, Restriction] = {}
        editors: dict[str, str] = {}
        owners: dict[str, str] = {}
        last = {page.key: page.owner for page in pages}
        batches = in_batches(pages, _RESTRICTIONS_AT_ONCE)
        for answers in parallel_map(self._search_rights, batches, self._wiki.concurrency):
            for row in with_ids(answers):
                key = str(row["id"])
                restrictions[key] = restriction(at(row, "restrictions", "read"), self._tokens)
                editors[key] = _editor(row)
                owners[key] = self._ownership.of(row, last.get(key, ""))
        return Rights(gates(self._wiki, self._tokens, pages, restrictions), editors, owners)

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
                answers = (
                    list(self._all(f"/api/v2/{kind}", params)) if len(pages_by_key) > 1 else []
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

    def find(self, key: str, spaces: Mapping[str, ConfluenceSpace]) -> Listed | Elsewhere | None:
        for kind in _KINDS:
            answer = unless_absent(partial(self._wiki.get, f"/api/v2/{kind}/{key}"))
            if answer is None:
                continue
            current, place = is_current(answer, key), answer.get("spaceId")
            if current and not place:
                raise Refused(200, f"Confluence does not say where the page {key} stands.")
            space = spaces.get(str(place))
            if not current:
                return None
            if space is None:
                return Elsewhere(key, str(place))
            page = self.listed(answer, answer, kind, space)
            parent = "" if kind == "blogposts" else str(answer.get("parentId", UNKNOWN) or "")
            return _Chains(self._wiki, {key: parent}).placed(page)
        return None

    def lists(self, space: str, *, personal: bool, archived: bool) -> bool:
        return lists(self._wiki, f"/api/v2/spaces/{space}", personal=personal, archived=archived)

    def labels(self, key: str) -> frozenset[str]:
        for kind in _KINDS:
            labels = unless_absent(partial(self._labels, f"/api/v2/{kind}/{key}/labels"))
            if labels is not None:
                return labels
        return frozenset()

    def _labels(self, path: str) -> frozenset[str]:
        labels = self._all(path, {"limit": _AT_ONCE}, halves=False)
        return frozenset(str(row.get("name")) for row in labels)

    def edited(self, hours: int) -> Iterator[tuple[str, int]]:
        params = search_params(edited_since(hours), _EDITED_AT_ONCE, expand="version")
        return edits(self._all(SEARCH, params))

    def editor(self, page: Listed) -> str:
        try:
            path = f"/api/v2/{page.kind}/{page.key}/properties"
            properties = list(self._all(path, {"key": "editor", "limit": 1}))
        except (Refused, WikiMisconfigured):
            return "v2"
        value = next((row.get("value") for row in properties), "v1")
        return value if isinstance(value, str) else "v1"

    def user_name(self, key: str) -> str:
        return user_name(self._wiki, {"accountId": key})

    def listed(self, answer: Json, content: Json, kind: str, space: ConfluenceSpace) -> Listed:
        changed = version(content)
        return Listed(
            key=str(content["id"]),
            kind=kind,
            space=space,
            title=str(content.get("title", "")),
            version=number(changed),
            ancestors=(),
            url=address(self._wiki, answer, content),
            modified=moment(changed.get("createdAt")),
            owner=self._ownership.of({}, edited_by(changed, self._tokens, "authorId")),
        )

    def _search_rights(self, pages: Sequence[Listed]) -> list[Json]:
        listed = ",".join(page.key for page in pages)
        expand = _EXPAND + self._ownership.expand
        params = search_params(f"id in ({listed})", _RESTRICTIONS_AT_ONCE, expand=expand)
        try:
            return list(self._all(SEARCH, params))
        except Refused as refused:
            if refused.busy:
                raise
            # One page can spoil the batch (CONFCLOUD-77618): each is then requested by itself.
            return []

    def _fetch_body(self, page: Listed) -> str | Refused:
        path = f"/api/v2/{page.kind}/{page.key}"
        return body_in(page, lambda form: self._wiki.get(path, {"body-format": form}))

    def _all(self, path: str, params: Params, *, halves: bool = True) -> Iterator[Json]:
        return rows(by_cursor(self._wiki, path, params, halves=halves))


class _Chains:
    """The ancestors of pages, including folders and other unlisted nodes."""

    def __init__(self, wiki: Transport, parents: Mapping[str, str]) -> None:
        self._wiki = wiki
        self._parents = parents
        self._above: dict[str, tuple[str, ...]] = {}
        self._unlisted: dict[str, tuple[str, ...]] = {}
        self._unread = ""

    def placed(self, page: Listed) -> Listed:
        """Return the page with its ancestors."""
        above = self.above(page.key)
        return replace(page, ancestors=above, above_unread=self._unread if UNKNOWN in above else "")

    def above(self, key: str) -> tuple[str, ...]:
        path: list[str] = []
        while key not in self._above:
            if key in path:
                return (UNKNOWN,)
            path.append(key)
            parent = self._parents[key]
            if parent in self._parents:
                key = parent
            else:
                self._above[key] = self._beyond(key, parent)
        for below in reversed(path):
            if below not in self._above:
                parent = self._parents[below]
                self._above[below] = (*self._above[parent], parent)
        return self._above[path[0] if path else key]

    def _beyond(self, key: str, parent: str) -> tuple[str, ...]:
        """Return the ancestors of a page whose parent is not listed; its siblings share them."""
        if parent in {"", UNKNOWN}:
            return (parent,) if parent else ()
        if parent not in self._unlisted:
            try:
                path, params = f"/api/v2/pages/{key}/ancestors", {"limit": _AT_ONCE}
                answers = by_cursor(self._wiki, path, params, halves=False)
                ancestors = [node_id(row) for answer in answers for row in results(answer)]
            except Refused as refused:
                if refused.busy:
                    raise
                ancestors = []
                if not refused.absent:
                    self._unread = str(refused)
            complete = parent in ancestors and len(ancestors) < _AT_ONCE
            self._unlisted[parent] = tuple(ancestors) if complete else (*ancestors, parent, UNKNOWN)
            # The response has no `next`: the ancestors of its first node need another request.
            if complete and ancestors[0] in self._parents:
                self._unlisted[parent] = (*self.above(ancestors[0]), *ancestors)
        return self._unlisted[parent]


def node_id(row: object) -> str:
    return str(at(row, "id") or UNKNOWN)


def _body(page: Listed, answer: Json) -> str | Refused:
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
