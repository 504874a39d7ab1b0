"""Search over a few passages, with the real use case on top of fakes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.indexers.model import Passage
from footnote_bot.indexers.ports import Embedder
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex


class TickingClock:
    """A clock that moves on by ``seconds`` at each reading."""

    def __init__(self, seconds: float = 0.001) -> None:
        self._now = 0.0
        self._seconds = seconds

    def __call__(self) -> float:
        self._now += self._seconds
        return self._now


def retrieval_over(passages: Iterable[Passage], embedder: Embedder | None = None) -> Retrieval:
    """``passages`` holds the passages of one page next to each other."""
    index, embedder = ListIndex(), embedder or WordEmbedder()
    for _, page in groupby(passages, key=lambda passage: (passage.wiki, passage.page)):
        together: Sequence[Passage] = list(page)
        index.replace(together, embedder.embed_passages([p.embedded for p in together]))
    return Retrieval(index, embedder, TickingClock())
