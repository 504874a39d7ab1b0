"""At any moment a page has exactly one readable version."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.edge import EdgeEngine
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.schema import Point, Where
from footnote_bot.indexers.model import EVERYONE, NOBODY, OPEN, Acl, KnownPage, Passage, Principal
from footnote_bot.indexers.ports import PassageIndex
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search
from tests.long import few

ANYONE = Principal.of(EVERYONE)
EMBEDDER = WordEmbedder()
STAFF, CHIEFS = Acl.of(["staff", "chiefs"]), Acl.of(["chiefs"])


class Killed(BaseException):
    """The process is killed here."""


class Mortal:
    """An engine whose process is killed before one of its writes."""

    def __init__(self, engine: EdgeEngine) -> None:
        self._engine = engine
        self.writes_left: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def upsert(self, points: Sequence[Point]) -> None:
        self._live()
        self._engine.upsert(points)

    def delete(self, where: Where) -> None:
        self._live()
        self._engine.delete(where)

    def label(self, where: Where, payload: dict[str, str]) -> None:
        self._live()
        self._engine.label(where, payload)

    def _live(self) -> None:
        if self.writes_left == 0:
            raise Killed
        if self.writes_left is not None:
            self.writes_left -= 1


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Mortal]:
    opened = EdgeEngine(tmp_path / "index", EMBEDDER.dimensions)
    yield Mortal(opened)
    opened.close()


@pytest.fixture
def index(engine: Mortal) -> StoredPassages:
    return StoredPassages(engine)


def put(index: StoredPassages, new_passages: Sequence[Passage]) -> None:
    index.replace(
        new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
    )


def readable(
    index: StoredPassages, text: str = "leave", limit: int = 20, reader: Principal = ANYONE
) -> list[str]:
    question = EMBEDDER.embed_question(text)
    hits = search(index, text, question, reader=reader, limit=limit)
    return sorted(hit.passage.text for hit in hits)


OLD = ["Leave is long.", "Leave is paid.", "Leave is rare."]
NEW = ["Holidays are short.", "Holidays are unpaid."]


@pytest.mark.parametrize("writes", range(4))
def test_a_replace_that_is_killed_leaves_the_old_version_or_the_new(
    index: StoredPassages, engine: Mortal, writes: int
) -> None:
    put(index, passages("leave", *OLD, revision="old"))
    engine.writes_left = writes
    try:
        put(index, passages("leave", *NEW, revision="new"))
    except Killed:
        assert writes < 3
    engine.writes_left = None
    expected, revision = (OLD, "old") if writes < 2 else (NEW, "new")

    # The question has the words of both versions. One version's passages may be the only near ones.
    assert readable(index, "leave is long") == expected
    assert readable(index, "holidays are short") == expected
    assert index.known("handbook")["leave"].revision == revision

    index.sweep("handbook")

    assert readable(index) == expected
    assert index.counts() == {"handbook": (1, len(expected))}


@pytest.mark.parametrize("writes", range(2))
def test_a_first_version_that_is_killed_is_not_there(
    index: StoredPassages, engine: Mortal, writes: int
) -> None:
    engine.writes_left = writes
    with pytest.raises(Killed):
        put(index, passages("leave", *OLD))
    engine.writes_left = None

    assert readable(index) == []
    assert index.known("handbook") == {}
    assert index.sweep("handbook") == (len(OLD) if writes else 0)
    assert index.counts() == {}


def test_left_over_passages_do_not_crowd_out_readable_ones(
    index: StoredPassages, engine: Mortal
) -> None:
    """There are more leftover passages than a search looks at."""
    put(index, passages("travel", "Leave for the airport early."))
    engine.writes_left = 1
    with pytest.raises(Killed):
        put(index, passages("leave", *(f"Leave for the airport {n}." for n in range(300))))
    engine.writes_left = None

    assert readable(index, "leave for the airport", limit=3) == ["Leave for the airport early."]


@pytest.mark.parametrize("writes", range(3))
def test_a_label_that_is_killed_is_made_again(
    index: StoredPassages, engine: Mortal, writes: int
) -> None:
    """The known revision is written last: until then the page still differs from the wiki."""
    put(index, passages("leave", *OLD))
    kill_a_label(index, engine, NOBODY, writes)

    assert index.known("handbook")["leave"].revision != "2"
    assert readable(index) == (OLD if writes < 2 else [])

    index.relabel("handbook", "leave", "2", NOBODY)

    assert index.known("handbook") == {"leave": KnownPage("2", NOBODY)}
    assert readable(index) == []


@pytest.mark.parametrize("writes", range(1, 3))
@pytest.mark.parametrize(
    ("former", "killed"),
    [(OPEN, STAFF), (STAFF, OPEN), (STAFF, CHIEFS), (STAFF & CHIEFS, STAFF), (NOBODY, OPEN)],
    ids=str,
)
def test_rights_that_go_back_after_a_killed_label_are_not_taken_for_unchanged(
    index: StoredPassages, engine: Mortal, former: Acl, killed: Acl, writes: int
) -> None:
    """The known Acl must not look narrower than it is, or nobody would narrow it."""
    put(index, passages("leave", *OLD, acl=former))
    before = index.known("handbook")["leave"]
    kill_a_label(index, engine, killed, writes)
    page = index.known("handbook")["leave"]
    readers = [Principal.of(EVERYONE, *tokens) for tokens in ((), ("staff",), ("chiefs",))]

    assert page.revision not in {before.revision, "2"}
    for reader in readers:
        assert page.acl.admits(reader) == (former.admits(reader) or killed.admits(reader))

    index.relabel("handbook", "leave", page.revision, page.acl & former)

    for reader in readers:
        assert readable(index, reader=reader) == (OLD if former.admits(reader) else [])


@pytest.mark.parametrize("writes", range(1, 3))
def test_readers_are_narrowed_after_a_killed_label_too(
    index: StoredPassages, engine: Mortal, writes: int
) -> None:
    put(index, passages("leave", *OLD, acl=STAFF))
    kill_a_label(index, engine, OPEN, writes)
    CurrentIndex(SingleIndexCatalog(index), "wanted").narrow("handbook", CHIEFS)

    assert readable(index, reader=Principal.of(EVERYONE, "staff")) == []
    assert readable(index, reader=Principal.of(EVERYONE, "chiefs")) == OLD
    assert index.known("handbook")["leave"].revision not in {"1", "2"}


class SingleIndexCatalog:
    """A catalog that has one index under every name."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index

    def current(self) -> str | None:
        return "wanted"

    def open(self, name: str) -> PassageIndex:
        return self._index

    def activate(self, name: str) -> None:
        pass

    def remove_all_except(self, kept: str) -> None:
        pass

    def damage(self) -> None:
        pass

    def remember(self, damage: object) -> None:
        pass

    def close(self) -> None:
        pass


