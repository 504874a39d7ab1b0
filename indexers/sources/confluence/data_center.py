"""Confluence Data Center: everything by the first API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from urllib.parse import quote

from footnote_bot.indexers.sources.confluence.answers import (
    address,
    body_in,
    edited_by,
    edits,
    is_current,
    moment,
    number,
    space_of,
    version,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.cql import SEARCH, search_params
from footnote_bot.indexers.sources.confluence.gates import confirm_anonymous, gates, unread_gate
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.paging import by_start, results, rows
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.product import (
    UNKNOWN,
    ConfluenceSpace,
    Elsewhere,
    Listed,
    Rights,
    UnreadSpace,
)
from footnote_bot.indexers.sources.confluence.rights import (
    CLOSED,
    Gate,
    Restriction,
    Tokens,
    UnreadGate,
    restriction,
    space_gate,
)
from footnote_bot.indexers.sources.confluence.shared_requests import edited_since, lists, user_name
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_AT_ONCE = 200
_KINDS = ("page", "blogpost")
_SLIM = "version,ancestors"
_WITH_RESTRICTIONS = (
    f"{_SLIM},restrictions.read.restrictions.user,restrictions.read.restrictions.group"
)
_NO_ADMINISTRATOR = "It does so where the token's account is no administrator of the space."


class DataCenter:
    batch = 1

    def __init__(
        self, wiki: Transport, tokens: Tokens, ownership: Ownership = NOBODY_NAMED
    ) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self._ownership = ownership
        self._not_administered: set[str] = set()
        self._expand = _WITH_RESTRICTIONS + ownership.expand

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
                self._all("/rest/api/space", {"type": kind, "status": status, "limit": _AT_ONCE})
            )
        ]

    def _space_named(self, key: str) -> ConfluenceSpace | UnreadSpace | None:
        try:
            space = space_of(self._wiki.get(f"/rest/api/space/{quote(key)}"))
        except Refused as refused:
            if refused.busy:
                raise
            return None if refused.absent else UnreadSpace(key, refused)
        # A renamed key may still lead to its space.
        return space if space.key == key else None

    def viewers(self, space: ConfluenceSpace) -> Gate:
        """Return who may view the space. Data Center reports it from 9.1 on, and to administrators
        of the space only: others get a 500."""
        path = f"/rest/api/space/{quote(space.key)}"
        try:
            permissions = list(self._permissions(f"{path}/permissions", space))
        except Refused as refused:
            if refused.status == 500:
                self._not_administered.add(space.key)
                return UnreadGate(f"{refused} {_NO_ADMINISTRATOR}")
            return unread_gate(refused)
        self._not_administered.discard(space.key)
        gate = space_gate(permissions, self._tokens)
        anonymous = self._of_anonymous(path, space)
        if isinstance(anonymous, UnreadGate):
            return UnreadGate(anonymous.why, gate, may_pass=anonymous.may_pass)
        return confirm_anonymous(gate | anonymous, self._wiki, path, space)

    def pages(self, space: ConfluenceSpace) -> list[Listed]:
        # Insertions and deletions meanwhile shift the listing: some pages come twice.
        listed = (
            self.listed(answer, row, space)
            for kind in _KINDS
            for answer in self._listing(space, kind)
            for row in with_ids(results(answer))
        )
        return list({page.key: page for page in listed}.values())

    def rights(self, pages: Sequence[Listed]) -> Rights:
        """Return the rights of the listing, with a request for each node that it did not report."""
        restrictions = {page.key: page.own for page in pages if page.own is not None}
        return Rights(gates(self._wiki, self._tokens, pages, restrictions), {}, {})

    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        return {page.key: self._body(page) for page in pages}

    def find(self, key: str, spaces: Mapping[str, ConfluenceSpace]) -> Listed | Elsewhere | None:
        content = self.fetch_content(key)
        if content is None:
            return None
        place = content["space"]
        space_id = str(place.get("id"))
        if space := spaces.get(space_id):
            return self.listed(content, content, space)
        return Elsewhere(key, str(place.get("key")), space_id)

    def fetch_content(self, key: str) -> Json | None:
        """Return a current page or blog post as Confluence describes it, with its space; None if
        the token sees none."""
        get = partial(self._wiki.get, f"/rest/api/content/{key}")
        # CONFCLOUD-77618 affects Data Center, too: rights may spoil a batch.
        for expand in (self._expand, _SLIM):
            content = unless_absent(partial(get, {"expand": f"space,{expand}"}))
            if content is not None:
                break
        if content is None:
            return None
        current, place = is_current(content, key), content.get("space")
        if current and not isinstance(place, Mapping):
            raise Refused(200, f"Confluence does not say where the page {key} stands.")
        if not current or content.get("type") not in _KINDS or not isinstance(place, Mapping):
            return None
        return content

    def lists(self, space: str, *, personal: bool, archived: bool) -> bool:
        return lists(self._wiki, f"/rest/api/space/{space}", personal=personal, archived=archived)

    def labels(self, key: str) -> frozenset[str]:
        labels = self._all(f"/rest/api/content/{key}/label", {"limit": _AT_ONCE})
        return frozenset(str(row.get("name")) for row in labels)

    def edited(self, hours: int) -> Iterator[tuple[str, int]]:
        params = search_params(edited_since(hours), _AT_ONCE, expand="version")
        return edits(self._all(SEARCH, params))

    def editor(self, page: Listed) -> str:  # noqa: ARG002 - it has one editor
        return ""

    def user_name(self, key: str) -> str:
        return user_name(self._wiki, {"key": key})

    def _permissions(self, path: str, space: ConfluenceSpace) -> Iterator[Json]:
        """Return the permissions. Where a 500 was permanent at the last pass, it is not retried as
        often."""
        few_tries = space.key in self._not_administered
        params: Params = {"limit": _AT_ONCE}
        return rows(by_start(self._wiki, path, params, halves=False, few_tries=few_tries))

    def _of_anonymous(self, path: str, space: ConfluenceSpace) -> Gate:
        """Return the gate of anonymous visitors, if they are admitted; its rows name nobody."""
        try:
            permissions = list(self._permissions(f"{path}/permissions/anonymous", space))
        except Refused as refused:
            return CLOSED if refused.absent else unread_gate(refused)
        nobody: Json = {"subject": {"type": "anonymous"}}
        return space_gate(
            ({**nobody, **row} for row in permissions if isinstance(row, dict)), self._tokens
        )

    def _listing(self, space: ConfluenceSpace, kind: str) -> Iterator[Json]:
        params: Params = {
            "spaceKey": space.key,
            "type": kind,
            "status": "current",
            "limit": _AT_ONCE,
            "expand": self._expand,
        }
        return by_start(self._wiki, "/rest/api/content", params, {**params, "expand": _SLIM})

    def listed(self, answer: Json, content: Json, space: ConfluenceSpace) -> Listed:
        changed, kind = version(content), str(content.get("type", "page"))
        return Listed(
            key=str(content["id"]),
            kind=kind,
            space=space,
            title=str(content.get("title", "")),
            version=number(changed),
            ancestors=_above(content.get("ancestors"), kind),
            url=address(self._wiki, answer, content),
            modified=moment(changed.get("when")),
            own=self._restriction(content),
            owner=self._ownership.of(content, edited_by(changed, self._tokens, "by", "userKey")),
        )

    def _restriction(self, content: Json) -> Restriction | None:
        restrictions = content.get("restrictions")
        if not isinstance(restrictions, Mapping) or "read" not in restrictions:
            return None
        return restriction(restrictions["read"], self._tokens)

    def _body(self, page: Listed) -> str | Refused:
        path = f"/rest/api/content/{page.key}"
        return body_in(page, lambda form: self._wiki.get(path, {"expand": f"body.{form},version"}))

    def _all(self, path: str, params: Params) -> Iterator[Json]:
        return rows(by_start(self._wiki, path, params))


def _above(nodes: object, kind: str) -> tuple[str, ...]:
    """Return the ancestors. A blog post has none, whether the response has the field or not."""
    if not isinstance(nodes, list):
        return () if kind == "blogpost" else (UNKNOWN,)
    return tuple(str(at(node, "id") or UNKNOWN) for node in nodes)
