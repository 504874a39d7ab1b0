"""The served engine: a Qdrant server or cluster, for more than one process."""

from __future__ import annotations

import json
import re
import ssl
import time
import uuid
import warnings
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Self

from qdrant_client import QdrantClient, models
from qdrant_client.common.version_check import is_compatible
from qdrant_client.http.exceptions import UnexpectedResponse

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.engine import batches
from footnote_bot.indexers.index.languages import Languages
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
from footnote_bot.indexers.index.server_failures import translate_errors

CLIENT_VERSION = version("qdrant-client")

_USER = re.compile(r"(?<=://)[^/?#\s]*@")
SNAPSHOT = "snapshot.json"
"""The file that names a snapshot on a server."""
_ALL = 1_000_000  # a facet has no "all"; far more than a wiki has pages or Acls
_PAGE = 500  # points a scroll returns at once
# Points that are written at once. With a large model a point may have 100 KB, and a server refuses
# requests of more than 32 MB.
_AT_ONCE = 64
_RIGHTS_LAST = 5.0  # seconds; other processes write too
_SNAPSHOT_SECONDS = 3600  # a server packs the whole collection before it answers


class Server:
    """A Qdrant server; creating it sends no request. ``setting`` is the setting or option that
    names its ``url``; ``ca_file`` holds the certificates that it is trusted by (empty: the
    well-known ones); ``client`` is used instead of a new one.

    Raises:
        IndexUnavailable: ``url`` is no address, or the file of certificates cannot be read or
            holds none.
    """

    seconds: ClassVar[int] = 30
    """Seconds that a request may take."""

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        ca_file: str = "",
        *,
        setting: str = "[index] url",
        client: QdrantClient | None = None,
    ) -> None:
        # The client sends no user or password of an address, so they are only to be kept secret.
        self.url = _USER.sub("", url)
        self.translate_errors = partial(translate_errors, self.url, setting)
        self._api_key, self._ca_file = api_key, ca_file
        self._is_given = client is not None
        self.client = client or self._connect(self.seconds)

    def _connect(self, timeout: int) -> QdrantClient:
        """Return a client whose requests may take ``timeout`` seconds, without a request."""
        # The client's own check would send a request here; `version_problem` sends it when called.
        trusted: dict[str, Any] = {"verify": self._ca_file} if self._ca_file else {}
        try:
            with warnings.catch_warnings():
                # A key over http is the rule within a network of one's own.
                warnings.filterwarnings("ignore", "Api key is used with an insecure connection")
                return QdrantClient(
                    url=self.url,
                    api_key=self._api_key,
                    check_compatibility=False,
                    timeout=timeout,
                    **trusted,
                )
        except ValueError as error:
            raise IndexUnavailable(
                f"{self.url!r} is no address of a Qdrant server, such as"
                f" http://qdrant.example.com:6333 ({error})."
            ) from None
        except ssl.SSLError as error:
            raise IndexUnavailable(
                f"[index] ca_file: {self._ca_file} holds no certificates in PEM ({error.reason})."
            ) from None
        except OSError as error:
            raise IndexUnavailable(
                f"[index] ca_file: {self._ca_file} cannot be read: {error.strerror}."
            ) from None

    @contextmanager
    def with_timeout(self, seconds: int) -> Iterator[QdrantClient]:
        """Yield a client whose requests may take ``seconds``."""
        if self._is_given:
            yield self.client
            return
        client = self._connect(seconds)
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
        with self.translate_errors():
            server_version = self.client.info().version
        if is_compatible(CLIENT_VERSION, server_version):
            return None
        return (
            f"The Qdrant server at {self.url} has version {server_version or 'unknown'}, and the"
            f" client {CLIENT_VERSION} is made for servers at most one minor version apart."
        )


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
        self._translate_errors = server.translate_errors
        self._with_timeout = server.with_timeout
        self._client = server.client
        self._collection = collection
        with self._translate_errors():
            if not self._client.collection_exists(collection):
                try:
                    self._create(dimensions)
                except UnexpectedResponse:
                    # Another process that starts at the same time may have created it just now.
                    if not self._client.collection_exists(collection):
                        raise
            # An index of another version is still read while its successor is built.
            self._index_fields(indexed=self._client.get_collection(collection).payload_schema)

    def upsert(self, points: Sequence[Point]) -> None:
        for batch in batches(points, _AT_ONCE):
            with self._translate_errors():
                self._client.upsert(self._collection, [_to_server(point) for point in batch])

    def delete(self, where: Where) -> None:
        with self._translate_errors():
            self._client.delete(self._collection, models.FilterSelector(filter=_filter(where)))

    def label(self, where: Where, payload: dict[str, str]) -> None:
        with self._translate_errors():
            self._client.set_payload(self._collection, payload, points=_filter(where))

    def embed(self, points: Sequence[Embedded]) -> None:
        for batch in batches(points, _AT_ONCE):
            self._embed(batch)

    def _embed(self, points: Sequence[Embedded]) -> None:
        vectors = [
            models.PointVectors(id=str(point.id), vector={MEANING: list(point.meaning)})
            for point in points
        ]
        payloads = [
            models.SetPayloadOperation(
                set_payload=models.SetPayload(
                    payload={"meanings": point.meanings}, points=[str(point.id)]
                )
            )
            for point in points
        ]
        ids: list[models.ExtendedPointId] = [str(point.id) for point in points]
        with self._translate_errors():
            self._client.update_vectors(self._collection, vectors)
            self._client.batch_update_points(self._collection, payloads)
            # Last: points that a kill leaves unfinished are embedded again.
            self._client.delete_payload(self._collection, ["unembedded"], points=ids)

    def scroll(self, where: Where, *, fields: Sequence[str], meaning: bool) -> Iterator[FoundPoint]:
        records = self._scroll(
            scroll_filter=_filter(where),
            with_payload=list(fields) or True,
            with_vectors=[MEANING] if meaning else False,
        )
        return (FoundPoint(record.payload or {}, meaning=meaning_of(record)) for record in records)

    def points(self) -> Iterator[Point]:
        return map(Point.read, self._scroll(with_vectors=True))

    def _scroll(self, **arguments: Any) -> Iterator[models.Record]:
        """Yield the points that a scroll with these ``arguments`` finds, page by page."""
        offset = None
        while True:
            with self._translate_errors():
                records, offset = self._client.scroll(
                    self._collection, limit=_PAGE, offset=offset, **arguments
                )
            yield from records
            if offset is None:
                return

    def retrieve(self, ids: Sequence[uuid.UUID]) -> list[FoundPoint]:
        with self._translate_errors():
            records = self._client.retrieve(self._collection, list(map(str, ids)))
        return [FoundPoint(record.payload or {}) for record in records]

    def facet(self, field: str, where: Where | None) -> dict[Any, int]:
        with self._translate_errors():
            response = self._client.facet(
                self._collection,
                key=field,
                facet_filter=_filter(where) if where else None,
                limit=_ALL,
                exact=True,
            )
        return {hit.value: hit.count for hit in response.hits if hit.count}

    def search(
        self, queries: Sequence[PointQuery], *, where: Where, limit: int
    ) -> list[list[FoundPoint]]:
        requests = [_request(query, _filter(where), limit) for query in queries]
        with self._translate_errors():
            responses = self._client.query_batch_points(self._collection, requests)
        return [
            [FoundPoint(point.payload or {}, point.score) for point in response.points]
            for response in responses
        ]

    def settle(self) -> None:
        """Do nothing: a server optimises by itself."""

    def back_up(self, folder: Path) -> None:
        """Let the server make and keep a snapshot, and write its name into ``folder``. It may take
        an hour."""
        with self._translate_errors(), self._with_timeout(_SNAPSHOT_SECONDS) as client:
            snapshot = client.create_snapshot(self._collection, wait=True)
        if snapshot is None:
            raise IndexUnavailable(f"The Qdrant server makes no snapshot of {self._collection}.")
        folder.mkdir(parents=True)
        note = {
            "collection": self._collection,
            "snapshot": snapshot.name,
            "checksum": snapshot.checksum,
        }
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
        )

    def _index_fields(self, *, indexed: Container[str]) -> None:
        """Create an index for each field of a filter or facet that is not ``indexed`` yet."""
        kinds = dict.fromkeys(KEYWORDS, models.PayloadSchemaType.KEYWORD)
        kinds |= dict.fromkeys(INTEGERS, models.PayloadSchemaType.INTEGER)
        for field, kind in kinds.items():
            if field not in indexed:
                self._client.create_payload_index(self._collection, field, field_schema=kind)


