"""Loading for a command that answers one question and spends most of its time on imports."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from footnote_bot.indexers.ports import Embedder, Reranker

_TURN = 0.0005
"""Seconds that a thread may compute before another one's turn. With twenty answers, Python's 5 ms
would make Slack wait a tenth of a second for each step of an acknowledgement."""


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause garbage collection: imports make no garbage, and searching for it takes a tenth of
    their time. Loaded objects stay, so later collections skip them: to search them takes a fifth of
    a second, in which Slack waits."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@contextmanager
def models_loaded(embedder: Embedder, reranker: Reranker | None) -> Iterator[None]:
    """Load the models in a thread meanwhile: that is mostly work outside of Python, while imports
    are Python's work. A model that cannot be loaded raises where it is used."""
    with ThreadPoolExecutor(1, "loading") as pool, without_collection():
        pool.submit(_load, embedder, reranker)
        yield


def warm_up(embedder: Embedder, reranker: Reranker | None) -> None:
    """Wait until the models are loaded, and let threads yield often, so that Slack need not wait.

    Raises:
        ModelUnavailable: one cannot be loaded.
    """
    sys.setswitchinterval(_TURN)
    _load(embedder, reranker)


def _load(embedder: Embedder, reranker: Reranker | None) -> None:
    embedder.embed_question("Is the model loaded before anybody asks?")
    if reranker:
        reranker.scores("And the other one?", ["It is, too."])
