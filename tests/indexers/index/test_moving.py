"""An embedded index moves to a server. qdrant-client in memory plays the server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.index.catalog import fingerprint, next_name
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.folder_catalog import FolderCatalog
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.moving import Moved, move_to_server
from footnote_bot.indexers.index.opening import InFolder, OnServer
from footnote_bot.indexers.index.schema import Point
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.index.server_catalog import CollectionOwnership, ServerCatalog
from footnote_bot.indexers.model import EVERYONE, Acl, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

EMBEDDER = WordEmbedder()
NAME = fingerprint(embedder=EMBEDDER.identity, splitter="splitter", languages="languages")
PAGES = 300
GROUPS = (EVERYONE, "group:staff", "group:sales", "group:board")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(Server, "version_problem", lambda _: None)
    memory = QdrantClient(":memory:")
    monkeypatch.setattr(memory, "close", lambda: None)
    return Server("http://qdrant.example.com:6333", client=memory)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of an index of 300 pages. A group may read fewer pages than a search looks
    at, because an engine may leave out any of the last hits with equal scores."""
    catalog = FolderCatalog(tmp_path / "index", _open_edge)
    with closing(catalog.open(NAME)) as index:
        catalog.activate(NAME)
        for number in range(PAGES):
            acl = Acl.of([GROUPS[number % len(GROUPS)]])
            words = (f"word{(number * step + step) % 83}" for step in range(1, 12))
            text = f"Room {number} has {' '.join(words)}."
            new_passages = passages(f"page-{number}", text, acl=acl)
            index.replace(
                new_passages,
                EMBEDDER.embed_passages([passage.embedded for passage in new_passages]),
            )
    return tmp_path / "index"


def moved(folder: Path, server: Server, embedder: WordEmbedder = EMBEDDER) -> Moved:
    return move_to_server(
        InFolder(folder),
        OnServer(lambda: server, owner=lambda: "us"),
        embedder=embedder,
        languages=Languages(),
        progress=lambda _: None,
    )


def index_on(server: Server) -> ServerIndex:
    return ServerIndex.open(server, collection=f"passages-{NAME}", dimensions=EMBEDDER.dimensions)


def current_name(server: Server) -> str | None:
    ownership = CollectionOwnership(server, "us")
    return ServerCatalog(server, lambda _: index_on(server), ownership=ownership).current()


def test_every_page_arrives_with_its_rights(folder: Path, server: Server) -> None:
    move = moved(folder, server)
    index, board = index_on(server), Principal.of(EVERYONE, "group:board")

    assert move.counts == index.counts() == {"handbook": (PAGES, PAGES)}
    assert current_name(server) == NAME
    for reader, may_read in ((Principal.of(EVERYONE), False), (board, True)):
        hits = search(index, "room 3 word3", (), reader=reader, limit=PAGES)
        assert ("page-3" in {hit.passage.page for hit in hits}) == may_read
    assert index.embeddings([hits[0].passage.digest])


class Killed(BaseException):
    pass


def _killed(*_: object) -> int:
    raise Killed


def _begin_move(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a move that is killed at its first write."""
    with monkeypatch.context() as patched:
        patched.setattr(ServerIndex, "take", _killed)
        with pytest.raises(Killed):
            moved(folder, server)


def _open_edge(place: Path) -> EdgeIndex:
    return EdgeIndex.open(place, dimensions=EMBEDDER.dimensions)


def test_an_interrupted_move_goes_on_where_it_was(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that changed in between arrive in their current version."""
    take, calls = ServerIndex.take, iter(range(100))

    def dying(index: ServerIndex, points: Sequence[Point]) -> int:
        if next(calls) == 1:
            raise Killed
        return take(index, points)

    with monkeypatch.context() as patched:
        patched.setattr(ServerIndex, "take", dying)
        with pytest.raises(Killed):
            moved(folder, server)

    with pytest.raises(IndexUnavailable, match="a move to it is not finished"):
        current_name(server)
    with closing(_opened(folder)) as index:
        index.remove("handbook", ["page-1"])
        page = index.known("handbook")["page-2"]
        index.relabel("handbook", "page-2", page.revision, Acl.of(["group:board"]))
    move = moved(folder, server)

    assert 0 < move.written < 2 * (PAGES - 1)
    assert move.counts == {"handbook": (PAGES - 1, PAGES - 1)}
    assert index_on(server).known("handbook")["page-2"].acl == Acl.of(["group:board"])


def _opened(folder: Path) -> EdgeIndex:
    return EdgeIndex.open(folder / f"passages-{NAME}", dimensions=EMBEDDER.dimensions)


def test_an_existing_index_on_the_server_is_not_overwritten(folder: Path, server: Server) -> None:
    moved(folder, server)

    with pytest.raises(IndexUnavailable, match="already"):
        moved(folder, server)


@pytest.mark.parametrize("name", [NAME, next_name(NAME)])
def test_an_empty_index_on_the_server_is_replaced(folder: Path, server: Server, name: str) -> None:
    """The bot makes one if it is started with [index] url before the move."""
    target = OnServer(lambda: server, owner=lambda: "us")
    catalog = target.catalog(EMBEDDER.dimensions, Languages())
    catalog.open(name)
    catalog.activate(name)
    move = moved(folder, server)

    assert move.counts == {"handbook": (PAGES, PAGES)}
    assert current_name(server) == NAME
    names = [collection.name for collection in server.client.get_collections().collections]
    assert names == [f"passages-{NAME}"]


def test_an_empty_index_of_another_footnote_is_not_replaced(folder: Path, server: Server) -> None:
    theirs = OnServer(lambda: server, owner=lambda: "others").catalog(
        EMBEDDER.dimensions, Languages()
    )
    theirs.open(NAME)
    theirs.activate(NAME)

    with pytest.raises(IndexUnavailable, match="belongs to another Footnote"):
        moved(folder, server)
    assert theirs.current() == NAME


def test_a_move_of_a_rebuilt_index_deletes_what_was_moved_of_the_one_before(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin_move(folder, server, monkeypatch)
    rebuilt = next_name(NAME)
    with closing(FolderCatalog(folder, _open_edge)) as catalog:
        catalog.open(rebuilt).close()
        catalog.activate(rebuilt)
    move = moved(folder, server)

    assert move.counts == {}
    assert current_name(server) == rebuilt
    names = [collection.name for collection in server.client.get_collections().collections]
    assert names == [f"passages-{rebuilt}"]


def test_the_unfinished_move_of_another_footnote_is_not_told_as_ones_own(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin_move(folder, server, monkeypatch)
    theirs = OnServer(lambda: server, owner=lambda: "others")

    with pytest.raises(IndexUnavailable, match="belongs to another Footnote"):
        theirs.catalog(EMBEDDER.dimensions, Languages()).current()


def test_without_an_index_there_is_nothing_to_move(tmp_path: Path, server: Server) -> None:
    with pytest.raises(IndexUnavailable, match="nothing is moved"):
        moved(tmp_path / "nowhere", server)


class OtherModel(WordEmbedder):
    identity = "another model"
    dimensions = 2 * WordEmbedder.dimensions


def test_an_index_of_another_model_is_not_moved(folder: Path, server: Server) -> None:
    with pytest.raises(IndexUnavailable, match="another model: run `footnote sync`"):
        moved(folder, server, OtherModel())

    assert server.client.get_collections().collections == []
