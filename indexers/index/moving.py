"""The move of an index to another engine, vectors and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.catalog import has_vectors_of
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.engine import batches
from footnote_bot.indexers.index.folder_catalog import PREFIX
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.opening import InFolder, OnServer
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.server import ServerIndex
from footnote_bot.indexers.model import Acl, Hit, Principal, Progress
from footnote_bot.indexers.ports import Embedder, Vector

QUESTIONS = 200
_AT_ONCE = 256
_COMPARED = 5
_LEAST = 0.95
"""The share of first hits that must be the same. It is below 1, because a server approximates the
nearest vectors by a graph from some ten thousand passages on."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A finished move. ``written`` is how many of the ``points`` the target lacked; ``same`` is the
    share of first hits that both indexes found, over ``questions``."""

    points: int
    written: int
    counts: dict[str, tuple[int, int]]
    questions: int
    same: float


def move_to_server(
    source: InFolder,
    target: OnServer,
    *,
    embedder: Embedder,
    languages: Languages,
    progress: Callable[[Progress], None],
) -> Moved:
    """Copy the folder's current index to the server. It becomes the server's current index once it
    is complete and finds the same; until then the server refuses to open an index. The folder stays
    as it is.

    Raises:
        IndexLocked: a process holds the index.
        IndexUnavailable: there is no index, or it is of another model; or the server has one
            already, fails, or finds other passages.
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
            moved = move(embedded, arriving, embedder.embed_question, progress)
        catalog.end_move(name)
    return moved


def move(
    source: StoredPassages,
    target: StoredPassages,
    embed: Callable[[str], Vector],
    progress: Callable[[Progress], None],
) -> Moved:
    """Copy every point of ``source`` to ``target`` and compare the two. Points that ``target`` has
    already, from an interrupted move, are not sent again.

    Raises:
        IndexUnavailable: an index fails, or the two do not find the same.
    """
    counts = source.counts()
    passages = sum(count for _, count in counts.values())
    total = passages + sum(pages for pages, _ in counts.values())
    every = max(1, passages // QUESTIONS)  # of so many passages one is compared
    compared, versions, seen, done, sent = list[dict[str, Any]](), set[int](), 0, 0, 0
    for points in batches(source.points(), _AT_ONCE):
        sent += target.take(points)
        versions.update(point.payload["version"] for point in points)
        for point in points:
            if not point.meaning:
                continue
            if seen % every == 0 and len(compared) < QUESTIONS:
                compared.append(point.payload)
            seen += 1
        done += len(points)
        progress(Progress("index", done, max(done, total)))
    target.keep_only(versions)
    if (arrived := target.counts()) != counts:
        raise IndexUnavailable(f"The server holds {arrived} after the move, and not {counts}.")
    questions, same = _compare(source, target, compared, embed)
    if same < _LEAST:
        raise IndexUnavailable(
            f"The server finds only {same:.1%} of what the embedded index finds first, over"
            f" {questions} questions: it is not put to use. It may still be building: try again."
        )
    return Moved(done, sent, counts, questions, same)


def _compare(
    source: StoredPassages,
    target: StoredPassages,
    payloads: Sequence[dict[str, Any]],
    embed: Callable[[str], Vector],
) -> tuple[int, float]:
    """Return the number of questions, and the share of first hits that both indexes found. A
    question is the first words of a passage, from somebody who may read it."""
    questions, total, common = 0, 0, 0
    for payload in payloads:
        gates = Acl.parse(payload["acl"]).gates
        if not gates or not all(gates):
            continue  # nobody may read it
        reader = Principal.of(*(min(gate) for gate in gates))
        text = " ".join([payload["title"], *payload["text"].split()[:12]])
        vector = embed(text)

        def places(index: StoredPassages) -> set[tuple[str, str, int]]:
            hits = index.search(text, vector, reader=reader, limit=_COMPARED)  # noqa: B023 - called here
            return {_place(hit) for hit in hits}

        first, second = places(source), places(target)
        questions, total, common = questions + 1, total + len(first), common + len(first & second)
    return questions, common / total if total else 1.0


def _place(hit: Hit) -> tuple[str, str, int]:
    return hit.passage.wiki, hit.passage.page, hit.passage.ordinal