def kill_a_label(index: StoredPassages, engine: Mortal, acl: Acl, writes: int) -> None:
    engine.writes_left = writes
    with pytest.raises(Killed):
        index.relabel("handbook", "leave", "2", acl)
    engine.writes_left = None


@pytest.mark.parametrize("writes", range(2))
def test_a_removal_that_is_killed_is_made_again(
    index: StoredPassages, engine: Mortal, writes: int
) -> None:
    put(index, passages("leave", *OLD))
    engine.writes_left = writes
    with pytest.raises(Killed):
        index.remove("handbook", ["leave"])
    engine.writes_left = None

    assert readable(index) == (OLD if writes == 0 else [])

    index.remove("handbook", list(index.known("handbook")))
    index.sweep("handbook")

    assert index.counts() == {}


def test_a_page_that_lost_passages_to_a_damage_counts_as_new(
    index: StoredPassages, engine: Mortal
) -> None:
    new_passages = passages("leave", *OLD)
    put(index, new_passages)
    put(index, passages("travel", *NEW))
    engine.delete(Where({"digest": [new_passages[1].digest]}))
    index.sweep("handbook")

    assert index.known("handbook").keys() == {"travel"}


@pytest.mark.parametrize("revisions", few([12, 40], 1))
def test_readers_see_one_whole_version_while_it_is_replaced(
    index: StoredPassages, revisions: int
) -> None:
    """One writer and three readers. Revision n says n in each of its passages."""
    pages = [f"leave {number}" for number in range(4)]

    def write(revision: int) -> None:
        for page in pages:
            texts = [f"{page} {revision} {n}." for n in range(5)]
            put(index, passages(page, *texts, revision=str(revision)))

    write(0)
    finished = threading.Event()
    problems: list[str] = []

    def search_again() -> None:
        question = EMBEDDER.embed_question("leave")
        while not finished.is_set():
            hits = search(index, "leave", question, reader=ANYONE, limit=20)
            versions = {(hit.passage.page, hit.passage.revision) for hit in hits}
            if {page for page, _ in versions} != set(pages) or len(versions) != len(pages):
                problems.append(str(sorted(versions)))

    readers = [threading.Thread(target=search_again) for _ in range(3)]
    for reader in readers:
        reader.start()
    for revision in range(1, revisions):
        write(revision)
    finished.set()
    for reader in readers:
        reader.join()

    assert problems == []


def test_new_rights_are_known_to_readers_before_they_are_written(
    index: StoredPassages, engine: Mortal
) -> None:
    """A page with an Acl that no other page has is readable as soon as it is written."""
    put(index, passages("leave", *OLD))
    readable(index)
    versions: list[list[str]] = []

    class Looking(Mortal):
        def upsert(self, points: Sequence[Point]) -> None:
            super().upsert(points)
            versions.append(readable(index))

    index._engine = Looking(engine._engine)
    put(index, passages("leave", *NEW, revision="2", acl=Acl.of([EVERYONE, "group:people"])))

    assert versions == [OLD, NEW]
