"""Searches in Confluence's query language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from footnote_bot.indexers.sources.confluence.answers import with_ids
from footnote_bot.indexers.sources.confluence.paging import by_cursor, by_start, results
from footnote_bot.indexers.sources.confluence.product import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Transport

SEARCH = "/rest/api/content/search"


def search_params(query: str, limit: int, *, expand: str = "") -> Params:
    """Return the parameters of a search. Archived spaces are included, which Confluence otherwise
    leaves out: the scope decides which spaces are read, and not the search."""
    params: Params = {"cql": query, "includeArchivedSpaces": "true", "limit": limit}
    return {**params, "expand": expand} if expand else params


def quoted(text: str) -> str:
    """Return ``text`` as a string in CQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_AT_ONCE = 200
_SPACES_AT_ONCE = 20


def queries_in(kind: str, spaces: Sequence[ConfluenceSpace]) -> Iterator[str]:
    """Yield queries for all content of a ``kind`` in ``spaces``, in an order that is stable during
    paging."""
    keys = [quoted(space.key) for space in spaces]
    for at in range(0, len(keys), _SPACES_AT_ONCE):
        listed = ", ".join(keys[at : at + _SPACES_AT_ONCE])
        yield f"type = {kind} and space in ({listed}) order by created"


def search_content(
    wiki: Transport, query: str, expand: str, at_once: int = _AT_ONCE
) -> Iterator[Json]:
    """Yield the results, each with its id.

    Raises:
        WikiUnavailable: the result is incomplete.
    """
    pages = by_cursor if wiki.base.cloud else by_start
    for answer in pages(wiki, SEARCH, search_params(query, at_once, expand=expand)):
        yield from with_ids(results(answer))
