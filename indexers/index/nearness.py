"""Re-embedding of passages from another model's index, to compare them with the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indexers.index import embeddings
from indexers.model import Hit
from indexers.ports import Embedding, Vector

Embed = Callable[[Sequence[str]], Sequence[Embedding]]

_MOST = 16
"""Passages that are embedded for a question, best first; about a sixth of a second. The vectors in
the index are another model's, and without any the confidence cannot be computed."""


def near_again(hits: Sequence[Hit], question: Vector, embed: Embed) -> list[Hit]:
    """Return the same hits, the best of them compared with the ``question`` by new vectors."""
    first = hits[:_MOST]
    if not first:
        return []
    embedded = embed([hit.passage.embedded for hit in first])
    near = embeddings.compared(question, [embeddings.written(one) for one in embedded])
    compared = [
        replace(hit, cosine=cosine, closest=closest)
        for hit, (cosine, closest) in zip(first, near, strict=True)
    ]
    return [*compared, *hits[_MOST:]]
