"""Embedding of passages for a question: of those that wait for their embedding, and of those of
another model's index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indexers.index import embeddings
from indexers.model import Hit
from indexers.ports import Embedding, Vector

Embed = Callable[[Sequence[str]], Sequence[Embedding]]

_MOST = 16
"""Passages that are embedded for a question, best first; about a sixth of a second. Without a
vector of the model's the confidence cannot be computed."""


def near_again(hits: Sequence[Hit], question: Vector, embed: Embed) -> list[Hit]:
    """Return the same hits; of those that were not compared with the ``question``, the best are."""
    first = [at for at, hit in enumerate(hits) if not hit.cosine and not hit.closest][:_MOST]
    if not first:
        return list(hits)
    embedded = embed([hits[at].passage.embedded for at in first])
    near = embeddings.compared(question, [embeddings.written(one) for one in embedded])
    compared = list(hits)
    for at, (cosine, closest) in zip(first, near, strict=True):
        compared[at] = replace(hits[at], cosine=cosine, closest=closest)
    return compared
