"""Searches in Confluence's query language."""

from __future__ import annotations

from indexers.sources.confluence.transport import Params

SEARCH = "/rest/api/content/search"


def search_params(query: str, limit: int, *, expand: str = "") -> Params:
    """Return the parameters of a search. It also finds what is in archived spaces, which
    Confluence leaves out unless it is asked: which spaces are read is not the search's to say."""
    params: Params = {"cql": query, "includeArchivedSpaces": "true", "limit": limit}
    return {**params, "expand": expand} if expand else params


def quoted(text: str) -> str:
    """Return ``text`` as a string in CQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
