"""The search for attached documents, on both products, a few hundred a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexers.sources.confluence.answers import named
from indexers.sources.confluence.cql import SEARCH, quoted, search_params
from indexers.sources.confluence.paging import by_cursor, by_start, results
from indexers.sources.confluence.product import ConfluenceSpace
from indexers.sources.confluence.transport import Json, Transport

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


def at(answer: object, *names: str) -> Any:
    """Return the value at the end of a path of names; None if it breaks off."""
    held: Any = answer
    for name in names:
        held = held.get(name) if isinstance(held, Mapping) else None
    return held
