"""What only the served engine does: how a server fails."""

from __future__ import annotations

import json
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from httpx import ConnectError, Headers
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.schema import (
    Embedded,
    Point,
)
from footnote_bot.indexers.index.server import (
    CLIENT_VERSION,
    SNAPSHOT,
    Server,
    ServerEngine,
    ServerIndex,
)
from footnote_bot.indexers.model import EVERYONE, Acl, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search
from tests.ports import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")


EMBEDDER = WordEmbedder()


class Refusing(BaseHTTPRequestHandler):
    status = 401

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        pass


class Failing(Refusing):
    status = 503


@pytest.fixture(params=[Refusing, Failing], ids=["401", "503"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), request.param) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield request.param.status, f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def test_a_server_that_refuses_is_named_with_the_reason(server: tuple[int, str]) -> None:
    status, url = server
    expected = {401: "refuses the key: set QDRANT_API_KEY", 503: "failed: Unexpected Response: 503"}
    with pytest.raises(IndexUnavailable, match=expected[status]) as caught:
        ServerIndex.open(Server(url), collection="passages", dimensions=64)

    assert url in str(caught.value)


def test_a_server_that_does_not_answer_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(IndexUnavailable, match=rf"{url} does not answer .* \[index\] url right"):
        ServerIndex.open(Server(url), collection="passages", dimensions=64)


def test_no_password_in_its_address_is_shown() -> None:
    server = Server(f"http://ann:s3cret@127.0.0.1:{free_port()}")
    with pytest.raises(IndexUnavailable, match="does not answer") as caught:
        ServerIndex.open(server, collection="passages", dimensions=64)

    assert "s3cret" not in str(caught.value)
    assert "at http://127.0.0.1:" in str(caught.value)


class Busy(Refusing):
    """A server that names the seconds after which to try again."""

    status, after = 429, "30"

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        self.send_header("Retry-After", self.after)


@pytest.mark.parametrize("after", ["30", "Sat, 28 Nov 2026 12:00:00 GMT"])
def test_a_server_with_too_many_requests_is_named(after: str) -> None:
    handler = type("Handler", (Busy,), {"after": after})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{http.server_port}"
        with pytest.raises(IndexUnavailable, match=rf"{url} takes no more requests for now"):
            ServerIndex.open(Server(url), collection="passages", dimensions=64)
        http.shutdown()


def test_an_index_that_is_not_on_its_server_any_more_is_named_with_what_to_do() -> None:
    handler = type("Handler", (Refusing,), {"status": 404})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(IndexUnavailable, match="restart Footnote and run `footnote sync`"):
            Server(f"http://127.0.0.1:{http.server_port}").version_problem()
        http.shutdown()


@pytest.mark.parametrize("url", ["qdrant:6333", "ftp://qdrant.example.com", "http://[::1"])
def test_an_address_that_is_none_is_named_with_the_form_of_one(url: str) -> None:
    with pytest.raises(
        IndexUnavailable, match=r"no address of a Qdrant server, such as http"
    ) as caught:
        Server(url)

    assert url in str(caught.value)


@pytest.mark.filterwarnings("ignore:`verify=<str>` is deprecated:DeprecationWarning")
def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("none")
    with pytest.raises(IndexUnavailable, match=r"ca_file: .*ca.pem holds no certificates"):
        Server("https://qdrant.example.com", ca_file=str(file))


@pytest.mark.parametrize("why", ["self-signed certificate", "Hostname mismatch"])
def test_a_certificate_that_is_not_trusted_is_named_with_the_settings(why: str) -> None:
    url = "https://qdrant.example.com:6333"
    distrust = ssl.SSLCertVerificationError(1, f"certificate verify failed: {why}")
    distrust.verify_message = why
    failure = ConnectError("as httpx says it")
    failure.__cause__ = distrust
    with pytest.raises(IndexUnavailable) as caught, Server(url).translate_errors():
        raise ResponseHandlingException(failure)

    assert str(caught.value) == (
        f"The certificate of the Qdrant server at {url} is not trusted ({why}): does"
        " [index] ca_file name its authority's certificates, and is [index] url right?"
    )


