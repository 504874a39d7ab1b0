"""Checks of the index and its models for `footnote doctor` and `footnote access`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from footnote_bot.indexers.errors import (
    IndexersError,
    IndexLocked,
    IndexUnavailable,
    ModelUnavailable,
)
from footnote_bot.indexers.findings import Access, Finding, Indexed, Level, failure, ok, warning
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.model import Acl, Principal
from footnote_bot.indexers.ports import Embedder, Reranker


def findings(
    embedder: Callable[[], Embedder],
    reranker: Callable[[], Reranker | None],
    index: Callable[[], CurrentIndex],
    wikis: Sequence[str],
    version_problem: Callable[[], str | None],
) -> Iterator[Finding]:
    """Check the models and the index, which the first three load or open. ``wikis`` are the
    configured wikis; ``version_problem`` returns why the index's server may not fit."""
    yield from _reranker(reranker)
    model = _model(embedder)
    yield model
    if model.level is not Level.FAILURE:
        yield from _index(index, wikis, version_problem)


def _model(load: Callable[[], Embedder]) -> Finding:
    """Check that the embedding model loads and runs."""
    try:
        embedder = load()
        embedder.embed_question("Does the model load?")
    except ModelUnavailable as error:
        return failure("model", str(error), "See `[index] model`.")
    languages = "many languages" if embedder.multilingual else "English"
    return ok(
        "model", f"The embedding model loads ({embedder.dimensions} dimensions, {languages})."
    )


def _reranker(load: Callable[[], Reranker | None]) -> Iterator[Finding]:
    """Check the cross-encoder, if there is one."""
    try:
        if (reranker := load()) is None:
            return
        reranker.scores("Does it run?", ["It does."])
    except ModelUnavailable as error:
        yield failure("reranker", str(error), "See `[answer] reranker`.")
    else:
        yield ok("reranker", "The reranker loads.")


def _index(
    open_index: Callable[[], CurrentIndex],
    wikis: Sequence[str],
    version_problem: Callable[[], str | None],
) -> Iterator[Finding]:
    """Check that the index opens, and is complete."""
    try:
        current = open_index()
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


def with_indexed(
    access: Access,
    rule: Acl,
    reader: Callable[[], Principal],
    open_index: Callable[[], CurrentIndex],
) -> Access:
    """Return ``access`` with the indexed state of its page, if the index can be read. ``rule`` is
    the page's current Acl in its wiki; ``reader`` returns the person, ``open_index`` the index."""
    try:
        page = open_index().page(access.wiki, access.page)
    except IndexLocked:
        return replace(access, untold="a running Footnote holds the index")
    except (IndexUnavailable, ModelUnavailable) as error:
        return replace(access, untold=str(error))
    if page is None:
        return access
    indexed = Indexed(admits=page.acl.admits(reader()), current=page.acl == rule)
    return replace(access, indexed=indexed)
