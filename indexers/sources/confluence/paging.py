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
_SEARCH = "/rest/api/content/search"
_FOUND_AT_ONCE = 200
_SPACES_AT_ONCE = 20


def pages_of(wiki: Transport, path: str, params: Params, *, halves: bool = True) -> Iterator[Json]:
    """Yield the responses of a listing, in the way of the product: `by_cursor` or `by_start`."""
    if wiki.base.cloud:
        return by_cursor(wiki, path, params, halves=halves)
    return by_start(wiki, path, params, halves=halves)


def by_cursor(wiki: Transport, path: str, params: Params, *, halves: bool = True) -> Iterator[Json]:
    """Yield responses, each with its ``results``, following ``next``. After a server error (5xx)
    the request is repeated in ``halves``, except for listings that are always short.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is incomplete.
    """
    seen: set[str] = set()
    last_rows: list[Json] = []
    size = _Size(params, halves=halves)
    empty_pages = 0
    request: tuple[str, Params | None] = (path, params)
    while True:
        answer = _get_in_halves(wiki, *request, size)
        if rows := results(answer):
            _refuse_repeat(rows, last_rows)
            yield answer
        link = _next(answer)
        empty_pages = 0 if rows else empty_pages + 1
        if not link or link in seen or empty_pages == _EMPTY:
            return
        seen.add(link)
        last_rows = rows
        request = (wiki.base.relative(link), None)


def by_start(
    wiki: Transport,
    path: str,
    params: Params,
    lighter: Params | None = None,
    *,
    halves: bool = True,
) -> Iterator[Json]:
    """Yield responses as `by_cursor`. The server may silently return fewer than ``limit``, so the
    offset advances by the number of results. A page of results that is not found (a 404, as in
    CONFCLOUD-77618), or a single result that still fails, is requested with the params ``lighter``.

    Raises:
        WikiUnavailable: a page of results cannot be had; the listing is incomplete.
    """
    last_rows: list[Json] = []
    size = _Size(params, halves=halves)
    start = empty_pages = 0
    while True:
        light = None if lighter is None else {**lighter, "start": start}
        answer = _get_in_halves(wiki, path, {**params, "start": start}, size, light)
        rows, link = results(answer), _next(answer)
        if rows:
            _refuse_repeat(rows, last_rows)
            yield answer
        empty_pages = 0 if rows else empty_pages + 1
        if not link or empty_pages == _EMPTY:
            return
        last_rows = rows
        start = start + len(rows) if rows else max(start, _start(link))


class _Size:
    """The number of results requested at once: fewer after a failure, more again later."""

    def __init__(self, params: Params, *, halves: bool) -> None:
        self._most = int(params["limit"])
        self._halves = halves
        self._successes = 0
        self.now = self._most

    @property
    def may_halve(self) -> bool:
        return self._halves and self.now > 1

    def halve(self) -> None:
        self.now, self._successes = self.now // 2, 0

    def succeed(self) -> None:
        self._successes += 1
        if self._successes % _RAISE_AFTER == 0:
            self.now = min(self._most, self.now * 2)


def _get_in_halves(
    wiki: Transport, path: str, params: Params | None, size: _Size, lighter: Params | None = None
) -> Json:
    """Return one page of results, as large as the server can return. Without ``params``, ``path``
    is a `next`, which has a limit of its own.

    Raises:
        WikiUnavailable: not even one result can be had.
    """
    while True:
        limited_path = _LIMIT.sub(rf"\g<1>{size.now}", path)
        limited_params = None if params is None else {**params, "limit": size.now}
        try:
            answer = wiki.get(limited_path, limited_params, few_tries=size.may_halve)
        except Refused as refused:
            is_too_heavy = refused.status >= 500
            if is_too_heavy and size.may_halve:
                size.halve()
                log.debug("%s: %d at a time now", path.partition("?")[0], size.now)
                continue
            if lighter is None or not (is_too_heavy or refused.status == 404):
                raise
            answer = wiki.get(path, {**lighter, "limit": size.now})
        size.succeed()
        return answer


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


def _start(link: str) -> int:
    start = parse_qs(urlsplit(link).query).get("start", [""])[0]
    return int(start) if start.isdecimal() else 0


def _next(answer: Json) -> str:
    link = at(answer, "_links", "next")
    return link if isinstance(link, str) else ""


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
    wiki: Transport, query: str, expand: str = "", at_once: int = _FOUND_AT_ONCE
) -> Iterator[Json]:
    """Yield all results of a query in CQL, each with its id. Archived spaces are included, which
    Confluence otherwise leaves out: the scope decides which spaces are read, and not the search.

    Raises:
        WikiUnavailable: the result is incomplete.
    """
    params: Params = {"cql": query, "includeArchivedSpaces": "true", "limit": at_once}
    if expand:
        params = {**params, "expand": expand}
    return with_ids(rows(pages_of(wiki, _SEARCH, params)))
