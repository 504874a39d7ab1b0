"""Reading of the hits of a search from the points that an engine found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from footnote_bot.indexers.index import embeddings, schema
from footnote_bot.indexers.index.schema import FoundPoint
from footnote_bot.indexers.model import Hit, Passage, Reader
from footnote_bot.indexers.ports import Embedding, PassageRef, Vector


class Version(NamedTuple):
    """A version of a page: its wiki, its key, and the number of the write."""

    wiki: str
    page: str
    number: int


def hits_of(
    results: Sequence[Sequence[FoundPoint]], vectors: Sequence[Vector], reader: Reader
) -> Iterator[list[Hit]]:
    """Yield the hits of each search, best first, copies folded. A passage that several searches
    found is read once. The engine's order of equal scores varies; here the page's key decides, so
    that the same question gets the same answer."""
    passages: dict[tuple[Version, int], Passage | None] = {}
    for point in chain.from_iterable(results):
        if (place := _place(point)) not in passages:
            passage = schema.read_passage(point.payload)
            passages[place] = passage if passage.acl.admits(reader) else None
    for points, vector in zip(results, vectors, strict=True):
        # An index that is being replaced may be older than these two fields.
        stored = [point.payload.get("meanings", "") for point in points]
        hits = [
            Hit(readable, point.score, *cosines, point.payload.get("language", ""))
            for point, cosines in zip(points, embeddings.cosines(vector, stored), strict=True)
            if (readable := passages[_place(point)])
        ]
        hits.sort(key=lambda hit: (-hit.score, *ref_of(hit.passage)))
        folded: dict[str, Hit] = {}
        for hit in hits:
            folded.setdefault(hit.passage.embedded, hit)
        yield list(folded.values())


def _place(point: FoundPoint) -> tuple[Version, int]:
    """Return what identifies a passage: the version of its page, and its number there."""
    return version_of(point), point.payload["ordinal"]


def version_of(point: FoundPoint) -> Version:
    return Version(point.payload["wiki"], point.payload["page"], point.payload["version"])


def ref_of(passage: Passage) -> PassageRef:
    return passage.wiki, passage.page, passage.ordinal


Embed = Callable[[Sequence[str]], Sequence[Embedding]]

_MOST = 16
"""Passages that are embedded for a question, best first; about a sixth of a second. Without a
vector of the model, the confidence cannot be computed."""


def compare_missing(hits: Sequence[Hit], question: Vector, embed: Embed) -> list[Hit]:
    """Return the hits, with cosines for the best of those that were not compared with
    ``question``."""
    missing = [at for at, hit in enumerate(hits) if not hit.cosine and not hit.closest][:_MOST]
    if not missing:
        return list(hits)
    embedded = embed([hits[at].passage.embedded for at in missing])
    cosines = embeddings.cosines(question, [embeddings.to_payload(item) for item in embedded])
    compared = list(hits)
    for at, (whole, closest) in zip(missing, cosines, strict=True):
        compared[at] = replace(hits[at], cosine=whole, closest=closest)
    return compared