def _to_server(point: Point) -> models.PointStruct:
    vectors: dict[str, Any] = {}
    if point.meaning:
        vectors[MEANING] = list(point.meaning)
    if point.words.indices:
        vectors[WORDS] = _sparse(point.words)
    return models.PointStruct(id=str(point.id), vector=vectors, payload=point.payload)


def _sparse(words: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(words.indices), values=list(words.values))


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


def _request(query: PointQuery, filter_: models.Filter, limit: int) -> models.QueryRequest:
    """Return a hybrid search: the weighted sum of the normalised scores by words and by meaning."""
    by_words = _normalised(_sparse(query.words), WORDS, filter_)
    weighed = [(1.0 - query.meaning_weight, by_words)]
    if query.meaning:
        by_meaning = _normalised(list(query.meaning), MEANING, filter_)
        weighed.append((query.meaning_weight, by_meaning))
    return models.QueryRequest(
        prefetch=[prefetch for _, prefetch in weighed],
        query=_weighted_sum([weight for weight, _ in weighed]),
        limit=limit,
        with_payload=True,
    )


def _normalised(query: Any, using: str, filter_: models.Filter) -> models.Prefetch:
    """Return a search for the best points by the vector ``using``, whose scores are normalised by
    their own distribution (DBSF)."""
    best = models.Prefetch(query=query, using=using, filter=filter_, limit=DEPTH)
    fusion = models.FusionQuery(fusion=models.Fusion.DBSF)
    return models.Prefetch(query=fusion, prefetch=[best], limit=DEPTH)


def _weighted_sum(weights: Sequence[float]) -> models.FormulaQuery:
    """Return the sum of the prefetches' scores, each times its weight; 0 if one is missing."""
    terms = {f"$score[{i}]": weight for i, weight in enumerate(weights)}
    weighted: list[Any] = [models.MultExpression(mult=[w, score]) for score, w in terms.items()]
    return models.FormulaQuery(
        formula=models.SumExpression(sum=weighted), defaults=dict.fromkeys(terms, 0.0)
    )
