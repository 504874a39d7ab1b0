"""The embedded engine: Qdrant Edge, one folder, one process."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import uuid
import weakref
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, Self

import qdrant_edge as qdrant
from qdrant_edge import Expression, FieldCondition, Query, UpdateOperation

from footnote_bot.indexers.daemons import in_daemon
from footnote_bot.indexers.index.catalog import close_safely
from footnote_bot.indexers.index.edge_failures import (
    TO_CREATE,
    TO_OPEN,
    TO_WRITE,
    corrupt,
    has_room,
    require_room,
    translate_errors,
)
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.lock import FolderLock
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.schema import (
    DEPTH,
    INTEGERS,
    KEYWORDS,
    MEANING,
    WORDS,
    Embedded,
    FoundPoint,
    Point,
    PointQuery,
    SparseVector,
    Where,
    meaning_of,
)
from footnote_bot.indexers.sparse import copy_folder

log = logging.getLogger(__name__)

_ALL = 1_000_000_000  # facets and scrolls have no "all"; more than a shard can hold
_PAGE = 2_000  # points a scroll returns at once


# No HNSW: every call of qdrant_edge holds the GIL, so building one (8 s at 20,000 passages) would
# stop the whole bot. Optimizers only reclaim the space of deleted points, seldom.
_OPTIMIZERS = qdrant.EdgeOptimizersConfig(indexing_threshold=100_000_000, deleted_threshold=0.4)

# Four bits for each number of a vector. Only this quantization happens while a point is written, so
# nothing is built later. Scalar quantization does not, and one bit loses a quarter of the nearest.
_QUANTIZATION = qdrant.TurboQuantQuantizationConfig(bits=qdrant.TurboQuantBitSize.Bits4)
# Four times as many candidates as needed are compared again by their full vectors. Among 61,000
# passages the nearest 100 are then those of an exact search, which takes four times as long.
_COMPARE = qdrant.SearchParams(
    quantization=qdrant.QuantizationSearchParams(rescore=True, oversampling=4.0)
)


class EdgeIndex(StoredPassages):
    """The index in this process, in a folder of its own."""

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        dimensions: int,
        clock: Callable[[], float] = time.time,
        languages: Languages | None = None,
    ) -> Self:
        """Open the index in ``folder``, created if there is none.

        Raises:
            IndexLocked: another process holds it.
            IndexCorrupt: the index cannot be read, or has lost every page.
            IndexUnavailable: the disk is full or the folder may not be written.
        """
        engine = EdgeEngine(folder, dimensions)
        index = cls(engine, languages=languages, clock=clock)
        try:
            engine.require_pages()
            index.verify(_length(folder) or dimensions)
        except BaseException:
            close_safely(index)
            raise
        return index


class EdgeEngine:
    """The port `indexers.index.engine.Engine`, by qdrant_edge."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._folder = folder
        with self._translate_errors():
            folder.parent.mkdir(parents=True, exist_ok=True)
            lock = FolderLock(folder)
            try:
                self._shard = _open_shard(folder, dimensions)
            except BaseException:
                lock.release()
                raise
        self._lock = lock
        # This closes an engine that nobody closes, but not at the interpreter's end, when a thread
        # may still write: the kernel releases the lock then.
        self._end = weakref.finalize(self, _end, self._shard, lock)
        self._end.atexit = False

    def upsert(self, points: Sequence[Point]) -> None:
        self._update(UpdateOperation.upsert_points([_to_edge(point) for point in points]))

    def delete(self, where: Where) -> None:
        self._update(UpdateOperation.delete_points_by_filter(_filter(where)))

    def label(self, where: Where, payload: dict[str, str]) -> None:
        self._update(UpdateOperation.set_payload_by_filter(_filter(where), payload))

    def embed(self, points: Sequence[Embedded]) -> None:
        vectors = [
            qdrant.PointVectors(point.id, {MEANING: list(point.meaning)}) for point in points
        ]
        self._update(UpdateOperation.update_vectors(vectors))
        for point in points:
            self._update(UpdateOperation.set_payload([point.id], {"meanings": point.meanings}))
        # Last: points that a kill leaves unfinished are embedded again.
        ids: list[qdrant.PointId] = [point.id for point in points]
        self._update(UpdateOperation.delete_payload(ids, ["unembedded"]))

    def scroll(self, where: Where, *, fields: Sequence[str], meaning: bool) -> Iterator[FoundPoint]:
        records = self._scroll(
            filter=_filter(where),
            with_payload=list(fields) or True,
            with_vector=[MEANING] if meaning else False,
        )
        return (FoundPoint(record.payload or {}, meaning=meaning_of(record)) for record in records)

    def points(self) -> Iterator[Point]:
        return map(Point.read, self._scroll(with_payload=True, with_vector=True))

    def _scroll(self, **arguments: Any) -> Iterator[qdrant.Record]:
        """Yield the points that a scroll with these ``arguments`` finds, page by page."""
        offset = None
        while True:
            request = qdrant.ScrollRequest(offset=offset, limit=_PAGE, **arguments)
            with self._translate_errors():
                records, offset = self._shard.scroll(request)
            yield from records
            if offset is None:
                return

    def retrieve(self, ids: Sequence[uuid.UUID]) -> list[FoundPoint]:
        with self._translate_errors():
            records = self._shard.retrieve(list(ids), with_payload=True, with_vector=False)
        return [FoundPoint(record.payload or {}) for record in records]

    def facet(self, field: str, where: Where | None) -> dict[Any, int]:
        request = qdrant.FacetRequest(
            field, limit=_ALL, exact=True, filter=_filter(where) if where else None
        )
        with self._translate_errors():
            return {hit.value: hit.count for hit in self._shard.facet(request) if hit.count}

    def search(
        self, queries: Sequence[PointQuery], *, where: Where, limit: int
    ) -> list[list[FoundPoint]]:
        filter_ = _filter(where) if where.fields or where.without else None
        requests = [_request(query, filter_, limit) for query in queries]
        with self._translate_errors():
            # A batch shares a pass over the vectors: a quarter less time for each search.
            results = self._shard.query_batch(qdrant.QueryBatchRequest(requests))
        return [
            [FoundPoint(point.payload or {}, point.score) for point in points] for points in results
        ]

    def settle(self) -> None:
        """Reclaim space, write everything to the disk, and note the number of pages."""
        with self._translate_errors():
            _optimize(self._shard, self._folder)
            self._shard.flush()
            self._lock.note(self._pages())

    def back_up(self, folder: Path) -> None:
        with self._translate_errors():
            self._shard.flush()
        copy_folder(self._folder, folder)

    def close(self) -> None:
        with self._translate_errors():
            try:
                if self._end.alive:
                    self._lock.note(self._pages())
            finally:
                self._end()

    def require_pages(self) -> None:
        """Check that the pages are still there.

        Raises:
            IndexCorrupt: there were pages when the index was last closed or flushed, and none now.
                Edge takes a file that a power cut has emptied for an index without points.
        """
        if self._lock.noted() and not self._pages():
            raise corrupt(self._folder, "it has lost every page")

    def _pages(self) -> int:
        return sum(self.facet("head", None).values())

    def _update(self, operation: UpdateOperation) -> None:
        """Write to the shard, unless the disk is nearly full."""
        require_room(self._folder, TO_WRITE)
        with self._translate_errors():
            self._shard.update(operation)

    def _translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors(self._folder)


