"""Searches in Confluence's query language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexers.sources.confluence.answers import named
from indexers.sources.confluence.paging import by_cursor, by_start, results
from indexers.sources.confluence.product import ConfluenceSpace
from indexers.sources.confluence.transport import Json, Params, Transport

SEARCH = "/rest/api/content/search"


def search_params(query: str, limit: int, *, expand: str = "") -> Params:
    """Return the parameters of a search. It includes archived spaces, which Confluence otherwise
    leaves out: which spaces are read is not the search's decision."""
    params: Params = {"cql": query, "includeArchivedSpaces": "true", "limit": limit}
    return {**params, "expand": expand} if expand else params


def quoted(text: str) -> str:
    """Return ``text`` as a string in CQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_AT_ONCE = 200
_SPACES_AT_ONCE = 20


def within(kind: str, spaces: Sequence[ConfluenceSpace]) -> Iterator[str]:
    """Yield queries for all of a ``kind`` in them, in an order that is stable during paging."""
    keys = [quoted(space.key) for space in spaces]
    for at in range(0, len(keys), _SPACES_AT_ONCE):
        among = ", ".join(keys[at : at + _SPACES_AT_ONCE])
        yield f"type = {kind} and space in ({among}) order by created"


def searched(wiki: Transport, query: str, expand: str, at_once: int = _AT_ONCE) -> Iterator[Json]:
    """Yield the results, each with its id.

    Raises:
        WikiUnavailable: the search is not whole.
    """
    pages = by_cursor if wiki.base.cloud else by_start
    for answer in pages(wiki, SEARCH, search_params(query, at_once, expand=expand)):
        yield from named(results(answer))
