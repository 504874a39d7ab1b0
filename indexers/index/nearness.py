"""Embedding of passages for a question: passages that wait for their embedding, or that come from
the index of another model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from footnote_bot.indexers.index import embeddings
from footnote_bot.indexers.model import Hit
from footnote_bot.indexers.ports import Embedding, Vector

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
    for at, (cosine, closest) in zip(missing, cosines, strict=True):
        compared[at] = replace(hits[at], cosine=cosine, closest=closest)
    return compared