def _open_shard(folder: Path, dimensions: int) -> qdrant.EdgeShard:
    """Open or create the shard in ``folder``; the caller holds the folder's lock."""
    folder.mkdir(exist_ok=True)
    is_new = not any(folder.iterdir())
    require_room(folder, TO_CREATE if is_new else TO_OPEN)
    if is_new:
        _create(folder, dimensions)
    # An index from before quantization is rewritten with it, once. If that is killed, the next
    # process that opens the index continues.
    shard = qdrant.EdgeShard.load(str(folder), _config(None))
    try:
        _optimize(shard, folder)
        # An index of another version is still read while its successor is built.
        _index_fields(shard, indexed=shard.info().payload_schema)
        # In the background, because it takes a tenth of a second.
        in_daemon(partial(read_ahead, folder), "reading ahead")
    except BaseException:
        # Close it before the lock is released; the error's traceback keeps the object alive.
        shard.close()
        raise
    return shard


def _length(folder: Path) -> int:
    """Return the length of the vectors in ``folder``; 0 if it is unknown."""
    try:
        config = json.loads((folder / "edge_config.json").read_bytes())
        return int(config["vectors"][MEANING]["size"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _optimize(shard: qdrant.EdgeShard, folder: Path) -> None:
    """Reclaim the space of deleted points, if they are many and the disk has room."""
    # The points are rewritten before the old ones are deleted.
    used = sum(file.stat().st_blocks * 512 for file in folder.rglob("*"))
    if has_room(folder, TO_WRITE + used):
        shard.optimize()


def _end(shard: qdrant.EdgeShard, lock: FolderLock) -> None:
    """Close the shard, and then release the lock, whose next holder relies on nobody writing."""
    try:
        shard.close()
    finally:
        lock.release()


def _create(folder: Path, dimensions: int) -> None:
    """Create an empty shard, completely or not at all: half a shard would count as corrupt."""
    # A search reads all quantized vectors, but only few full ones, which stay on disk until then.
    # In 16 bits a number takes half the room, and among 308,000 passages the same are found.
    meaning = qdrant.EdgeVectorParams(
        dimensions,
        qdrant.Distance.Cosine,
        datatype=qdrant.VectorStorageDatatype.Float16,
        memory=qdrant.Memory.Cold,
    )
    config = _config({MEANING: meaning})
    unfinished = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    shard = qdrant.EdgeShard.create(str(unfinished), config)
    _index_fields(shard, indexed=())
    shard.close()
    unfinished.replace(folder)


def _config(vectors: dict[str, qdrant.EdgeVectorParams] | None) -> qdrant.EdgeConfig:
    """Return the configuration of a shard with ``vectors``; None: the vectors that it has."""
    return qdrant.EdgeConfig(
        vectors=vectors,
        sparse_vectors={WORDS: qdrant.EdgeSparseVectorParams(modifier=qdrant.Modifier.Idf)},
        quantization_config=_QUANTIZATION,
        optimizers=_OPTIMIZERS,
    )


def _index_fields(shard: qdrant.EdgeShard, *, indexed: Container[str]) -> None:
    """Create an index for each field of a filter or facet that is not ``indexed`` yet."""
    kinds = dict.fromkeys(KEYWORDS, qdrant.PayloadSchemaType.Keyword)
    kinds |= dict.fromkeys(INTEGERS, qdrant.PayloadSchemaType.Integer)
    for field, kind in kinds.items():
        if field not in indexed:
            shard.update(UpdateOperation.create_field_index(field, kind))


def _to_edge(point: Point) -> qdrant.Point:
    vectors: dict[str, Any] = {}
    if point.meaning:
        vectors[MEANING] = list(point.meaning)
    if point.words.indices:
        vectors[WORDS] = _sparse(point.words)
    return qdrant.Point(point.id, vectors, point.payload)


def _sparse(words: SparseVector) -> qdrant.SparseVector:
    return qdrant.SparseVector(list(words.indices), list(words.values))


def _filter(where: Where) -> qdrant.Filter:
    must: list[Any] = [
        FieldCondition(field, match=_one_of(values)) for field, values in where.fields.items()
    ]
    if where.below is not None:
        must.append(FieldCondition("version", range=qdrant.RangeFloat(lt=float(where.below))))
    must_not: list[Any] = []
    if where.without:
        must_not = [FieldCondition("version", match=qdrant.MatchAny(list(where.without)))]
    return qdrant.Filter(must=must, must_not=must_not)


def _one_of(values: Sequence[str]) -> qdrant.MatchValue | qdrant.MatchAny:
    # A single value is compared in less time than a set of one.
    return qdrant.MatchValue(values[0]) if len(values) == 1 else qdrant.MatchAny(list(values))


def _request(query: PointQuery, filter_: qdrant.Filter | None, limit: int) -> qdrant.QueryRequest:
    """Return a hybrid search: the weighted sum of the normalised scores by words and by meaning."""
    by_words = Query.Nearest(_sparse(query.words), using=WORDS)
    weighed = [(1.0 - query.meaning_weight, _normalised(by_words, filter_))]
    if query.meaning:
        by_meaning = Query.Nearest(list(query.meaning), using=MEANING)
        weighed.append((query.meaning_weight, _normalised(by_meaning, filter_)))
    return qdrant.QueryRequest(
        limit=limit,
        prefetches=[prefetch for _, prefetch in weighed],
        query=_weighted_sum([weight for weight, _ in weighed]),
        with_payload=True,
    )


def _normalised(query: Query, filter_: qdrant.Filter | None) -> qdrant.Prefetch:
    """Return a search for the best points by one vector, whose scores are normalised by their own
    distribution (DBSF)."""
    best = qdrant.Prefetch(limit=DEPTH, query=query, filter=filter_, params=_COMPARE)
    fusion: Any = qdrant.Fusion.Dbsf()  # the stubs do not declare it as a Fusion
    return qdrant.Prefetch(limit=DEPTH, query=fusion, prefetches=[best])


def _weighted_sum(weights: Sequence[float]) -> qdrant.Formula:
    """Return the sum of the prefetches' scores, each times its weight; 0 if one is missing."""
    terms = {f"$score[{i}]": weight for i, weight in enumerate(weights)}
    return qdrant.Formula(
        Expression.Sum(
            [
                Expression.Mult([Expression.Constant(weight), Expression.Variable(score)])
                for score, weight in terms.items()
            ]
        ),
        defaults=dict.fromkeys(terms, 0.0),
    )


_AT_ONCE = 128 << 10  # bytes; of a larger range Linux reads ahead only the beginning
_MOST = 512 << 20  # bytes of vectors and payloads, those of about 100,000 passages
_OFTEN_READ = ("vector_storage-meaning/vectors/chunk_*.mmap", "payload_storage/page_*.dat")


def read_ahead(folder: Path) -> None:
    """Ask the system to read full vectors and payloads into its cache, which it does in the
    background. Otherwise every passage that is found would wait for the disk at first: over 61,678
    passages a search takes 20 ms with it and 30 without, even if the files are cached already."""
    remaining = _MOST
    files = (file for name in _OFTEN_READ for file in sorted(folder.glob(f"segments/*/{name}")))
    for file in files:
        with file.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            remaining -= size
            if remaining < 0 or not hasattr(os, "posix_fadvise"):
                return
            for at in range(0, size, _AT_ONCE):
                os.posix_fadvise(stream.fileno(), at, _AT_ONCE, os.POSIX_FADV_WILLNEED)
