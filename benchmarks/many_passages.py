"""An index five times as large: what a question takes in it, and how much memory.

Run as processes of their own: ``python -m benchmarks.many_passages make SOURCE FOLDER`` fills
FOLDER with an index of Footnote's five times over, as five wikis. Each further copy has the text of
the first, and vectors a little off, so that the nearest are hard to tell apart.
``python -m benchmarks.many_passages ask FOLDER QUESTIONS`` asks it, and prints what that takes.
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
from bot.answering.retrieval import Retrieval
from bot.model import Question
from indexers.index.edge import EdgeIndex
from indexers.index.embedding import LocalEmbedder
from indexers.index.schema import Point, id_of
from indexers.model import EVERYONE, Principal
from indexers.ports import Vector

COPIES = 5
_AT_ONCE = 512
_BEST = 5
_OFF = 0.01
"""The standard deviation of each number of a copy's vector: a cosine of .98 to the first."""
_READER = Principal.of(EVERYONE)


def make(source: str, folder: str) -> dict[str, float]:
    """Write the copies; return the points and the seconds that they took."""
    embedder, chance = LocalEmbedder(), np.random.default_rng(1)
    began, written = time.perf_counter(), 0
    with (
        closing(EdgeIndex.open(Path(source), dimensions=embedder.dimensions)) as one,
        closing(EdgeIndex.open(Path(folder), dimensions=embedder.dimensions)) as many,
    ):
        for number in range(COPIES):
            points = (_copied(point, number, chance) for point in one.points())
            while some := list(islice(points, _AT_ONCE)):
                written += many.take(some)
        many.settle()
    return {"points": written, "seconds": time.perf_counter() - began}


def _copied(point: Point, number: int, chance: np.random.Generator) -> Point:
    if not number:
        return point
    payload = dict(point.payload)
    for field in payload.keys() & {"wiki", "head"}:
        payload[field] = f"{payload[field]}-{number}"
    meaning: Vector = ()
    if point.meaning:
        moved = np.array(point.meaning) + chance.normal(0, _OFF, len(point.meaning))
        meaning = (moved / np.linalg.norm(moved)).tolist()
    return Point(id_of(payload), payload, meaning, point.words)


def ask(folder: str, questions: str) -> dict[str, float]:
    """Ask the questions; return milliseconds, megabytes, and the share of the nearest passages of
    an exact search that are found."""
    embedder = LocalEmbedder()
    asked = Path(questions).read_text(encoding="utf-8").splitlines()
    with closing(EdgeIndex.open(Path(folder), dimensions=embedder.dimensions)) as index:
        retrieval = Retrieval(index, embedder)
        took = []
        for text in asked:
            question = retrieval.prepared(Question(text, _READER))
            began = time.perf_counter()
            retrieval(question)
            took.append(1000 * (time.perf_counter() - began))
        memory = resident()
        vectors = [embedder.embed_question(text) for text in asked]
        exact = _exact(index, vectors)
        found = [_nearest(index, vector) for vector in vectors]
    same = [len({*a} & {*b}) / _BEST for a, b in zip(exact, found, strict=True)]
    return {
        "p50": percentile(took, 50),
        "p95": percentile(took, 95),
        "recall": sum(same) / len(same),
        **memory,
    }


_Place = tuple[str, int]
"""A page and a passage of it: copies stand in the same place."""


def _nearest(index: EdgeIndex, vector: Vector) -> list[_Place]:
    hits = index.search("", vector, reader=_READER, limit=_BEST * COPIES)
    return _folded((hit.passage.page, hit.passage.ordinal) for hit in hits)


def _exact(index: EdgeIndex, vectors: Sequence[Vector]) -> list[list[_Place]]:
    """Return the places of the passages nearest to each vector, by comparing all."""
    places, rows = [], []
    for payload, meaning in _passages(index):
        places.append((payload["page"], payload["ordinal"]))
        rows.append(np.array(meaning, dtype=np.float32))
    near = np.stack(rows) @ np.array(vectors, dtype=np.float32).T
    best = np.argsort(-near, axis=0, kind="stable")[: _BEST * COPIES].T
    return [_folded(places[at] for at in of_one) for of_one in best]


def _folded(places: Iterable[_Place]) -> list[_Place]:
    return list(dict.fromkeys(places))[:_BEST]


def _passages(index: EdgeIndex) -> Iterator[tuple[dict[str, Any], Vector]]:
    for point in index.points():
        if point.meaning:
            yield point.payload, point.meaning


def resident(process: str = "self") -> dict[str, float]:
    """Return the megabytes of a process: in memory, and of these what is no page of a file."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    kept = {"memory": "VmRSS", "own_memory": "RssAnon"}
    return {name: int(fields[field].split()[0]) / 1024 for name, field in kept.items()}


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    print(json.dumps({"make": make, "ask": ask}[what](*rest)))
