"""A single search of an index."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.indexers.model import Hit, Reader
from footnote_bot.indexers.ports import IndexQuery, PassageIndex, Vector


def search(
    index: PassageIndex,
    text: str,
    vector: Vector,
    *,
    reader: Reader,
    limit: int,
    wikis: Sequence[str] | None = None,
) -> list[Hit]:
    (hits,) = index.search([IndexQuery(text, vector)], reader=reader, limit=limit, wikis=wikis)
    return hits
