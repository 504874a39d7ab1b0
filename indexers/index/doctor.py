"""Checks of the index and its models for `footnote doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from indexers.errors import IndexersError, IndexLocked, ModelUnavailable
from indexers.findings import Finding, failure, ok, warning
from indexers.index.current import CurrentIndex
from indexers.ports import Embedder, Reranker


def model(load: Callable[[], Embedder]) -> Finding:
    try:
        embedder = load()
        embedder.embed_question("Does the model load?")
    except ModelUnavailable as error:
        return failure("model", str(error), "See `[index] model`.")
    languages = "many languages" if embedder.multilingual else "English"
    return ok(
        "model", f"The embedding model loads ({embedder.dimensions} dimensions, {languages})."
    )


def reranker(load: Callable[[], Reranker | None]) -> Finding:
    try:
        if loaded := load():
            loaded.scores("Does it run?", ["It does."])
    except ModelUnavailable as error:
        return failure("reranker", str(error), "See `[answer] reranker`.")
    return ok("reranker", "The reranker loads.")


def index(
    opened: Callable[[], CurrentIndex],
    wikis: Sequence[str],
    version_problem: Callable[[], str | None] = lambda: None,
) -> Iterator[Finding]:
    """Check the index. ``opened`` returns it; ``wikis`` are the configured ones;
    ``version_problem`` says why its server may not fit."""
    try:
        current = opened()
        counts, building, trouble = current.counts(), current.building, current.trouble
        mismatch = version_problem()
    except IndexLocked:
        yield ok("index", "It is in use by another Footnote, such as a running bot: that is fine.")
        return
    except IndexersError as error:
        yield failure("index", str(error))
        return
    pages = ", ".join(f"{name} {counts.get(name, (0, 0))[0]}" for name in wikis)
    yield ok("index", f"It opens; pages by wiki: {pages}.")
    if mismatch:
        yield warning("index", mismatch, "Run a Qdrant server of the client's version.")
    if trouble:
        yield warning("index", trouble, "Run `footnote sync` until it is complete, or run the bot.")
    elif building:
        yield warning(
            "index",
            "The settings of model or passages changed, and the index for them is not complete.",
            "Run `footnote sync` until it is complete.",
        )
