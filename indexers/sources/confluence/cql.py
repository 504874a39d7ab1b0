"""Searches in Confluence's query language."""

from __future__ import annotations

from indexers.sources.confluence.transport import Params

SEARCH = "/rest/api/content/search"


def search_params(query: str, limit: int, *, expand: str = "") -> Params:
    """Return the parameters of a search. It includes archived spaces, which Confluence otherwise
    leaves out: which spaces are read is not the search's decision."""
    params: Params = {"cql": query, "includeArchivedSpaces": "true", "limit": limit}
    return {**params, "expand": expand} if expand else params


def quoted(text: str) -> str:
    """Return ``text`` as a string in CQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
