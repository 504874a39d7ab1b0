"""Paging to the end of a listing: by cursor (Cloud, v1 and v2) or by ``start`` (Data Center).

A listing ends at a response without ``next``, after several empty pages (Cloud has a ``next`` even
after the last; pages that the token may not see can be empty, too), and at a repeated ``next`` (it
would never end).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from indexers.sources.confluence.addresses import Base
from indexers.sources.confluence.transport import Json, Params, Refused, at

log = logging.getLogger(__name__)

_LIMIT = re.compile(r"([?&]limit=)[0-9]+")
_EMPTY = 3
"""Consecutive empty pages of results that count as the end."""
_SPARED = 4
"""Responses after which a smaller limit is raised again."""


class Getting(Protocol):
    @property
    def base(self) -> Base: ...

    def get(self, path: str, params: Params | None = None, *, few_tries: bool = False) -> Json: ...


def by_cursor(wiki: Getting, path: str, params: Params, *, halves: bool = True) -> Iterator[Json]:
    """Yield responses, each with its ``results``, following ``next``. After a server error (5xx)
    the request is repeated in ``halves``: not for listings that are always short.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is not whole.
    """
    seen: set[str] = set()
    last: list[Json] = []
    empty, size = 0, _Size(params)
    asked: tuple[str, Params | None] = (path, params)
    while True:
        answer = _halved(wiki, asked, size) if halves else wiki.get(*asked)
        size.went_well()
        if found := results(answer):
            _goes_on(found, last)
            yield answer
        link = _next(answer)
        empty = 0 if found else empty + 1
        if not link or link in seen or empty == _EMPTY:
            return
        seen.add(link)
        last = found
        asked = (wiki.base.relative(link), None)


class _Size:
    """The number of results requested at once: fewer after a failure, more again later."""

    def __init__(self, params: Params) -> None:
        self.most = int(params.get("limit", 100))
        self.now = self.most
        self._spared = 0

    def halve(self) -> None:
        self.now, self._spared = self.now // 2, 0

    def went_well(self) -> None:
        self._spared += 1
        if self._spared % _SPARED == 0:
            self.now = min(self.most, self.now * 2)


def _halved(wiki: Getting, asked: tuple[str, Params | None], size: _Size) -> Json:
    """Return one page of a listing by cursor, as large as the server can bear.

    Raises:
        WikiUnavailable: it cannot be had, however small.
    """
    path, params = asked
    limited = "limit" in params if params is not None else bool(_LIMIT.search(path))
    while True:
        few_tries = limited and size.now > 1
        try:
            return wiki.get(*_limited(path, params, size.now), few_tries=few_tries)
        except Refused as refused:
            if refused.status < 500 or not few_tries:
                raise
            size.halve()
            log.debug("%s: %d at a time now", path.partition("?")[0], size.now)


def _limited(path: str, params: Params | None, limit: int) -> tuple[str, Params | None]:
    """Return the request with a limit. A ``next`` (without params) has its limit, which is
    replaced, and never added."""
    if params is None:
        return _LIMIT.sub(rf"\g<1>{limit}", path), None
    return path, {**params, "limit": limit} if "limit" in params else params


def by_start(  # noqa: PLR0913 - how it is asked for
    wiki: Getting,
    path: str,
    params: Params,
    lighter: Params | None = None,
    *,
    halves: bool = True,
    few_tries: bool = False,
) -> Iterator[Json]:
    """Yield responses as `by_cursor`. The server may silently return fewer than ``limit``, so the
    offset advances by the number of results. After a server error (5xx) it is requested in halves;
    a batch that is not found (a 404, as of CONFCLOUD-77618), or is too heavy even alone, is
    requested as ``lighter``.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is not whole.
    """
    start, light, empty, size = 0, False, 0, _Size(params)
    last: list[Json] = []
    while True:
        asked = lighter if light and lighter is not None else params
        divides = halves and size.now > 1
        try:
            here = {**asked, "start": start, "limit": size.now}
            answer = wiki.get(path, here, few_tries=few_tries or (divides and not light))
        except Refused as refused:
            too_heavy = refused.status >= 500
            if too_heavy and divides and not light:
                size.halve()
                log.debug("%s: %d at a time now", path, size.now)
            elif (too_heavy or refused.status == 404) and lighter is not None and not light:
                light = True
            else:
                raise
            continue
        light = False
        size.went_well()
        found, link = results(answer), _next(answer)
        if found:
            _goes_on(found, last)
            yield answer
        empty = 0 if found else empty + 1
        if not link or empty == _EMPTY:
            return
        last = found
        start = start + len(found) if found else max(start, _start(link))


def results(answer: Json) -> list[Json]:
    """Return the results of a response.

    Raises:
    Refused: it is no listing, which must not be taken for an empty one.
    """
    found = answer.get("results")
    if not isinstance(found, list):
        raise Refused(200, "Confluence answered a listing without `results`.")
    return found


def rows(answers: Iterable[Json]) -> Iterator[Json]:
    """Yield the results of all ``answers``.

    Raises:
        Refused: as `results`.
    """
    for answer in answers:
        yield from results(answer)


def _goes_on(found: list[Json], last: list[Json]) -> None:
    if found == last:
        raise Refused(200, "Confluence gives the same page of results again and again.")


def _start(link: str) -> int:
    start = parse_qs(urlsplit(link).query).get("start", [""])[0]
    return int(start) if start.isdecimal() else 0


def _next(answer: Json) -> str:
    link = at(answer, "_links", "next")
    return link if isinstance(link, str) else ""
