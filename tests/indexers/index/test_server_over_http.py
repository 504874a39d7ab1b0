"""The served engine over HTTP, with the faults of a server and of a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.qdrant_server import CERTIFICATE, QdrantServer
from tests.fakes.searching import search
from tests.long import few

EMBEDDER = WordEmbedder()
TRUSTED = str(CERTIFICATE)

pytestmark = pytest.mark.filterwarnings("ignore:`verify=<str>` is deprecated:DeprecationWarning")


@pytest.fixture(params=few([None, CERTIFICATE], 1), ids=["HTTP", "TLS"])
def qdrant(request: pytest.FixtureRequest) -> Iterator[QdrantServer]:
    with QdrantServer("key", request.param) as server:
        yield server


class Hasty(Server):
    seconds = 1


@contextmanager
def opened(qdrant: QdrantServer, key: str = "key", ca_file: str = TRUSTED) -> Iterator[ServerIndex]:
    server = Hasty(qdrant.url, key, ca_file)
    try:
        yield ServerIndex.open(server, collection="passages", dimensions=EMBEDDER.dimensions)
    finally:
        server.client.close()


def pages(index: ServerIndex) -> list[str]:
    question = EMBEDDER.embed_question("leave")
    hits = search(index, "leave", question, reader=Principal.of(EVERYONE), limit=5)
    return [hit.passage.page for hit in hits]


def put(index: ServerIndex, page: str) -> None:
    index.replace(passages(page, "Leave is long."), EMBEDDER.embed_passages(["leave"]))


def test_what_one_client_writes_another_finds(qdrant: QdrantServer) -> None:
    with opened(qdrant) as writing, opened(qdrant) as reading:
        put(writing, "leave")

        assert pages(reading) == ["leave"]


@pytest.mark.parametrize("key", ["", "another"])
def test_a_wrong_key_opens_nothing(qdrant: QdrantServer, key: str) -> None:
    with pytest.raises(IndexUnavailable, match="set QDRANT_API_KEY"), opened(qdrant, key):
        pass

    assert qdrant.requests == []


def test_a_certificate_is_trusted_only_by_the_file_that_names_it() -> None:
    with QdrantServer("key", CERTIFICATE) as qdrant:
        with (
            pytest.raises(IndexUnavailable, match=r"is not trusted \(self-signed certificate\)"),
            opened(qdrant, ca_file=""),
        ):
            pass
        assert qdrant.requests == []
        with opened(qdrant, ca_file=TRUSTED) as index:
            put(index, "leave")

            assert pages(index) == ["leave"]


FAULTS = {
    "away": "does not answer",
    "hanging": r"does not answer \(.*timed out",
    "429": "takes no more requests for now",
    "503": "failed: Unexpected Response: 503",
}


def fault(qdrant: QdrantServer, name: str) -> AbstractContextManager[None]:
    if name.isdigit():
        return qdrant.responding(int(name))
    return qdrant.away() if name == "away" else qdrant.hanging()


@pytest.mark.parametrize("name", FAULTS)
def test_an_open_index_survives_each_fault_of_its_server(qdrant: QdrantServer, name: str) -> None:
    with opened(qdrant) as index:
        put(index, "leave")
        with fault(qdrant, name):
            with pytest.raises(IndexUnavailable, match=FAULTS[name]):
                pages(index)
            with pytest.raises(IndexUnavailable, match=FAULTS[name]):
                put(index, "travel")

        put(index, "training")
        assert {"leave", "training"} <= set(pages(index))


def test_a_write_whose_response_is_lost_can_be_repeated(qdrant: QdrantServer) -> None:
    with opened(qdrant) as index:
        qdrant.leave_after(writes=1)
        with pytest.raises(IndexUnavailable, match="does not answer"):
            put(index, "leave")
        qdrant.come_back()
        put(index, "leave")

        assert pages(index) == ["leave"]
        assert index.counts() == {"handbook": (1, 1)}
