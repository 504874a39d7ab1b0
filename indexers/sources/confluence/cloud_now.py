"""The current state of a page and a space of Confluence Cloud."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from indexers.sources.confluence.answers import is_current, number, version
from indexers.sources.confluence.cloud import Cloud, node_id
from indexers.sources.confluence.gates import read_gate
from indexers.sources.confluence.located import (
    Beside,
    Located,
    PartialResult,
    SpaceNow,
    viewers_now,
)
from indexers.sources.confluence.paging import by_cursor, rows
from indexers.sources.confluence.product import UNKNOWN, ConfluenceSpace, Listed
from indexers.sources.confluence.rights import Tokens
from indexers.sources.confluence.transport import Json, Params, Refused, Transport, unless_absent

_AT_ONCE = 250
_KNOWN = 10_000
_PAGES = "pages"
_KINDS = (_PAGES, "blogposts")


class CloudNow:
    """The current state on Cloud, see `indexers.sources.confluence.located.ProductNow`."""

    def __init__(self, wiki: Transport, tokens: Tokens, cloud: Cloud) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self._cloud = cloud
        self._kinds: dict[str, str] = {}

    def locate(self, key: str, beside: Beside, result: PartialResult) -> Located | None:
        """Request the page, its ancestors, and its restriction in parallel. Whether it is a page or
        a blog post is unknown before, so both are requested."""
        known = self._kinds.get(key)
        asked = {
            kind: beside(partial(self._wiki.get, f"/api/v2/{kind}/{key}"))
            for kind in ([known] if known else _KINDS)
        }
        above = beside(partial(self._all, f"/api/v2/{_PAGES}/{key}/ancestors"))
        own = beside(partial(read_gate, self._wiki, self._tokens, key))
        result.gate(own)
        for kind, answer in asked.items():
            content = unless_absent(answer.result)
            if content is None:
                # Until the other kind has answered, too, it may be gone.
                result.differs()
                continue
            if not is_current(content, key):
                return None
            if not content.get("spaceId"):
                raise Refused(200, f"Confluence does not say where the page {key} stands.")
            result.place(number(version(content)), str(content["spaceId"]))
            self._remember(key, kind)
            ancestors = _chain(content, above.result()) if kind == _PAGES else ()
            return Located(
                str(content["spaceId"]),
                ancestors,
                partial(self._listed, content, kind, ancestors),
                {key: own.result()},
            )
        return None

    def _remember(self, key: str, kind: str) -> None:
        if len(self._kinds) >= _KNOWN:
            self._kinds.clear()
        self._kinds[key] = kind

    def space(self, space: str, beside: Beside) -> SpaceNow | None:
        path = f"/api/v2/spaces/{space}"
        asked = beside(partial(self._wiki.get, path))
        permissions = beside(partial(self._all, f"{path}/permissions"))
        shown = beside(partial(self._wiki.get, path, anonymous=True))
        answer = unless_absent(asked.result)
        if answer is None:
            return None
        found = ConfluenceSpace(space, str(answer.get("key")), str(answer.get("name", "")))
        return SpaceNow(found, answer, viewers_now(found, self._tokens, permissions, shown))

    def _listed(
        self, content: Json, kind: str, ancestors: tuple[str, ...], space: ConfluenceSpace
    ) -> Listed:
        return replace(self._cloud.listed(content, content, kind, space), ancestors=ancestors)

    def _all(self, path: str) -> list[Json]:
        params: Params = {"limit": _AT_ONCE}
        return list(rows(by_cursor(self._wiki, path, params, halves=False)))


def _chain(content: Json, above: list[Json]) -> tuple[str, ...]:
    """Return the ancestors of a page, top first. They end with its parent, or are incomplete: it
    was moved meanwhile, or there are more than one response holds."""
    parent = str(content.get("parentId", UNKNOWN) or "")
    if parent in {"", UNKNOWN}:
        return (parent,) if parent else ()
    ids = list(map(node_id, above))
    whole = parent in ids and len(ids) < _AT_ONCE
    return tuple(ids) if whole else (*ids, parent, UNKNOWN)
