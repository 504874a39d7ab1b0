"""The move of an index to another engine, vectors and all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.catalog import has_vectors_of
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.engine import batches
from footnote_bot.indexers.index.folder_catalog import PREFIX
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.opening import InFolder, OnServer
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.server import ServerIndex
from footnote_bot.indexers.model import Progress
from footnote_bot.indexers.ports import Embedder

_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Moved:
    """A finished move. ``written`` is how many points (passages, and heads of pages) the target
    lacked; ``counts`` are the pages and passages of each wiki."""

    written: int
    counts: dict[str, tuple[int, int]]


def move_to_server(
    source: InFolder,
    target: OnServer,
    *,
    embedder: Embedder,
    languages: Languages,
    progress: Callable[[Progress], None],
) -> Moved:
    """Copy the folder's current index to the server. It becomes the server's current index once it
    is complete; until then the server refuses to open an index. The folder stays as it is.

    Raises:
        IndexLocked: a process holds the index.
        IndexUnavailable: there is no index, or it is of another model; or the server has one
            already, or fails.
    """
    folder, server, dimensions = source.folder, target.server, embedder.dimensions
    name = source.catalog(dimensions, languages).current()
    if name is None:
        raise IndexUnavailable(f"There is no index in {folder}: nothing is moved.")
    if not has_vectors_of(embedder.identity, name):
        raise IndexUnavailable(
            f"The index in {folder} was made with another model: run `footnote sync` until it is"
            " complete, and then move it."
        )
    catalog = target.catalog(dimensions, languages)
    with closing(catalog):
        if problem := target.version_problem():
            raise IndexUnavailable(problem)
        embedded = EdgeIndex.open(
            folder / (PREFIX + name), dimensions=dimensions, languages=languages
        )
        with closing(embedded):
            if not catalog.begin_move(name):
                raise IndexUnavailable(
                    f"The Qdrant server at {server.url} has an index of this Footnote already. If"
                    " you moved it there, set [index] url. Otherwise delete it there (the"
                    f" collection with the alias {target.prefix}passages), or set another [index]"
                    " prefix."
                )
            arriving = ServerIndex.open(
                server,
                collection=f"{target.prefix}{PREFIX}{name}",
                dimensions=dimensions,
                languages=languages,
            )
            moved = _copy(embedded, arriving, progress)
        catalog.end_move(name)
    return moved


def _copy(
    source: StoredPassages, target: StoredPassages, progress: Callable[[Progress], None]
) -> Moved:
    """Copy every point of ``source`` to ``target``. Points that ``target`` has already, from an
    interrupted move, are not sent again.

    Raises:
        IndexUnavailable: an index fails, or ``target`` does not hold the same number of pages and
            passages afterwards.
    """
    counts = source.counts()
    total = sum(pages + passages for pages, passages in counts.values())
    versions = set[int]()
    done = written = 0
    for points in batches(source.points(), _AT_ONCE):
        written += target.take(points)
        versions.update(point.payload["version"] for point in points)
        done += len(points)
        progress(Progress("index", done, max(done, total)))
    target.keep_only(versions)
    if (arrived := target.counts()) != counts:
        raise IndexUnavailable(f"The server holds {arrived} after the move, and not {counts}.")
    return Moved(written, counts)
