"""A Qdrant server on loopback: Qdrant's REST interface over HTTP or TLS, with its API key, around
the in-memory engine of qdrant-client, and the faults that a test wants.

As a process (`python -m tests.fakes.qdrant_server`, with the key in QDRANT_API_KEY) it prints its
address, leaves at SIGUSR1 and comes back at SIGUSR2, prints a line when it has, and ends at
SIGTERM."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from qdrant_client import QdrantClient, models

from footnote_bot.indexers.index.server import CLIENT_VERSION
from tests.ports import free_port

CERTIFICATE = Path(__file__).parents[1] / "data" / "loopback.pem"
"""A self-signed certificate of 127.0.0.1 until the year 2126, and its key, which protects
nothing."""
_WRITTEN = {"operation_id": 1, "status": "completed"}


class QdrantServer:
    """A server at an address of its own; its collections stay while it is away. ``key``: the API
    key that it requires, if any. ``certificate``: a file with a certificate and its key, for
    TLS."""

    def __init__(self, key: str = "", certificate: Path | None = None) -> None:
        self.port = free_port()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self.key = key
        self.requests: list[tuple[str, str]] = []
        """The method and path of each request with the right key."""
        self.status = 0
        """The status of each response, if it is not 0."""
        self.collections = _Collections()
        self.released = threading.Event()
        """Requests wait for it."""
        self.released.set()
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._writes_left = 0
        self._lock = threading.Lock()
        self._http: _Http | None = None

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.leave()

    def come_back(self) -> None:
        http = _Http(self)
        if self._tls:
            http.socket = self._tls.wrap_socket(http.socket, server_side=True)
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        self._http = http

    def leave(self) -> None:
        """Close all connections, and refuse new ones."""
        http, self._http = self._http, None
        if http is not None:
            http.shutdown()
            http.server_close()
            http.disconnect()

    def leave_after(self, writes: int) -> None:
        """Leave once so many more requests have written points, before it responds to the last."""
        self._writes_left = writes

    @contextmanager
    def away(self) -> Iterator[None]:
        self.leave()
        try:
            yield
        finally:
            self.come_back()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let all requests wait until the end of the block."""
        self.released.clear()
        try:
            yield
        finally:
            self.released.set()

    @contextmanager
    def responding(self, status: int) -> Iterator[None]:
        """Respond to each request with ``status``."""
        self.status = status
        try:
            yield
        finally:
            self.status = 0

    def respond(self, method: str, path: str, body: Any) -> Any:
        with self._lock:
            self.requests.append((method, path))
            response = self.collections.respond(method, path, body)
            if self._writes_left and method == "PUT" and path.endswith("/points"):
                self._writes_left -= 1
                if not self._writes_left:
                    self.leave()
            return response


