"""An embedder for which a text's meaning is its words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from footnote_bot.indexers.model import digest
from footnote_bot.indexers.ports import Embedding, Vector


class WordEmbedder:
    """Texts that share words are near each other: each word adds a direction of its own.
    ``embedded`` records the texts; a text that contains one of ``breaking`` raises, like a model
    that fails on it."""

    identity = "words-64"
    dimensions = 64
    max_tokens = 1_000
    multilingual = False

    def __init__(self, *, breaking: Sequence[str] = ()) -> None:
        self.embedded: list[str] = []
        self._breaking = breaking

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_passages(self, texts: Sequence[str]) -> list[Embedding]:
        for text in texts:
            if any(word in text for word in self._breaking):
                raise RuntimeError("this model does not like that word")
        self.embedded.extend(texts)
        return [Embedding(self._embed(text)) for text in texts]

    def embed_question(self, text: str) -> Vector:
        return self._embed(text)

    def _embed(self, text: str) -> Vector:
        sums = [1e-3] * self.dimensions
        for word in text.lower().split():
            direction = int(digest(word.strip(".,?!")), 16)
            for i in range(self.dimensions):
                sums[i] += 1.0 if direction >> i & 1 else -1.0
        length = math.hypot(*sums)
        return [value / length for value in sums]
