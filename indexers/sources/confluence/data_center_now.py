"""The current state of a page and a space of a Confluence Data Center."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

from footnote_bot.indexers.sources.confluence.answers import space_of
from footnote_bot.indexers.sources.confluence.data_center import DataCenter
from footnote_bot.indexers.sources.confluence.located import (
    Located,
    PartialResult,
    SpaceNow,
    Submit,
    viewers_now,
)
from footnote_bot.indexers.sources.confluence.paging import by_start, rows
from footnote_bot.indexers.sources.confluence.product import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Transport,
    unless_absent,
)

_AT_ONCE = 200
_ANONYMOUS: Json = {"subject": {"type": "anonymous"}}
"""Rows that name nobody."""


class DataCenterNow:
    """The current state on Data Center, see `indexers.sources.confluence.located.ProductNow`."""

    def __init__(self, wiki: Transport, tokens: Tokens, data_center: DataCenter) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self._data_center = data_center

    def locate(self, key: str, submit: Submit, result: PartialResult) -> Located | None:
        """Request the page; one response has everything."""
        content = submit(partial(self._data_center.fetch_content, key)).result()
        if content is None:
            return None
        place = content["space"]
        draft = self._data_center.listed(
            content, content, ConfluenceSpace(str(place.get("id")), "", "")
        )
        result.record_page(draft.version, draft.space.id)
        gates = {key: draft.own.gate} if draft.own is not None and draft.own.whole else {}
        return Located(
            str(place.get("key")),
            draft.ancestors,
            partial(self._data_center.listed, content, content),
            gates,
        )

    def space(self, space: str, submit: Submit) -> SpaceNow | None:
        path = f"/rest/api/space/{quote(space)}"
        response = submit(partial(self._wiki.get, path))
        permissions = submit(partial(self._all, f"{path}/permissions"))
        visitors = submit(partial(self._anonymous, f"{path}/permissions/anonymous"))
        shown = submit(partial(self._wiki.get, path, anonymous=True))
        answer = unless_absent(response.result)
        if answer is None:
            return None
        current_space = space_of(answer)
        return SpaceNow(
            current_space,
            answer,
            viewers_now(current_space, self._tokens, permissions, shown, visitors),
        )

    def _anonymous(self, path: str) -> list[Json]:
        return [{**_ANONYMOUS, **row} for row in self._all(path) if isinstance(row, Mapping)]

    def _all(self, path: str) -> list[Json]:
        params: Params = {"limit": _AT_ONCE}
        return list(rows(by_start(self._wiki, path, params, halves=False)))