class _Http(ThreadingHTTPServer):
    def __init__(self, qdrant: QdrantServer) -> None:
        self.qdrant = qdrant
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", qdrant.port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # connections break off
            super().handle_error(request, client_address)

    def disconnect(self) -> None:
        for connection in tuple(self._connections):
            with suppress(OSError):  # the client was first
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # a response is one packet

    def _handle(self) -> None:
        qdrant = self.server.qdrant
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        qdrant.released.wait()
        if qdrant.status:
            self._send(qdrant.status, _error("The server is told to fail."))
        elif self.headers["api-key"] != (qdrant.key or None):
            self._send(401, _error("Invalid API key"))
        else:
            path = self.path.partition("?")[0]
            try:
                response = qdrant.respond(self.command, path, json.loads(body) if body else {})
            except ValueError as error:
                self._send(_status_of(error), _error(str(error)))
            else:
                self._send(200, response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the library's names

    def _send(self, status: int, response: Any) -> None:
        data = json.dumps(response).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
        """Log nothing: tests are quiet."""


class _Collections:
    """Collections in memory, by Qdrant's REST interface: the part of it that Footnote uses."""

    def __init__(self) -> None:
        self._engine = QdrantClient(":memory:")

    def respond(self, method: str, path: str, body: Any) -> Any:
        """Return the response's JSON.

        Raises:
            ValueError: the request is refused.
        """
        if path == "/":
            return {"title": "qdrant", "version": CLIENT_VERSION}
        match = _OF_A_COLLECTION.match(path)
        name = match.group(1) if match else ""
        route = f"{method} {_OF_A_COLLECTION.sub('/collections/NAME', path)}"
        if route not in _ROUTES:
            raise ValueError(f"{route} is not found")
        result = _ROUTES[route](self._engine, name, body)
        return {"result": _json(result), "status": "ok", "time": 0.0}


_OF_A_COLLECTION = re.compile(r"/collections/(?!aliases$)([^/]+)")


def _create(engine: QdrantClient, name: str, body: Any) -> bool:
    new = models.CreateCollection.model_validate(body)
    return engine.create_collection(
        name, vectors_config=new.vectors, sparse_vectors_config=new.sparse_vectors
    )


def _change_aliases(engine: QdrantClient, _: str, body: Any) -> bool:
    changes = models.ChangeAliasesOperation.model_validate(body)
    return engine.update_collection_aliases(changes.actions)


def _facet(engine: QdrantClient, name: str, body: Any) -> models.FacetResponse:
    request = models.FacetRequest.model_validate(body)
    limit = request.limit or 10
    return engine.facet(name, request.key, facet_filter=request.filter, limit=limit, exact=True)


def _scroll(engine: QdrantClient, name: str, body: Any) -> Any:
    request = models.ScrollRequest.model_validate(body)
    points, offset = engine.scroll(
        name,
        scroll_filter=request.filter,
        limit=request.limit or 10,
        offset=request.offset,
        with_payload=True if request.with_payload is None else request.with_payload,
        with_vectors=request.with_vector or False,
    )
    return {"points": _json(points), "next_page_offset": offset}


def _query(engine: QdrantClient, name: str, body: Any) -> models.QueryResponse:
    request = models.QueryRequest.model_validate(body)
    return engine.query_points(
        name,
        query=request.query,
        prefetch=request.prefetch,
        query_filter=request.filter,
        limit=request.limit or 10,
        with_payload=request.with_payload or False,
    )


def _upsert(engine: QdrantClient, name: str, body: Any) -> dict[str, Any]:
    engine.upsert(name, models.PointsList.model_validate(body).points)
    return _WRITTEN


def _delete(engine: QdrantClient, name: str, body: Any) -> dict[str, Any]:
    engine.delete(name, models.FilterSelector.model_validate(body))
    return _WRITTEN


def _update_vectors(engine: QdrantClient, name: str, body: Any) -> dict[str, Any]:
    engine.update_vectors(name, models.UpdateVectors.model_validate(body).points)
    return _WRITTEN


def _set_payload(engine: QdrantClient, name: str, body: Any) -> dict[str, Any]:
    new = models.SetPayload.model_validate(body)
    engine.set_payload(name, new.payload, new.filter or new.points or [])
    return _WRITTEN


def _delete_payload(engine: QdrantClient, name: str, body: Any) -> dict[str, Any]:
    old = models.DeletePayload.model_validate(body)
    engine.delete_payload(name, old.keys, old.filter or old.points or [])
    return _WRITTEN


def _update(engine: QdrantClient, name: str, body: Any) -> list[dict[str, Any]]:
    engine.batch_update_points(name, models.UpdateOperations.model_validate(body).operations)
    return [_WRITTEN]


_ROUTES: dict[str, Callable[[QdrantClient, str, Any], Any]] = {
    "GET /aliases": lambda engine, _, __: engine.get_aliases(),
    "POST /collections/aliases": _change_aliases,
    "GET /collections": lambda engine, _, __: engine.get_collections(),
    "PUT /collections/NAME": _create,
    "GET /collections/NAME": lambda engine, name, _: engine.get_collection(name),
    "GET /collections/NAME/exists": lambda engine, name, _: {
        "exists": engine.collection_exists(name)
    },
    "PATCH /collections/NAME": lambda engine, name, body: engine.update_collection(
        name, metadata=body["metadata"]
    ),
    "DELETE /collections/NAME": lambda engine, name, _: engine.delete_collection(name),
    "PUT /collections/NAME/index": lambda *_: _WRITTEN,  # memory needs none
    "POST /collections/NAME/facet": _facet,
    "POST /collections/NAME/points": lambda engine, name, body: engine.retrieve(name, body["ids"]),
    "POST /collections/NAME/points/scroll": _scroll,
    "POST /collections/NAME/points/query": _query,
    "POST /collections/NAME/points/query/batch": lambda engine, name, body: [
        _query(engine, name, search) for search in body["searches"]
    ],
    "PUT /collections/NAME/points": _upsert,
    "POST /collections/NAME/points/delete": _delete,
    "PUT /collections/NAME/points/vectors": _update_vectors,
    "POST /collections/NAME/points/payload": _set_payload,
    "POST /collections/NAME/points/payload/delete": _delete_payload,
    "POST /collections/NAME/points/batch": _update,
}


def _json(result: Any) -> Any:
    if isinstance(result, list):
        return [_json(item) for item in result]
    if hasattr(result, "model_dump"):
        return result.model_dump(mode="json", exclude_none=True)
    return result


def _error(text: str) -> dict[str, Any]:
    return {"status": {"error": text}, "time": 0.0}


def _status_of(error: ValueError) -> int:
    statuses = {"not found": 404, "already exists": 409}
    return next((status for words, status in statuses.items() if words in str(error)), 400)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _main() -> None:
    signals = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # the threads inherit it
    with QdrantServer(os.environ["QDRANT_API_KEY"]) as qdrant:
        _say(qdrant.url)
        while (number := signal.sigwait(signals)) != signal.SIGTERM:
            if number == signal.SIGUSR1:
                qdrant.leave()
                _say("away")
            else:
                qdrant.come_back()
                _say("back")


if __name__ == "__main__":
    _main()
