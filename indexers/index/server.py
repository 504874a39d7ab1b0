"""The served engine: a Qdrant server or cluster, for more than one process."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import grpc
from qdrant_client import QdrantClient, models
from qdrant_client.common.version_check import is_compatible
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from indexers.errors import IndexUnavailable
from indexers.index.languages import Languages
from indexers.index.passages import StoredPassages
from indexers.index.schema import (
    DEPTH,
    INTEGERS,
    KEYWORDS,
    MEANING,
    WORDS,
    Embedded,
    Found,
    Point,
    Wanted,
    Where,
)
from indexers.index.server_options import ServerOptions
from indexers.ports import Vector

CLIENT_VERSION = version("qdrant-client")

SNAPSHOT = "snapshot.json"
"""The file that names a snapshot on a server."""
_ALL = 1_000_000  # a facet has no "all"; far more than a wiki has pages or Acls
_PAGE = 500  # points a scroll returns at once
_RIGHTS_LAST = 5.0  # seconds; other processes write too
_SNAPSHOT_SECONDS = 3600  # a server packs the whole collection before it answers


class Server:
    """A Qdrant server; creating it asks nothing. ``client`` is used instead of a new one."""

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        options: ServerOptions | None = None,
        *,
        client: QdrantClient | None = None,
    ) -> None:
        self.url = url
        self.options = options or ServerOptions()
        self._api_key = api_key
        self._lends_own = client is not None
        self.client = client or self._connected(self.options)

    def _connected(self, options: ServerOptions) -> QdrantClient:
        # The client's own check would ask the server here; `version_problem` asks when called.
        return QdrantClient(
            url=self.url,
            api_key=self._api_key,
            check_compatibility=False,
            **options.connection(),
        )

    @contextmanager
    def patient(self, seconds: int) -> Iterator[QdrantClient]:
        """Yield a client that waits for an answer for so many ``seconds``, or for the options'
        timeout, if that is longer."""
        if self._lends_own:
            yield self.client
            return
        longest = max(seconds, self.options.timeout_seconds)
        client = self._connected(replace(self.options, timeout_seconds=longest))
        try:
            yield client
        finally:
            client.close()

    def version_problem(self) -> str | None:
        """Return which versions do not fit, or None. Qdrant promises that a client works with
        servers of the same major version, at most one minor version apart.

        Raises:
            IndexUnavailable: the server does not answer or refuses.
        """
        with self.explained():
            served = self.client.info().version
        if is_compatible(CLIENT_VERSION, served):
            return None
        return (
            f"The Qdrant server at {self.url} has version {served or 'unknown'}, and the client"
            f" {CLIENT_VERSION} is made for servers at most one minor version apart."
        )

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Translate the server's failures into sentences for the operator."""
        try:
            yield
        except ResponseHandlingException as error:
            raise IndexUnavailable(
                f"The Qdrant server at {self.url} does not answer ({error}): is it running, and"
                " is [index] url right?"
            ) from error
        except grpc.RpcError as error:
            code = error.code() if isinstance(error, grpc.Call) else None
            if code in {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}:
                raise IndexUnavailable(
                    f"The Qdrant server at {self.url} refuses the key: set QDRANT_API_KEY."
                ) from error
            words = code.name.lower().replace("_", " ") if code else str(error)
            raise IndexUnavailable(
                f"The Qdrant server at {self.url} fails over gRPC ({words}): is [index] grpc_port"
                " right?"
            ) from error
        except UnexpectedResponse as error:
            if error.status_code in {401, 403}:
                raise IndexUnavailable(
                    f"The Qdrant server at {self.url} refuses the key: set QDRANT_API_KEY."
                ) from error
            raise IndexUnavailable(f"The Qdrant server at {self.url} failed: {error}") from error


class ServerIndex(StoredPassages):
    """The index as a collection on a server."""

    @classmethod
    def open(
        cls,
        server: Server,
        *,
        collection: str,
        dimensions: int,
        clock: Callable[[], float] = time.time,
        languages: Languages | None = None,
    ) -> Self:
        """Open the index in ``collection`` (or in the one with this alias), created if there is
        none.

        Raises:
            IndexUnavailable: the server does not answer or refuses.
        """
        engine = ServerEngine(server, collection, dimensions)
        return cls(engine, languages=languages, clock=clock, rights_last=_RIGHTS_LAST)


