"""The current state of a page and a space of Confluence Cloud."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.sources.confluence.answers import is_current, number, version
from footnote_bot.indexers.sources.confluence.cloud import Cloud, node_id
from footnote_bot.indexers.sources.confluence.gates import read_gate
from footnote_bot.indexers.sources.confluence.located import (
    Located,
    PartialResult,
    SpaceNow,
    Submit,
    viewers_now,
)
from footnote_bot.indexers.sources.confluence.paging import by_cursor, rows
from footnote_bot.indexers.sources.confluence.product import UNKNOWN, ConfluenceSpace, Listed
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    unless_absent,
)

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

    def locate(self, key: str, submit: Submit, result: PartialResult) -> Located | None:
        """Request the page, its ancestors, and its restriction in parallel. Both kinds are
        requested, because an id does not tell a page from a blog post."""
        known_kind = self._kinds.get(key)
        pages_by_kind = {
            kind: submit(partial(self._wiki.get, f"/api/v2/{kind}/{key}"))
            for kind in ([known_kind] if known_kind else _KINDS)
        }
        above = submit(partial(self._all, f"/api/v2/{_PAGES}/{key}/ancestors"))
        own = submit(partial(read_gate, self._wiki, self._tokens, key))
        result.add_gate(own)
        failure: WikiUnavailable | None = None
        for kind, answer in pages_by_kind.items():
            try:
                content = unless_absent(answer.result)
            except WikiUnavailable as error:
                failure = error
                continue
            if content is None:
                if failure is None:
                    # Until the other kind has also answered, the page may be gone.
                    result.record_difference()
                continue
            if not is_current(content, key):
                return None
            if not content.get("spaceId"):
                raise Refused(200, f"Confluence does not say where the page {key} stands.")
            result.record_page(number(version(content)), str(content["spaceId"]))
            self._remember(key, kind)
            ancestors = _chain(content, above.result()) if kind == _PAGES else ()
            return Located(
                str(content["spaceId"]),
                ancestors,
                partial(self._listed, content, kind, ancestors),
                {key: own.result()},
            )
        if failure is not None:
            raise failure
        return None

    def _remember(self, key: str, kind: str) -> None:
        if len(self._kinds) >= _KNOWN:
            self._kinds.clear()
        self._kinds[key] = kind

    def space(self, space: str, submit: Submit) -> SpaceNow | None:
        path = f"/api/v2/spaces/{space}"
        response = submit(partial(self._wiki.get, path))
        permissions = submit(partial(self._all, f"{path}/permissions"))
        shown = submit(partial(self._wiki.get, path, anonymous=True))
        answer = unless_absent(response.result)
        if answer is None:
            return None
        current_space = ConfluenceSpace(space, str(answer.get("key")), str(answer.get("name", "")))
        return SpaceNow(
            current_space, answer, viewers_now(current_space, self._tokens, permissions, shown)
        )

    def _listed(
        self, content: Json, kind: str, ancestors: tuple[str, ...], space: ConfluenceSpace
    ) -> Listed:
        return replace(self._cloud.listed(content, content, kind, space), ancestors=ancestors)

    def _all(self, path: str) -> list[Json]:
        params: Params = {"limit": _AT_ONCE}
        return list(rows(by_cursor(self._wiki, path, params, halves=False)))


def _chain(content: Json, above: list[Json]) -> tuple[str, ...]:
    """Return the ancestors of a page, top first. If they do not end with its parent, they are
    incomplete: it was moved meanwhile, or there are more than one response holds."""
    parent = str(content.get("parentId", UNKNOWN) or "")
    if parent in {"", UNKNOWN}:
        return (parent,) if parent else ()
    ids = list(map(node_id, above))
    complete = parent in ids and len(ids) < _AT_ONCE
    return tuple(ids) if complete else (*ids, parent, UNKNOWN)
