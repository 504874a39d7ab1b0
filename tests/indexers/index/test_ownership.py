"""Two Footnotes on one Qdrant server leave each other's collections alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.opening import owner_of
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.index.server_catalog import CollectionOwnership, ServerCatalog
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
EMBEDDER = WordEmbedder()


@pytest.fixture
def server() -> Server:
    return Server("http://qdrant.example.com", client=QdrantClient(":memory:"))


class Earlier(CollectionOwnership):
    """The ownership of an earlier version, which marked no collection."""

    def claim(self, collection: str) -> None:
        pass


def index(server: Server, owner: str, fingerprint: str = "m-s", prefix: str = "") -> CurrentIndex:
    def opened(name: str) -> ServerIndex:
        return ServerIndex.open(server, collection=name, dimensions=EMBEDDER.dimensions)

    ownership = CollectionOwnership(server, owner) if owner else Earlier(server, owner)
    return CurrentIndex(
        ServerCatalog(server, opened, prefix=prefix, ownership=ownership), fingerprint
    )


def put(index: CurrentIndex, text: str) -> None:
    new_passages = passages("leave", text)
    index.replace(
        new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
    )


@pytest.mark.parametrize("fingerprint", ["m-s", "other-s"])
def test_a_strangers_collection_is_refused_and_stays(server: Server, fingerprint: str) -> None:
    ours = index(server, "ours")
    put(ours, "Leave is long.")
    with pytest.raises(IndexUnavailable, match=r"belongs to another Footnote.*\[index\] prefix"):
        index(server, "theirs", fingerprint)

    assert ours.counts() == {"handbook": (1, 1)}
    assert [collection.name for collection in server.client.get_collections().collections] == [
        "passages-m-s"
    ]


def test_with_prefixes_of_their_own_both_live(server: Server) -> None:
    ours = index(server, "ours")
    index(server, "theirs", prefix="hr-")
    put(ours, "Leave is long.")
    index(server, "theirs", "m-t", prefix="hr-").promote()

    assert ours.counts() == {"handbook": (1, 1)}
    assert index(server, "theirs", "m-t", prefix="hr-").counts() == {}


def test_the_same_footnote_opens_it_again_and_another_process_does(server: Server) -> None:
    put(index(server, "ours"), "Leave is long.")

    assert index(server, "ours").counts() == {"handbook": (1, 1)}


def test_a_collection_of_an_earlier_version_is_claimed_once(server: Server) -> None:
    put(index(server, ""), "Leave is long.")
    assert index(server, "ours").counts() == {"handbook": (1, 1)}

    with pytest.raises(IndexUnavailable, match="belongs to another Footnote"):
        index(server, "theirs")


def test_a_collection_of_an_unknown_owner_is_not_removed(server: Server) -> None:
    """The name of the collection begins as ours do."""
    put(index(server, "theirs", "m-s", prefix="passages-"), "Leave is long.")
    index(server, "ours")
    building = index(server, "ours", "m-t")
    building.promote()
    names = {collection.name for collection in server.client.get_collections().collections}

    assert names == {"passages-m-t", "passages-passages-m-s"}


def test_an_owner_is_the_database_or_the_data_folder(tmp_path: Path) -> None:
    address = "postgresql+psycopg://foot:secret@db.example.com/footnote"
    same_address = "postgresql+psycopg://foot:changed@db.example.com/footnote"
    folder, other_folder = tmp_path / "here", tmp_path / "there"

    assert owner_of(folder, address) == owner_of(other_folder, same_address)
    assert owner_of(folder, address) != owner_of(folder, address + "-hr")
    assert owner_of(folder, "") == owner_of(folder, "")
    assert owner_of(folder, "") != owner_of(other_folder, "")
    assert "secret" not in owner_of(folder, address)


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(IndexUnavailable, match="owner cannot be used"):
        owner_of(tmp_path / "data", "")