class ServerEngine:
    """The port `indexers.index.engine.Engine`, by qdrant_client."""

    def __init__(self, server: Server, collection: str, dimensions: int) -> None:
        self._explained = server.explained
        self._patient = server.patient
        self._client = server.client
        self._options = server.options
        self._reading = server.options.reading()
        self._collection = collection
        with self._explained():
            if not self._client.collection_exists(collection):
                try:
                    self._create(dimensions)
                except (UnexpectedResponse, grpc.RpcError):
                    # Of processes that start together, another one may have made it just now.
                    if not self._client.collection_exists(collection):
                        raise
            # Another version's points are still read while their successor is built.
            self._index_fields(indexed=self._client.get_collection(collection).payload_schema)

    def upsert(self, points: Sequence[Point]) -> None:
        with self._explained():
            self._client.upsert(self._collection, [_to_server(point) for point in points])

    def delete(self, where: Where) -> None:
        with self._explained():
            self._client.delete(self._collection, models.FilterSelector(filter=_filter(where)))

    def label(self, where: Where, payload: dict[str, str]) -> None:
        with self._explained():
            self._client.set_payload(self._collection, payload, points=_filter(where))

    def embed(self, points: Sequence[Embedded]) -> None:
        vectors = [
            models.PointVectors(id=str(one.id), vector={MEANING: list(one.meaning)})
            for one in points
        ]
        payloads = [
            models.SetPayloadOperation(
                set_payload=models.SetPayload(
                    payload={"meanings": one.meanings}, points=[str(one.id)]
                )
            )
            for one in points
        ]
        ids: list[models.ExtendedPointId] = [str(one.id) for one in points]
        with self._explained():
            self._client.update_vectors(self._collection, vectors)
            self._client.batch_update_points(self._collection, payloads)
            # Last: what a kill leaves is embedded again.
            self._client.delete_payload(self._collection, ["unembedded"], points=ids)

    def scroll(self, where: Where, *, fields: Sequence[str], meaning: bool) -> Iterator[Found]:
        records = self._scrolled(
            scroll_filter=_filter(where),
            with_payload=list(fields) or True,
            with_vectors=[MEANING] if meaning else False,
        )
        return (Found(record.payload or {}, meaning=_meaning(record)) for record in records)

    def points(self) -> Iterator[Point]:
        return map(_to_point, self._scrolled(with_vectors=True))

    def _scrolled(self, **wanted: Any) -> Iterator[models.Record]:
        offset = None
        while True:
            with self._explained():
                records, offset = self._client.scroll(
                    self._collection, limit=_PAGE, offset=offset, **wanted, **self._reading
                )
            yield from records
            if offset is None:
                return

    def retrieve(self, ids: Sequence[uuid.UUID]) -> list[Found]:
        with self._explained():
            records = self._client.retrieve(self._collection, list(map(str, ids)), **self._reading)
        return [Found(record.payload or {}) for record in records]

    def facet(self, field: str, where: Where | None) -> dict[Any, int]:
        with self._explained():
            response = self._client.facet(
                self._collection,
                key=field,
                facet_filter=_filter(where) if where else None,
                limit=_ALL,
                exact=True,
                **self._reading,
            )
        return {hit.value: hit.count for hit in response.hits if hit.count}

    def search(self, wanted: Sequence[Wanted], *, where: Where, limit: int) -> list[list[Found]]:
        requests = [_request(one, _filter(where), limit) for one in wanted]
        with self._explained():
            found = self._responses(requests)
        return [
            [Found(point.payload or {}, point.score) for point in response.points]
            for response in found
        ]

    def _responses(self, requests: Sequence[models.QueryRequest]) -> list[models.QueryResponse]:
        if len(requests) > 1:
            return self._client.query_batch_points(self._collection, requests, **self._reading)
        return [
            self._client.query_points(
                self._collection,
                prefetch=request.prefetch,
                query=request.query,
                limit=request.limit or 0,
                with_payload=True,
                **self._reading,
            )
            for request in requests
        ]

    def settle(self) -> None:
        """Do nothing: a server optimises by itself."""

    def back_up(self, folder: Path) -> None:
        """Let the server make a snapshot, which it keeps, and note its name in ``folder``. It may
        take an hour."""
        with self._explained(), self._patient(_SNAPSHOT_SECONDS) as client:
            made = client.create_snapshot(self._collection, wait=True)
        if made is None:
            raise IndexUnavailable(f"The Qdrant server makes no snapshot of {self._collection}.")
        folder.mkdir(parents=True)
        note = {"collection": self._collection, "snapshot": made.name, "checksum": made.checksum}
        (folder / SNAPSHOT).write_text(json.dumps(note) + "\n", encoding="utf-8")

    def close(self) -> None:
        """Do nothing: the client is its `Server`'s, and others may use it."""

    def _create(self, dimensions: int) -> None:
        self._client.create_collection(
            self._collection,
            vectors_config={
                MEANING: models.VectorParams(size=dimensions, distance=models.Distance.COSINE)
            },
            sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
            **self._options.collection(),  # type: ignore[arg-type]
        )
        if self._options.read_fan_out:
            more = models.CollectionParamsDiff(read_fan_out_factor=self._options.read_fan_out)
            self._client.update_collection(self._collection, collection_params=more)

    def _index_fields(self, *, indexed: Container[str]) -> None:
        kinds = dict.fromkeys(KEYWORDS, models.PayloadSchemaType.KEYWORD)
        kinds |= dict.fromkeys(INTEGERS, models.PayloadSchemaType.INTEGER)
        for field, kind in kinds.items():
            if field not in indexed:
                self._client.create_payload_index(self._collection, field, field_schema=kind)


