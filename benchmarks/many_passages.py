"""An index five times as large: the time of a question in it, and its memory.

Run as processes of their own: ``python -m benchmarks.many_passages make SOURCE FOLDER`` fills
FOLDER with five copies of a Footnote index, as five wikis. Each further copy has the text of the
first, and slightly different vectors, so that the nearest are hard to tell apart.
``python -m benchmarks.many_passages ask FOLDER QUESTIONS`` asks the questions, and prints the time
and memory that they take.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.slack import percentile
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.model import Question
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.embedding import LocalEmbedder
from footnote_bot.indexers.index.schema import Point, id_of
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.ports import IndexQuery, Vector

COPIES = 5
_AT_ONCE = 512
_BEST = 5
_OFF = 0.01
"""The standard deviation of a copy's vector from the first, per number: a cosine of .98."""
_READER = Principal.of(EVERYONE)


def make(source: str, folder: str) -> dict[str, float]:
    """Write the copies; return the number of points, and the seconds that they took."""
    embedder, chance = LocalEmbedder(), np.random.default_rng(1)
    began, written = time.perf_counter(), 0
    with (
        closing(EdgeIndex.open(Path(source), dimensions=embedder.dimensions)) as source_index,
        closing(EdgeIndex.open(Path(folder), dimensions=embedder.dimensions)) as copies,
    ):
        for number in range(COPIES):
            points = (_copied(point, number, chance) for point in source_index.points())
            while batch := list(islice(points, _AT_ONCE)):
                written += copies.take(batch)
        copies.settle()
    return {"points": written, "seconds": time.perf_counter() - began}


def _copied(point: Point, number: int, chance: np.random.Generator) -> Point:
    if not number:
        return point
    payload = dict(point.payload)
    for field in payload.keys() & {"wiki", "head"}:
        payload[field] = f"{payload[field]}-{number}"
    vector: Vector = ()
    if point.meaning:
        moved = np.array(point.meaning) + chance.normal(0, _OFF, len(point.meaning))
        vector = (moved / np.linalg.norm(moved)).tolist()
    return Point(id_of(payload), payload, vector, point.words)


def ask(folder: str, questions: str) -> dict[str, float]:
    """Ask the questions; return milliseconds, megabytes, and the share of the passages nearest by
    an exact search that the index finds."""
    embedder = LocalEmbedder()
    texts = Path(questions).read_text(encoding="utf-8").splitlines()
    with closing(EdgeIndex.open(Path(folder), dimensions=embedder.dimensions)) as index:
        retrieval = Retrieval(index, embedder)
        milliseconds = []
        for text in texts:
            question = retrieval.prepared(Question(text, _READER))
            began = time.perf_counter()
            retrieval(question)
            milliseconds.append(1000 * (time.perf_counter() - began))
        memory = resident()
        vectors = [embedder.embed_question(text) for text in texts]
        exact = _exact(index, vectors)
        nearest = [_nearest(index, vector) for vector in vectors]
    recalls = [len({*a} & {*b}) / _BEST for a, b in zip(exact, nearest, strict=True)]
    return {
        "p50": percentile(milliseconds, 50),
        "p95": percentile(milliseconds, 95),
        "recall": sum(recalls) / len(recalls),
        **memory,
    }


_Place = tuple[str, int]
"""A page, and the number of its passage: copies have the same place."""


def _nearest(index: EdgeIndex, vector: Vector) -> list[_Place]:
    query = IndexQuery("", vector)
    (hits,) = index.search([query], reader=_READER, limit=_BEST * COPIES)
    return _folded((hit.passage.page, hit.passage.ordinal) for hit in hits)


def _exact(index: EdgeIndex, vectors: Sequence[Vector]) -> list[list[_Place]]:
    """Return the places of the passages nearest to each vector, by comparing all passages."""
    places, rows = [], []
    for payload, vector in _passages(index):
        places.append((payload["page"], payload["ordinal"]))
        rows.append(np.array(vector, dtype=np.float32))
    similarity = np.stack(rows) @ np.array(vectors, dtype=np.float32).T
    best = np.argsort(-similarity, axis=0, kind="stable")[: _BEST * COPIES].T
    return [_folded(places[at] for at in column) for column in best]


def _folded(places: Iterable[_Place]) -> list[_Place]:
    return list(dict.fromkeys(places))[:_BEST]


def _passages(index: EdgeIndex) -> Iterator[tuple[dict[str, Any], Vector]]:
    for point in index.points():
        if point.meaning:
            yield point.payload, point.meaning


def resident(process: str = "self") -> dict[str, float]:
    """Return the megabytes of a process in memory, and those that do not map a file."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    names = {"memory": "VmRSS", "own_memory": "RssAnon"}
    return {name: int(fields[field].split()[0]) / 1024 for name, field in names.items()}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"make": make, "ask": ask}[command](*arguments)))
