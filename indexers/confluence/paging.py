"""A listing to its end: by cursor (Cloud, v1 and v2) or by ``start`` (Data Center).

A listing ends where a response names no ``next``, where a page of results is empty (Cloud
names a ``next`` even then), and where a ``next`` comes back (it would never end).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Protocol

from indexers.confluence.addresses import Base
from indexers.confluence.transport import Json, Params, Refused

log = logging.getLogger(__name__)


class Getting(Protocol):
    @property
    def base(self) -> Base: ...

    def get(self, path: str, params: Params | None = None) -> Json: ...


def by_cursor(wiki: Getting, path: str, params: Params) -> Iterator[Json]:
    """Responses, each with its ``results``; ``next`` is followed as it stands.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is not whole.
    """
    seen: set[str] = set()
    answer = wiki.get(path, params)
    while results(answer):
        yield answer
        link = _next(answer)
        if not link or link in seen:
            return
        seen.add(link)
        answer = wiki.get(wiki.base.relative(link))


def by_start(
    wiki: Getting, path: str, params: Params, lighter: Params | None = None
) -> Iterator[Json]:
    """As `by_cursor`. The server may give fewer than ``limit`` without a word, so the place
    goes on by what came. What is too heavy for it (a 5xx) is asked for in halves; what it
    does not find as a batch (a 404, as of CONFCLOUD-77618) is asked for as ``lighter``.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is not whole.
    """
    start, limit, light = 0, int(params.get("limit", 100)), False
    while True:
        asked = lighter if light and lighter is not None else params
        try:
            answer = wiki.get(path, {**asked, "start": start, "limit": limit})
        except Refused as refused:
            if refused.status == 404 and lighter is not None and not light:
                light = True
            elif refused.status >= 500 and limit > 1:
                limit = limit // 2
                log.debug("%s: %d at a time now", path, limit)
            else:
                raise
            continue
        light = False
        found = results(answer)
        if not found:
            return
        yield answer
        start += len(found)
        if not _next(answer):
            return


def results(answer: Json) -> list[Json]:
    """Raises:
    Refused: it is no listing, which must not be taken for an empty one."""
    found = answer.get("results")
    if not isinstance(found, list):
        raise Refused(200, "Confluence answered a listing without `results`.")
    return found


def _next(answer: Json) -> str:
    links = answer.get("_links")
    link = links.get("next") if isinstance(links, Mapping) else None
    return link if isinstance(link, str) else ""
