"""What is particular to the served engine: how a server fails."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient

from indexers.errors import IndexUnavailable
from indexers.index.server import CLIENT_VERSION, Server, ServerIndex
from indexers.index.server_options import ServerOptions
from indexers.model import EVERYONE, Acl, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages

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
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(IndexUnavailable, match=rf"{url} does not answer .* \[index\] url right"):
        ServerIndex.open(Server(url), collection="passages", dimensions=64)


class Versioned(Refusing):
    """A server that says which version it is, and nothing else."""

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
def test_a_server_of_a_version_that_does_not_fit_is_told(
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


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_rights_that_another_process_wrote_are_known_in_seconds() -> None:
    embedder, clock = WordEmbedder(), Clock()
    memory = Server("http://qdrant.example.com", client=QdrantClient(":memory:"))
    here, there = (
        ServerIndex.open(memory, collection="passages", dimensions=64, clock=clock)
        for _ in range(2)
    )
    reader = Principal.of(EVERYONE, "group:people")
    question = embedder.embed_question("leave")
    assert here.search("leave", question, reader=reader, limit=1) == []
    written = passages("leave", "Leave is long.", acl=Acl.of(["group:people"]))
    there.replace(written, embedder.embed_passages(["leave"]))
    clock.now += 5.0

    assert len(here.search("leave", question, reader=reader, limit=1)) == 1


def test_options_reach_the_client_and_new_collections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ca.pem").write_bytes(b"certificate")
    asked: dict[str, dict[str, Any]] = {}
    monkeypatch.setattr(
        "indexers.index.server.QdrantClient", lambda **named: asked.setdefault("client", named)
    )
    options = ServerOptions(
        grpc_port=6334, ca_file=tmp_path / "ca.pem", timeout=7, shards=6, replicas=3,
        write_consistency=2, read_consistency="majority", read_fan_out=1,
    )  # fmt: skip
    Server("https://qdrant.example.com:6333", "key", options)
    memory = QdrantClient(":memory:")
    for name in ("create_collection", "update_collection", "query_points", "scroll", "facet"):
        call = getattr(memory, name)

        def noted(*args: Any, _name: str = name, _call: Any = call, **named: Any) -> Any:
            asked[_name] = named
            return _call(*args, **named) if _name != "update_collection" else True

        monkeypatch.setattr(memory, name, noted)
    server = Server("https://qdrant.example.com:6333", options=options, client=memory)
    index = ServerIndex.open(server, collection="passages", dimensions=EMBEDDER.dimensions)
    index.search("leave", (), reader=Principal.of(EVERYONE), limit=1)
    index.counts()
    index.known("handbook")

    assert asked["client"] == {
        "url": "https://qdrant.example.com:6333", "api_key": "key", "check_compatibility": False,
        "timeout": 7, "prefer_grpc": True, "grpc_port": 6334, "verify": str(tmp_path / "ca.pem"),
        "grpc_options": {"root_certificates": b"certificate"},
    }  # fmt: skip
    created = asked["create_collection"]
    assert [created[name] for name in _CREATED] == [6, 3, 2]
    assert asked["update_collection"]["collection_params"].read_fan_out_factor == 1
    assert {asked[name]["consistency"] for name in ("scroll", "facet")} == {"majority"}


_CREATED = ("shard_number", "replication_factor", "write_consistency_factor")


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection:UserWarning")
def test_a_server_that_does_not_answer_over_grpc_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", None, ServerOptions(grpc_port=port, timeout=5))

    with pytest.raises(IndexUnavailable, match=r"gRPC \(unavailable\)"), server.explained():
        server.client.collection_exists("passages")
    server.client.close()
