"""Which index is read, which is written, and how a new index takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Headers
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import UnexpectedResponse

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.findings import Access, Indexed
from footnote_bot.indexers.index.catalog import IndexCatalog, fingerprint
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.doctor import with_indexed
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.folder_catalog import FolderCatalog
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.index.server_catalog import CollectionOwnership, ServerCatalog
from footnote_bot.indexers.model import EVERYONE, NOBODY, Acl, Principal
from footnote_bot.indexers.ports import PassageIndex
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

ANYONE = Principal.of(EVERYONE)
EMBEDDER = WordEmbedder()
OLD, NEW_SPLITTER, NEW_MODEL = "modelone-cutone", "modelone-cuttwo", "modeltwo-cutone"


def folders(place: Path, dimensions: int = EMBEDDER.dimensions) -> Callable[[], IndexCatalog]:
    return lambda: FolderCatalog(
        place / "data", lambda folder: EdgeIndex.open(folder, dimensions=dimensions)
    )


def aliases(_: Path) -> Callable[[], IndexCatalog]:
    server = Server("http://qdrant.example.com", client=QdrantClient(":memory:"))
    server.client.close = lambda: None  # type: ignore[method-assign] # it is in memory alone
    return lambda: ServerCatalog(
        server,
        lambda name: ServerIndex.open(server, collection=name, dimensions=EMBEDDER.dimensions),
        ownership=CollectionOwnership(server, "ours"),
    )


@pytest.fixture
def catalog(tmp_path: Path) -> Callable[[], IndexCatalog]:
    return filled(aliases(tmp_path))


def filled(open_catalog: Callable[[], IndexCatalog]) -> Callable[[], IndexCatalog]:
    """Return a catalog factory. Each call opens the catalog as a new process would."""
    index = CurrentIndex(open_catalog(), OLD)
    put(index, "leave", "Leave is long.")
    put(index, "travel", "Travel is far.")
    index.close()
    return open_catalog


@pytest.fixture
def building(catalog: Callable[[], IndexCatalog]) -> Iterator[CurrentIndex]:
    index = CurrentIndex(catalog(), NEW_SPLITTER)
    yield index
    index.close()


def put(
    index: PassageIndex, page: str, text: str, revision: str = "1", acl: Acl | None = None
) -> None:
    new_passages = passages(page, text, revision=revision, acl=acl or Acl.of([EVERYONE]))
    index.replace(
        new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
    )


def texts(index: PassageIndex, reader: Principal = ANYONE) -> set[str]:
    question = EMBEDDER.embed_question("leave")
    return {hit.passage.text for hit in search(index, "leave", question, reader=reader, limit=9)}


def test_the_same_index_is_read_and_written(catalog: Callable[[], IndexCatalog]) -> None:
    index = CurrentIndex(catalog(), OLD)
    put(index, "leave", "Leave is short.", "2")

    assert not index.building
    index.promote()
    assert not index.building
    assert texts(index) == {"Leave is short.", "Travel is far."}


def test_passages_come_from_the_index_that_is_read_and_from_configured_wikis(
    building: CurrentIndex, catalog: Callable[[], IndexCatalog]
) -> None:
    put(building, "leave", "Leave, cut otherwise.")
    places = [("handbook", "leave", 0)]
    (passage,) = building.passages(places, reader=ANYONE)
    building.close()
    other = CurrentIndex(catalog(), OLD, wikis=["engineering"])

    assert passage.text == "Leave is long."
    assert other.passages(places, reader=ANYONE) == []

    other.close()


def test_the_old_index_is_read_until_the_new_one_is_whole(building: CurrentIndex) -> None:
    put(building, "leave", "Leave, cut otherwise.")

    assert building.building
    assert building.known("handbook").keys() == {"leave"}
    assert texts(building) == {"Leave is long.", "Travel is far."}
    assert building.counts() == {"handbook": (2, 2)}


@pytest.mark.parametrize("catalogs", [folders, aliases])
def test_the_new_index_is_read_from_its_promotion_on(
    catalogs: Callable[[Path], Callable[[], IndexCatalog]], tmp_path: Path
) -> None:
    """An interrupted build is continued. A third index that was never finished is removed."""
    catalog = filled(catalogs(tmp_path))
    CurrentIndex(catalog(), NEW_MODEL).close()
    interrupted = CurrentIndex(catalog(), NEW_SPLITTER)
    put(interrupted, "leave", "Leave, cut otherwise.")
    interrupted.close()
    index = CurrentIndex(catalog(), NEW_SPLITTER)

    assert index.building
    assert index.known("handbook").keys() == {"leave"}
    assert texts(index) == {"Leave is long.", "Travel is far."}
    index.promote()
    assert not index.building
    assert texts(index) == {"Leave, cut otherwise."}

    index.close()
    restarted = CurrentIndex(catalog(), NEW_SPLITTER)

    assert not restarted.building
    assert texts(restarted) == {"Leave, cut otherwise."}
    for removed in (OLD, NEW_MODEL):
        opened = catalog().open(removed)

        assert opened.counts() == {}
        opened.close()
    restarted.close()


@pytest.mark.parametrize("catalogs", [folders, aliases])
def test_a_full_sync_is_known_to_run_or_to_be_unfinished_until_it_is_done(
    catalogs: Callable[[Path], Callable[[], IndexCatalog]], tmp_path: Path
) -> None:
    def state(index: CurrentIndex) -> tuple[bool, bool]:
        return index.is_rebuilding, index.is_unfinished

    catalog = filled(catalogs(tmp_path))
    index = CurrentIndex(catalog(), OLD)
    states = [state(index)]
    index.rebuild()
    states.append(state(index))
    index.set_aside()
    index.close()
    restarted = CurrentIndex(catalog(), OLD)
    states.append(state(restarted))
    restarted.rebuild()
    restarted.promote()
    states.append(state(restarted))
    restarted.close()
    changed = CurrentIndex(catalog(), NEW_MODEL)
    states.append(state(changed))
    changed.close()

    assert states == [
        (False, False), (True, False), (False, True), (False, False), (False, False)
    ]  # fmt: skip


def test_a_page_that_only_the_current_index_has_counts_as_indexed(building: CurrentIndex) -> None:
    """`footnote access` tells what answers use, also while another index is built."""
    access = Access("handbook", "Ann", may_read=True, page="leave")
    indexed = with_indexed(access, Acl.of([EVERYONE]), lambda: ANYONE, lambda: building).indexed

    assert indexed == Indexed(admits=True, current=True)


def test_vectors_of_the_old_index_are_used_where_the_model_is_the_same(
    building: CurrentIndex,
) -> None:
    (old,) = passages("leave", "Leave is long.")

    assert building.embeddings([old.digest]).keys() == {old.digest}


def test_another_model_means_other_vectors(catalog: Callable[[], IndexCatalog]) -> None:
    index = CurrentIndex(catalog(), NEW_MODEL)
    (old,) = passages("leave", "Leave is long.")

    assert index.embeddings([old.digest]) == {}
    index.close()


def test_an_index_of_another_model_is_searched_by_words_alone(
    catalog: Callable[[], IndexCatalog],
) -> None:
    index = CurrentIndex(catalog(), NEW_MODEL)
    hits = search(index, "leave", [1.0, 0.0, 0.0], reader=ANYONE, limit=9)

    assert [(hit.passage.text, hit.cosine) for hit in hits] == [("Leave is long.", 0.0)]
    index.close()


class LongVectors(WordEmbedder):
    dimensions = 2 * WordEmbedder.dimensions


def test_an_embedded_index_whose_vectors_are_shorter_is_read_until_the_new_one_is_whole(
    tmp_path: Path,
) -> None:
    filled(folders(tmp_path))
    index = CurrentIndex(folders(tmp_path, LongVectors.dimensions)(), NEW_MODEL)
    before = texts(index)
    new_passages = passages("leave", "Leave is short.")
    index.replace(
        new_passages, LongVectors().embed_passages([passage.embedded for passage in new_passages])
    )
    index.promote()
    hits = search(index, "leave", LongVectors().embed_question("leave"), reader=ANYONE, limit=9)

    assert before == {"Leave is long."}
    assert [hit.passage.text for hit in hits] == ["Leave is short."]
    index.close()


def test_rights_and_removals_do_not_wait_for_the_new_index(building: CurrentIndex) -> None:
    building.relabel("handbook", "leave", "2", NOBODY)
    building.remove("handbook", ["travel"])

    assert texts(building) == set()


def test_narrower_rights_of_a_page_that_was_split_again_do_not_wait_either(
    building: CurrentIndex,
) -> None:
    people = Acl.of(["group:people"])
    put(building, "leave", "Leave, cut otherwise.", acl=people)

    assert texts(building) == {"Travel is far."}


def test_wider_rights_wait_for_the_new_index(catalog: Callable[[], IndexCatalog]) -> None:
    old = CurrentIndex(catalog(), OLD)
    put(old, "leave", "Secret.", "2", NOBODY)
    old.close()
    index = CurrentIndex(catalog(), NEW_SPLITTER)
    put(index, "leave", "Public.", "3")

    assert texts(index) == {"Travel is far."}
    index.close()


def test_an_old_text_is_not_opened_by_the_rights_of_a_newer_one(
    catalog: Callable[[], IndexCatalog],
) -> None:
    old = CurrentIndex(catalog(), OLD)
    put(old, "leave", "Secret.", "2", Acl.of(["group:chiefs"]))
    old.close()
    index = CurrentIndex(catalog(), NEW_SPLITTER)
    put(index, "leave", "Public.", "3", Acl.of(["group:chiefs"]))
    index.relabel("handbook", "leave", "4", Acl.of([EVERYONE]))
    before = texts(index)
    index.promote()

    assert before == {"Travel is far."}
    assert texts(index) == {"Public."}
    index.close()


def test_an_old_text_that_was_closed_meanwhile_is_not_opened_by_a_newer_one(
    catalog: Callable[[], IndexCatalog],
) -> None:
    chiefs, staff = Acl.of(["group:chiefs"]), Acl.of(["group:staff"])
    old = CurrentIndex(catalog(), OLD)
    put(old, "leave", "Secret.", "2", Acl.of(["group:chiefs", "group:staff"]))
    old.close()
    index = CurrentIndex(catalog(), NEW_SPLITTER)
    put(index, "travel", "Travel, cut otherwise.")
    index.relabel("handbook", "leave", "3", chiefs)
    put(index, "leave", "Public.", "4", staff)

    assert texts(index, Principal.of("group:staff")) == set()
    index.close()


def test_wider_rights_of_the_same_text_reach_the_index_that_is_read(
    building: CurrentIndex,
) -> None:
    put(building, "leave", "Leave, cut otherwise.")
    building.relabel("handbook", "leave", "2", NOBODY)
    closed = texts(building)
    building.relabel("handbook", "leave", "3", Acl.of([EVERYONE]))

    assert closed == {"Travel is far."}
    assert texts(building) == {"Leave is long.", "Travel is far."}


class LikeAServer(QdrantClient):
    """A missing collection is a ValueError in memory. A server answers 404."""

    def query_batch_points(self, collection_name: str, *args: Any, **kwargs: Any) -> Any:
        if not self.collection_exists(collection_name):
            raise UnexpectedResponse(404, "Not Found", b"", Headers())
        return super().query_batch_points(collection_name, *args, **kwargs)

    def scroll(self, collection_name: str, *args: Any, **kwargs: Any) -> Any:
        if not self.collection_exists(collection_name):
            raise UnexpectedResponse(404, "Not Found", b"", Headers())
        return super().scroll(collection_name, *args, **kwargs)

    def facet(self, collection_name: str, *args: Any, **kwargs: Any) -> Any:
        if not self.collection_exists(collection_name):
            raise UnexpectedResponse(404, "Not Found", b"", Headers())
        return super().facet(collection_name, *args, **kwargs)


def test_a_process_follows_a_promotion_by_another_one() -> None:
    server = Server("http://qdrant.example.com", client=LikeAServer(":memory:"))

    def catalog() -> ServerCatalog:
        return ServerCatalog(
            server,
            lambda name: ServerIndex.open(server, collection=name, dimensions=64),
            ownership=CollectionOwnership(server, "ours"),
        )

    old = CurrentIndex(catalog(), OLD)
    put(old, "leave", "Leave is long.")
    reader, writer = (CurrentIndex(catalog(), NEW_SPLITTER) for _ in range(2))
    put(writer, "leave", "Leave, cut otherwise.")
    assert texts(reader) == {"Leave is long."}
    writer.promote()

    assert texts(reader) == {"Leave, cut otherwise."}


class Failing(ServerCatalog):
    """A catalog on a server that fails at ``step`` of a promotion, once."""

    step = ""

    def activate(self, name: str) -> None:
        self._fail("activate")
        super().activate(name)

    def remove_all_except(self, kept: str) -> None:
        self._fail("remove")
        super().remove_all_except(kept)

    def _fail(self, step: str) -> None:
        if self.step == step:
            self.step = ""
            raise IndexUnavailable("The server fails.")


@pytest.mark.parametrize("step", ["activate", "remove"])
def test_a_page_that_is_closed_after_a_failed_promotion_is_found_by_no_process(step: str) -> None:
    server, seconds = Server("http://qdrant.example.com", client=LikeAServer(":memory:")), [0.0]

    def index(wanted: str) -> tuple[Failing, CurrentIndex]:
        catalog = Failing(
            server,
            lambda name: ServerIndex.open(
                server, collection=name, dimensions=64, clock=lambda: 1.8e9 + seconds[0]
            ),
            ownership=CollectionOwnership(server, "ours"),
        )
        return catalog, CurrentIndex(catalog, wanted, clock=lambda: seconds[0])

    _, old = index(OLD)
    put(old, "leave", "Leave is long.")
    _, reader = index(NEW_SPLITTER)
    catalog, writer = index(NEW_SPLITTER)
    put(writer, "leave", "Leave, cut otherwise.")
    before = texts(reader)
    catalog.step = step
    with pytest.raises(IndexUnavailable, match="fails"):
        writer.promote()
    writer.relabel("handbook", "leave", "2", NOBODY)
    seconds[0] += 5.0

    assert before == {"Leave is long."}
    assert texts(reader) == texts(writer) == set()
    writer.promote()
    assert not writer.building


@pytest.mark.parametrize("lookup", ["digests", "page", "counts", "trouble"])
def test_what_is_looked_up_without_a_search_follows_a_promotion_too(lookup: str) -> None:
    server = Server("http://qdrant.example.com", client=LikeAServer(":memory:"))

    def catalog() -> ServerCatalog:
        return ServerCatalog(
            server,
            lambda name: ServerIndex.open(server, collection=name, dimensions=64),
            ownership=CollectionOwnership(server, "ours"),
        )

    reader = CurrentIndex(catalog(), OLD)
    put(reader, "leave", "Leave is long.")
    writer = CurrentIndex(catalog(), OLD)
    writer.rebuild()
    put(writer, "leave", "Holidays are booked early.")
    writer.promote()
    lookups: dict[str, Callable[[], object]] = {
        "digests": lambda: reader.digests("handbook", "leave"),
        "page": lambda: reader.page("handbook", "leave"),
        "counts": reader.counts,
        "trouble": lambda: reader.trouble == "",
    }

    assert lookups[lookup]()


def test_several_footnotes_may_share_a_server() -> None:
    server = Server("http://qdrant.example.com", client=QdrantClient(":memory:"))

    def catalog(prefix: str) -> ServerCatalog:
        return ServerCatalog(
            server,
            lambda name: ServerIndex.open(server, collection=name, dimensions=64),
            prefix=prefix,
            ownership=CollectionOwnership(server, prefix),
        )

    ours, theirs = CurrentIndex(catalog("one-"), OLD), CurrentIndex(catalog("other-"), OLD)
    put(ours, "leave", "Leave is long.")
    CurrentIndex(catalog("other-"), NEW_SPLITTER).promote()

    assert texts(ours) == {"Leave is long."}
    assert theirs.building is False


def test_a_fingerprint_changes_with_all_that_passages_depend_on() -> None:
    base = {"embedder": "m", "splitter": "s", "languages": "english"}
    prints = {fingerprint(**base)} | {fingerprint(**{**base, name: "other"}) for name in base}

    assert len(prints) == 4
    assert fingerprint(**base) == fingerprint(**base)


def test_fingerprints_show_whether_the_model_is_the_same() -> None:
    first = fingerprint(embedder="m", splitter="s", languages="english")
    second = fingerprint(embedder="m", splitter="t", languages="german")

    assert first != second
    assert first.partition("-")[0] == second.partition("-")[0]


def test_a_lost_pointer_is_made_again(tmp_path: Path) -> None:
    open_catalog = folders(tmp_path)
    index = CurrentIndex(open_catalog(), OLD)
    put(index, "leave", "Leave is long.")
    index.close()
    (tmp_path / "data" / "current").unlink()
    reopened = CurrentIndex(open_catalog(), OLD)

    assert texts(reopened) == {"Leave is long."}
    reopened.close()