def _to_server(point: Point) -> models.PointStruct:
    vectors: dict[str, Any] = {}
    if point.meaning:
        vectors[MEANING] = list(point.meaning)
    if point.words[0]:
        indices, values = point.words
        vectors[WORDS] = models.SparseVector(indices=list(indices), values=list(values))
    return models.PointStruct(id=str(point.id), vector=vectors, payload=point.payload)


def _to_point(record: models.Record) -> Point:
    vector: Any = record.vector or {}
    words = vector.get(WORDS)
    return Point(
        uuid.UUID(str(record.id)),
        record.payload or {},
        vector.get(MEANING, ()),
        (words.indices, words.values) if words else ((), ()),
    )


def _filter(where: Where) -> models.Filter:
    must: list[models.Condition] = [
        models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        for field, values in where.fields.items()
    ]
    if where.below is not None:
        below = models.Range(lt=float(where.below))
        must.append(models.FieldCondition(key="version", range=below))
    must_not: list[models.Condition] = []
    if where.without:
        without = models.MatchAny(any=list(where.without))
        must_not.append(models.FieldCondition(key="version", match=without))
    return models.Filter(must=must, must_not=must_not)


def _request(wanted: Wanted, filter_: models.Filter, limit: int) -> models.QueryRequest:
    indices, values = wanted.words
    sparse = models.SparseVector(indices=list(indices), values=list(values))
    weighed = [(1.0 - wanted.meaning_weight, _normalised(sparse, WORDS, filter_))]
    if wanted.meaning:
        by_meaning = _normalised(list(wanted.meaning), MEANING, filter_)
        weighed.append((wanted.meaning_weight, by_meaning))
    return models.QueryRequest(
        prefetch=[prefetch for _, prefetch in weighed],
        query=_weighted_sum([weight for weight, _ in weighed]),
        limit=limit,
        with_payload=True,
    )


def _normalised(query: Any, using: str, filter_: models.Filter) -> models.Prefetch:
    """Return the best by one query, with scores normalised by their own distribution (DBSF of one
    source)."""
    best = models.Prefetch(query=query, using=using, filter=filter_, limit=DEPTH)
    fusion = models.FusionQuery(fusion=models.Fusion.DBSF)
    return models.Prefetch(query=fusion, prefetch=[best], limit=DEPTH)


def _weighted_sum(weights: Sequence[float]) -> models.FormulaQuery:
    terms = {f"$score[{i}]": weight for i, weight in enumerate(weights)}
    weighted: list[Any] = [models.MultExpression(mult=[w, score]) for score, w in terms.items()]
    return models.FormulaQuery(
        formula=models.SumExpression(sum=weighted), defaults=dict.fromkeys(terms, 0.0)
    )


def _meaning(point: models.Record) -> Vector:
    vector: Any = point.vector
    found: Vector = (vector or {}).get(MEANING, ())
    return found
