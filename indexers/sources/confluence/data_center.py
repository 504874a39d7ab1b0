"""Confluence Data Center: everything by the first API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from urllib.parse import quote

from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    body_in,
    is_current,
    space_of,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.paging import by_start, results
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.partial_result import PartialResult
from footnote_bot.indexers.sources.confluence.product import (
    Product,
    Rights,
    Start,
    UnreadSpace,
    unread_gate,
    when_needed,
)
from footnote_bot.indexers.sources.confluence.rights import (
    Gate,
    Restriction,
    Tokens,
    UnreadGate,
    restriction,
)
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_KINDS = ("page", "blogpost")
_SLIM = "version,ancestors"
_WITH_RESTRICTIONS = (
    f"{_SLIM},restrictions.read.restrictions.user,restrictions.read.restrictions.group"
)
_NO_ADMINISTRATOR = "It does so where the token's account is no administrator of the space."


class DataCenter(Product):
    batch = 1
    at_once = 200
    account = "key"
    editor_at = ("by", "userKey")
    tells_visitors = True

    def __init__(
        self, wiki: Transport, tokens: Tokens, ownership: Ownership = NOBODY_NAMED
    ) -> None:
        super().__init__(wiki, tokens, ownership)
        self._not_administered: set[str] = set()
        self._expand = _WITH_RESTRICTIONS + ownership.expand

    def space_path(self, space: ConfluenceSpace) -> str:
        return f"/rest/api/space/{quote(space.key)}"

    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> Sequence[ConfluenceSpace | UnreadSpace]:
        if keys:
            spaces = parallel_map(self._space_named, keys, self._wiki.concurrency)
            return [space for space in spaces if space is not None]
        kinds = ["global", "personal"] if personal else ["global"]
        states = ["current", "archived"] if archived else ["current"]
        return [
            space_of(row)
            for kind, status in product(kinds, states)
            for row in with_ids(
                self._rows(
                    "/rest/api/space", {"type": kind, "status": status, "limit": self.at_once}
                )
            )
        ]

    def _space_named(self, key: str) -> ConfluenceSpace | UnreadSpace | None:
        """Return the space with this key; None if the token sees none."""
        try:
            space = space_of(self._wiki.get(f"/rest/api/space/{quote(key)}"))
        except Refused as refused:
            if refused.busy:
                raise
            return None if refused.absent else UnreadSpace(key, refused)
        # A renamed key may still lead to its space.
        return space if space.key == key else None

    def pages(self, space: ConfluenceSpace) -> list[Listed]:
        # Insertions and deletions meanwhile shift the listing: some pages come twice.
        listed = (
            self._listed(answer, row, str(row.get("type", kind)), space)
            for kind in _KINDS
            for answer in self._listing(space, kind)
            for row in with_ids(results(answer))
        )
        return list({page.key: page for page in listed}.values())

    def rights(self, pages: Sequence[Listed]) -> Rights:
        """Return the rights of the listing, with a request for each node that it did not report."""
        restrictions = {page.key: page.own for page in pages if page.own is not None}
        return Rights(self.gates(pages, restrictions), {}, {})

    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        return {page.key: self._body(page) for page in pages}

    def find(
        self, key: str, start: Start = when_needed, result: PartialResult | None = None
    ) -> Listed | None:
        """Request the page; one response has everything."""
        content = start(partial(self._content, key))()
        if content is None:
            return None
        page = self._listed(content, content, content["type"], space_of(content["space"]))
        if result:
            result.compare_page(page.version, page.space.id)
        return page

    def _content(self, key: str) -> Json | None:
        """Return a current page or blog post as Confluence describes it, with its space; None if
        the token sees none."""
        get = partial(self._wiki.get, f"/rest/api/content/{key}")
        # CONFCLOUD-77618 affects Data Center, too: rights may spoil a batch.
        for expand in (self._expand, _SLIM):
            content = unless_absent(partial(get, {"expand": f"space,{expand}"}))
            if content is not None:
                break
        if content is None or not is_current(content, key):
            return None
        if not isinstance(content.get("space"), Mapping):
            raise Refused(200, f"Confluence does not say where the page {key} stands.")
        return content if content.get("type") in _KINDS else None

    def labels(self, key: str) -> frozenset[str]:
        labels = self._rows(f"/rest/api/content/{key}/label", {"limit": self.at_once})
        return frozenset(str(row.get("name")) for row in labels)

    def editor(self, page: Listed) -> str:  # noqa: ARG002 - it has one editor
        return ""

    def _permissions(self, path: str) -> list[Json]:
        """Return the permissions, which Data Center reports from 9.1 on, and to administrators of
        the space only: others get a 500. It is not retried as often where it came before."""
        few_tries = path in self._not_administered
        permissions = list(self._short_rows(f"{path}/permissions", few_tries=few_tries))
        self._not_administered.discard(path)
        return permissions

    def _unread_viewers(self, path: str, refused: Refused) -> Gate:
        if refused.status != 500:
            return unread_gate(refused)
        self._not_administered.add(path)
        return UnreadGate(f"{refused} {_NO_ADMINISTRATOR}", failed=True)

    def _listing(self, space: ConfluenceSpace, kind: str) -> Iterator[Json]:
        params: Params = {
            "spaceKey": space.key,
            "type": kind,
            "status": "current",
            "limit": self.at_once,
            "expand": self._expand,
        }
        return by_start(self._wiki, "/rest/api/content", params, {**params, "expand": _SLIM})

    def _listed(self, answer: Json, content: Json, kind: str, space: ConfluenceSpace) -> Listed:
        page = super()._listed(answer, content, kind, space)
        ancestors = _ancestors_of(content.get("ancestors"), kind)
        return replace(page, ancestors=ancestors, own=self._restriction(content))

    def _restriction(self, content: Json) -> Restriction | None:
        """Return the restriction in a response; None if it has none."""
        restrictions = content.get("restrictions")
        if not isinstance(restrictions, Mapping) or "read" not in restrictions:
            return None
        return restriction(restrictions["read"], self._tokens)

    def _body(self, page: Listed) -> str | Refused:
        path = f"/rest/api/content/{page.key}"
        return body_in(page, lambda form: self._wiki.get(path, {"expand": f"body.{form},version"}))


def _ancestors_of(nodes: object, kind: str) -> tuple[str, ...]:
    """Return the ancestors. A blog post has none, whether the response has the field or not."""
    if not isinstance(nodes, list):
        return () if kind == "blogpost" else (UNKNOWN,)
    return tuple(str(at(node, "id") or UNKNOWN) for node in nodes)
