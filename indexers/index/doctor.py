"""Checks of the index and its models for `footnote doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from footnote_bot.indexers.errors import IndexersError, IndexLocked, ModelUnavailable
from footnote_bot.indexers.findings import Finding, Level, failure, ok, warning
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.ports import Embedder, Reranker


class CheckedParts(Protocol):
    """The parts that are checked; each is loaded or opened at its first use."""

    @property
    def embedder(self) -> Embedder: ...

    @property
    def reranker(self) -> Reranker | None: ...

    @property
    def index(self) -> CurrentIndex: ...


def findings(
    parts: CheckedParts, wikis: Sequence[str], version_problem: Callable[[], str | None]
) -> Iterator[Finding]:
    """Check the models and the index. ``wikis`` are the configured wikis; ``version_problem``
    returns why the index's server may not fit."""
    yield from _reranker(parts)
    model = _model(parts)
    yield model
    if model.level is not Level.FAILURE:
        yield from _index(parts, wikis, version_problem)


def _model(parts: CheckedParts) -> Finding:
    try:
        embedder = parts.embedder
        embedder.embed_question("Does the model load?")
    except ModelUnavailable as error:
        return failure("model", str(error), "See `[index] model`.")
    languages = "many languages" if embedder.multilingual else "English"
    return ok(
        "model", f"The embedding model loads ({embedder.dimensions} dimensions, {languages})."
    )


def _reranker(parts: CheckedParts) -> Iterator[Finding]:
    """Check the cross-encoder, if there is one."""
    try:
        if (reranker := parts.reranker) is None:
            return
        reranker.scores("Does it run?", ["It does."])
    except ModelUnavailable as error:
        yield failure("reranker", str(error), "See `[answer] reranker`.")
    else:
        yield ok("reranker", "The reranker loads.")


def _index(
    parts: CheckedParts, wikis: Sequence[str], version_problem: Callable[[], str | None]
) -> Iterator[Finding]:
    try:
        current = parts.index
        counts, building, trouble = current.counts(), current.building, current.trouble
        unfinished = current.is_unfinished
        mismatch = version_problem()
    except IndexLocked:
        yield ok("index", "It is in use by another Footnote, such as a running bot: that is fine.")
        return
    except IndexersError as error:
        yield failure("index", str(error))
        return
    pages = ", ".join(f"{name} {counts.get(name, (0, 0))[0]}" for name in wikis)
    yield ok("index", f"It opens; indexed pages by wiki: {pages}.")
    if mismatch:
        yield warning("index", mismatch, "Run a Qdrant server of the client's version.")
    if trouble:
        yield warning("index", trouble, "Run `footnote sync` until it is complete, or run the bot.")
    elif current.is_rebuilding:
        yield ok("index", "A full sync is running: the new index is read once it is complete.")
    elif building:
        yield warning(
            "index",
            "The settings of model or passages changed, and the index for them is not complete.",
            "Run `footnote sync` until it is complete.",
        )
    if unfinished:
        yield warning(
            "index",
            "A full sync is not finished: the new index lies beside the one that is read.",
            "If none is running, run `footnote sync --full` again: what it has read is kept.",
        )
