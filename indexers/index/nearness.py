"""Passages from an index of another model, compared with the question by this one's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indexers.index import meanings
from indexers.model import Hit
from indexers.ports import Meaning, Vector

Embed = Callable[[Sequence[str]], Sequence[Meaning]]

_MOST = 16
"""Passages that are embedded for a question, best first; a sixth of a second or so. The vectors
that stand in the index are another model's, and without any there is no telling what fits."""


def near_again(hits: Sequence[Hit], question: Vector, embed: Embed) -> list[Hit]:
    """Return the same hits, the best of them compared with the ``question`` anew."""
    first = hits[:_MOST]
    if not first:
        return []
    embedded = embed([hit.passage.embedded for hit in first])
    near = meanings.compared(question, [meanings.written(meaning) for meaning in embedded])
    compared = [
        replace(hit, cosine=cosine, closest=closest)
        for hit, (cosine, closest) in zip(first, near, strict=True)
    ]
    return [*compared, *hits[_MOST:]]
