"""The passages around those that a search found.

A long list or table is cut into several passages, and its introduction is in an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.answering.retrieval.stretch import is_beside
from footnote_bot.indexers.model import Hit, Passage, Reader
from footnote_bot.indexers.ports import PassageIndex, PassageRef

BEST = 6
"""Passages whose neighbours are added: more than an answer quotes."""


def with_neighbours(
    pages: Sequence[FoundPage], index: PassageIndex, reader: Reader, *, best: int = BEST
) -> tuple[FoundPage, ...]:
    """Return ``pages`` with the passages directly before and after each of the ``best`` ones, of
    the same section: only those that ``reader`` may read, and none of another revision of the page.

    Raises:
        IndexUnavailable: the index cannot be read.
    """
    hits = [hit for page in pages for hit in page.hits]
    best_hits = sorted(hits, key=lambda hit: -hit.score)[:best]
    found_refs = {_ref(hit.passage) for hit in hits}
    wanted = {ref for hit in best_hits for ref in _neighbour_refs(hit.passage)} - found_refs
    neighbours = index.passages(wanted, reader=reader)
    return tuple(_joined(page, best_hits, neighbours) for page in pages)


def _joined(page: FoundPage, best_hits: Sequence[Hit], neighbours: Sequence[Passage]) -> FoundPage:
    """Return ``page`` with its passages among ``neighbours`` that are next to one of the hits."""
    # Their score puts them after all passages found on the page.
    least = min(hit.score for hit in page.hits) - 1
    added = [
        Hit(passage, least, 0.0, language=hit.language, beside=True)
        for passage in neighbours
        if (passage.wiki, passage.page) == (page.wiki, page.page)
        and (hit := next((hit for hit in best_hits if is_beside(passage, hit.passage)), None))
    ]
    added.sort(key=lambda hit: hit.passage.ordinal)
    return replace(page, hits=(*page.hits, *added)) if added else page


def _ref(passage: Passage) -> PassageRef:
    return passage.wiki, passage.page, passage.ordinal


def _neighbour_refs(passage: Passage) -> Iterator[PassageRef]:
    for ordinal in (passage.ordinal - 1, passage.ordinal + 1):
        if ordinal >= 0:
            yield passage.wiki, passage.page, ordinal
