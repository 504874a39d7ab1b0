"""Paging to the end of a listing or a search: by cursor (Cloud) or by ``start`` (Data Center).

A listing ends at a response without ``next``, after several empty pages (Cloud has a ``next`` even
after the last page; a page of results that the token may not see can be empty, too), and at a
repeated ``next`` (it would never end).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace, in_batches, with_ids
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport, at

log = logging.getLogger(__name__)

_LIMIT = re.compile(r"([?&]limit=)[0-9]+")
_EMPTY = 3
"""Consecutive empty pages of results that count as the end."""
_RAISE_AFTER = 4
"""Responses after which a smaller limit is raised again."""
SEARCH = "/rest/api/content/search"
_FOUND_AT_ONCE = 200
_SPACES_AT_ONCE = 20


def pages_of(
    wiki: Transport, path: str, params: Params, *, halves: bool = True, few_tries: bool = False
) -> Iterator[Json]:
    """Yield the responses of a listing, in the way of the product: `by_cursor` or `by_start`."""
    if wiki.base.cloud:
        return by_cursor(wiki, path, params, halves=halves)
    return by_start(wiki, path, params, halves=halves, few_tries=few_tries)


def by_cursor(wiki: Transport, path: str, params: Params, *, halves: bool = True) -> Iterator[Json]:
    """Yield responses, each with its ``results``, following ``next``. After a server error (5xx)
    the request is repeated in ``halves``, except for listings that are always short.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is incomplete.
    """
    seen: set[str] = set()
    last_rows: list[Json] = []
    empty_pages, size = 0, _Size(params)
    request: tuple[str, Params | None] = (path, params)
    while True:
        answer = _get_in_halves(wiki, request, size) if halves else wiki.get(*request)
        size.succeed()
        if rows := results(answer):
            _refuse_repeat(rows, last_rows)
            yield answer
        link = _next_link(answer)
        empty_pages = 0 if rows else empty_pages + 1
        if not link or link in seen or empty_pages == _EMPTY:
            return
        seen.add(link)
        last_rows = rows
        request = (wiki.base.relative(link), None)


class _Size:
    """The number of results requested at once: fewer after a failure, more again later."""

    def __init__(self, params: Params) -> None:
        self.maximum = int(params.get("limit", 100))
        self.current = self.maximum
        self._successes = 0

    def halve(self) -> None:
        self.current, self._successes = self.current // 2, 0

    def succeed(self) -> None:
        self._successes += 1
        if self._successes % _RAISE_AFTER == 0:
            self.current = min(self.maximum, self.current * 2)


def _get_in_halves(wiki: Transport, request: tuple[str, Params | None], size: _Size) -> Json:
    """Return one page of a listing by cursor, as large as the server can return.

    Raises:
        WikiUnavailable: not even one result can be had.
    """
    path, params = request
    limited = "limit" in params if params is not None else bool(_LIMIT.search(path))
    while True:
        few_tries = limited and size.current > 1
        try:
            return wiki.get(*_limited(path, params, size.current), few_tries=few_tries)
        except Refused as refused:
            if refused.status < 500 or not few_tries:
                raise
            size.halve()
            log.debug("%s: %d at a time now", path.partition("?")[0], size.current)


def _limited(path: str, params: Params | None, limit: int) -> tuple[str, Params | None]:
    """Return the request with ``limit`` in place of its own limit. Where it has none, none is
    added. A ``next`` (without params) has it in ``path``."""
    if params is None:
        return _LIMIT.sub(rf"\g<1>{limit}", path), None
    return path, {**params, "limit": limit} if "limit" in params else params


def by_start(  # noqa: PLR0913 - ways to lighten a request
    wiki: Transport,
    path: str,
    params: Params,
    lighter: Params | None = None,
    *,
    halves: bool = True,
    few_tries: bool = False,
) -> Iterator[Json]:
    """Yield responses as `by_cursor`. The server may silently return fewer than ``limit``, so the
    offset advances by the number of results. After a server error (5xx) a batch is requested in
    halves. A batch that is not found (a 404, as in CONFCLOUD-77618), or a single result that still
    fails, is requested with ``lighter``.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is incomplete.
    """
    start, light, empty_pages, size = 0, False, 0, _Size(params)
    last_rows: list[Json] = []
    while True:
        query = lighter if light and lighter is not None else params
        may_halve = halves and size.current > 1
        try:
            page_query = {**query, "start": start, "limit": size.current}
            answer = wiki.get(path, page_query, few_tries=few_tries or (may_halve and not light))
        except Refused as refused:
            too_heavy = refused.status >= 500
            if too_heavy and may_halve and not light:
                size.halve()
                log.debug("%s: %d at a time now", path, size.current)
            elif (too_heavy or refused.status == 404) and lighter is not None and not light:
                light = True
            else:
                raise
            continue
        light = False
        size.succeed()
        rows, link = results(answer), _next_link(answer)
        if rows:
            _refuse_repeat(rows, last_rows)
            yield answer
        empty_pages = 0 if rows else empty_pages + 1
        if not link or empty_pages == _EMPTY:
            return
        last_rows = rows
        start = start + len(rows) if rows else max(start, _start_in(link))


def results(answer: Json) -> list[Json]:
    """Return the results of a response.

    Raises:
        Refused: the response is no listing, which must not be taken for an empty one.
    """
    rows = answer.get("results")
    if not isinstance(rows, list):
        raise Refused(200, "Confluence answered a listing without `results`.")
    return rows


def rows(answers: Iterable[Json]) -> Iterator[Json]:
    """Yield the results of all ``answers``.

    Raises:
        Refused: as `results`.
    """
    for answer in answers:
        yield from results(answer)


def _refuse_repeat(rows: list[Json], last_rows: list[Json]) -> None:
    if rows == last_rows:
        raise Refused(200, "Confluence gives the same page of results again and again.")


def _start_in(link: str) -> int:
    start = parse_qs(urlsplit(link).query).get("start", [""])[0]
    return int(start) if start.isdecimal() else 0


def _next_link(answer: Json) -> str:
    link = at(answer, "_links", "next")
    return link if isinstance(link, str) else ""


def search_params(query: str, limit: int, expand: str = "") -> Params:
    """Return the parameters of a search. Archived spaces are included, which Confluence otherwise
    leaves out: the scope decides which spaces are read, and not the search."""
    params: Params = {"cql": query, "includeArchivedSpaces": "true", "limit": limit}
    return {**params, "expand": expand} if expand else params


def quoted(text: str) -> str:
    """Return ``text`` as a string in CQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def queries_in(kind: str, spaces: Sequence[ConfluenceSpace]) -> Iterator[str]:
    """Yield queries for all content of a ``kind`` in ``spaces``, in an order that is stable during
    paging."""
    for batch in in_batches(spaces, _SPACES_AT_ONCE):
        listed = ", ".join(quoted(space.key) for space in batch)
        yield f"type = {kind} and space in ({listed}) order by created"


def search_content(
    wiki: Transport, query: str, expand: str, at_once: int = _FOUND_AT_ONCE
) -> Iterator[Json]:
    """Yield the results, each with its id.

    Raises:
        WikiUnavailable: the result is incomplete.
    """
    return with_ids(rows(pages_of(wiki, SEARCH, search_params(query, at_once, expand))))