class Talking(Refusing):
    """A server that answers what the client does not expect."""

    def do_GET(self) -> None:
        body = b'{"result": {"exists": "Our salaries are secret."}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_what_a_server_of_another_version_says_of_pages_is_in_no_message() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Talking) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(IndexUnavailable, match="versions fit") as caught:
            ServerIndex.open(
                Server(f"http://127.0.0.1:{http.server_port}"), collection="p", dimensions=64
            )
        http.shutdown()

    assert "salaries" not in str(caught.value)


class Versioned(Refusing):
    """A server that states its version and nothing else."""

    version = ""

    def do_GET(self) -> None:
        body = json.dumps({"title": "qdrant", "version": self.version}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize(
    ("apart", "fits"), [((0, 0), True), ((0, 1), True), ((0, -2), False), ((1, 0), False)]
)
def test_a_server_of_an_incompatible_version_is_reported(
    apart: tuple[int, int], fits: bool
) -> None:
    major, minor, _ = (int(part) for part in CLIENT_VERSION.split("."))
    served = f"{major + apart[0]}.{minor + apart[1]}.3"
    handler = type("Handler", (Versioned,), {"version": served})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        problem = Server(f"http://127.0.0.1:{http.server_port}").version_problem()
        http.shutdown()

    assert (problem is None) is fits
    assert fits or (problem and served in problem and CLIENT_VERSION in problem)


class Limited(QdrantClient):
    """A client that counts the bytes of the longest write."""

    longest = 0

    def _look(self, *parts: Any) -> None:
        size = sum(len(part.model_dump_json()) for part in chain.from_iterable(parts))
        self.longest = max(self.longest, size)

    def upsert(self, collection_name: str, points: Any, **options: Any) -> Any:
        self._look(points)
        return super().upsert(collection_name, points, **options)

    def update_vectors(self, collection_name: str, points: Any, **options: Any) -> Any:
        self._look(points)
        return super().update_vectors(collection_name, points, **options)

    def batch_update_points(self, collection_name: str, operations: Any, **options: Any) -> Any:
        self._look(operations)
        return super().batch_update_points(collection_name, operations, **options)


def test_a_long_page_and_a_large_model_make_no_request_that_a_server_refuses() -> None:
    """A server takes 32 MB. Here a page has 400 passages of 50 short sentences and 1,024
    dimensions."""
    client = Limited(":memory:")
    server = Server("http://qdrant.example.com", client=client)
    engine = ServerEngine(server, "passages", 1024)
    vector, meanings = [1 / 3] * 1024, "x" * (51 * 1024 * 4 // 3)
    ids = [uuid.UUID(int=number) for number in range(400)]
    engine.upsert([Point(id_, {"meanings": meanings}, vector) for id_ in ids])
    written = client.longest
    engine.embed([Embedded(id_, vector, meanings) for id_ in ids])

    assert 0 < written <= client.longest < 8 << 20
    assert len(list(engine.points())) == 400


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class MadeMeanwhile(QdrantClient):
    """A client for which another process creates each collection a moment earlier."""

    def create_collection(self, *args: Any, **kwargs: Any) -> bool:
        super().create_collection(*args, **kwargs)
        raise UnexpectedResponse(409, "Conflict", b"it exists already", Headers())


def test_one_of_the_processes_that_start_together_creates_the_index() -> None:
    server = Server("http://qdrant.example.com", client=MadeMeanwhile(":memory:"))
    index = ServerIndex.open(server, collection="passages", dimensions=EMBEDDER.dimensions)

    assert index.counts() == {}


def test_rights_that_another_process_wrote_are_known_in_seconds() -> None:
    embedder, clock = WordEmbedder(), Clock()
    memory = Server("http://qdrant.example.com", client=QdrantClient(":memory:"))
    reading, writing = (
        ServerIndex.open(memory, collection="passages", dimensions=64, clock=clock)
        for _ in range(2)
    )
    reader = Principal.of(EVERYONE, "group:people")
    question = embedder.embed_question("leave")
    assert search(reading, "leave", question, reader=reader, limit=1) == []
    new_passages = passages("leave", "Leave is long.", acl=Acl.of(["group:people"]))
    writing.replace(new_passages, embedder.embed_passages(["leave"]))
    clock.now += 5.0

    assert len(search(reading, "leave", question, reader=reader, limit=1)) == 1


def test_options_reach_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_bytes(b"certificate")
    options_by_call: dict[str, dict[str, Any]] = {}
    monkeypatch.setattr(
        "footnote_bot.indexers.index.server.QdrantClient",
        lambda **options: options_by_call.setdefault("client", options),
    )
    Server("https://qdrant.example.com:6333", "key", str(tmp_path / "ca.pem"))

    assert options_by_call["client"] == {
        "url": "https://qdrant.example.com:6333", "api_key": "key", "check_compatibility": False,
        "timeout": 30, "verify": str(tmp_path / "ca.pem"),
    }  # fmt: skip


class Packing(Refusing):
    """A server with one collection, which takes ``seconds`` to make a snapshot."""

    seconds = 0.0
    snapshot: dict[str, Any] | None = None
    keys: list[str | None]
    path_of_snapshot = ""

    def do_GET(self) -> None:
        self._tell({"exists": True} if self.path.endswith("/exists") else _COLLECTION)

    def do_PUT(self) -> None:
        self._tell({"operation_id": 1, "status": "completed"})

    def do_POST(self) -> None:
        type(self).path_of_snapshot = self.path
        self.keys.append(self.headers["api-key"])
        time.sleep(self.seconds)
        self._tell(self.snapshot)

    def _tell(self, result: Any) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = json.dumps({"result": result, "status": "ok", "time": 0.0}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # the client disconnected
            self.wfile.write(body)


_COLLECTION = {
    "status": "green",
    "optimizer_status": "ok",
    "segments_count": 1,
    "payload_schema": {},
    "config": {
        "params": {},
        "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000},
        "optimizer_config": {
            "deleted_threshold": 0.2,
            "vacuum_min_vector_number": 1000,
            "default_segment_number": 0,
            "flush_interval_sec": 5,
        },
    },
}
_SNAPSHOT = {"name": "passages-1.snapshot", "size": 1, "checksum": "abc"}


@contextmanager
def packing(seconds: float, snapshot: dict[str, Any] | None) -> Iterator[tuple[str, type[Packing]]]:
    handler = type("Handler", (Packing,), {"seconds": seconds, "snapshot": snapshot, "keys": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", handler
        http.shutdown()


class Hasty(Server):
    seconds = 1


def test_a_snapshot_may_take_longer_than_any_other_request(tmp_path: Path) -> None:
    """The server packs gigabytes before it answers."""
    with packing(1.5, _SNAPSHOT) as (url, handler):
        server = Hasty(url, "key")
        engine = ServerEngine(server, "passages", EMBEDDER.dimensions)
        engine.back_up(tmp_path / "copy")
        with pytest.raises(IndexUnavailable, match="timed out"), server.translate_errors():
            server.client.create_snapshot("passages")  # with the usual timeout
    note = json.loads((tmp_path / "copy" / SNAPSHOT).read_text())

    assert handler.path_of_snapshot == "/collections/passages/snapshots?wait=true"
    assert note == {
        "collection": "passages", "snapshot": "passages-1.snapshot", "checksum": "abc",
    }  # fmt: skip
    assert handler.keys[0] == "key"


def test_a_snapshot_that_is_not_made_is_no_backup(tmp_path: Path) -> None:
    with packing(0.0, None) as (url, _):
        engine = ServerEngine(Server(url), "passages", EMBEDDER.dimensions)
        with pytest.raises(IndexUnavailable, match="makes no snapshot of passages"):
            engine.back_up(tmp_path / "copy")

    assert not (tmp_path / "copy").exists()
