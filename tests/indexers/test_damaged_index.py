"""A damaged index is noticed when it is opened or when it fails, and the next sync rebuilds it.
Until then, the readable part answers."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from footnote_bot.bot.app import answerer_of
from footnote_bot.bot.model import NoAnswer, Question, Reason
from footnote_bot.config.settings import IndexSettings, Secrets, Settings
from footnote_bot.indexers.errors import IndexCorrupt
from footnote_bot.indexers.findings import Damage
from footnote_bot.indexers.index.edge import EdgeEngine
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Acl, Principal
from footnote_bot.indexers.ports import PassageIndex
from tests.fakes.defaults import Answerer
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.fakes.wiki import DictWiki
from tests.long import few

ANYONE = Principal.of(EVERYONE)
PAGES = {f"page-{number}" for number in range(25)}
HEALED = "payload_index"
"""Edge recreates these files from the payloads."""


class Library(Indexing):
    """Two wikis, one of 25 pages and one of a single page."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.embedder = WordEmbedder()
        self.big, self.small = DictWiki("big"), DictWiki("small")
        for page in sorted(PAGES):
            self.big.write(page, f"Text of {page}.")
        self.small.write("leave", "Everyone has 28 days.")
        wikis = [self.big, self.small]
        super().__init__(settings or Settings(), Secrets(), wikis=wikis, folder=folder)

    def pages_found(self, text: str = "text page", wiki: str = "big") -> set[str]:
        vector = self.embedder.embed_question(text)
        hits = search(self.index, text, vector, reader=ANYONE, limit=50, wikis=[wiki])
        return {hit.passage.page for hit in hits}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index that was synced, changed and closed."""
    folder = tmp_path_factory.mktemp("sound")
    with Library(folder) as library:
        library.sync()
        library.big.write("page-3", "Text of page-3, edited.")
        library.sync()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of it for a test to damage."""
    copy = tmp_path / "index"
    shutil.copytree(sound, copy)
    return copy


def shard_of(folder: Path) -> Path:
    (shard,) = folder.glob("passages-*")
    return shard


def break_for_good(folder: Path) -> None:
    (shard_of(folder) / "edge_config.json").write_text("{")


def break_the_texts(folder: Path) -> None:
    """The index opens, but the texts and Acls of its pages cannot be read."""
    (file,) = shard_of(folder).glob("segments/*/payload_storage/page_0.dat")
    file.write_bytes(b"")


def break_the_vectors(folder: Path) -> None:
    (file,) = shard_of(folder).glob("segments/*/vector_storage-meaning/vectors/chunk_0.mmap")
    file.write_bytes(b"")


def break_the_log(folder: Path) -> None:
    (shard_of(folder) / "wal" / "open-1").write_bytes(b"")


def empty_it_silently(folder: Path) -> None:
    """To Edge it looks as if the index never had a point."""
    for file in shard_of(folder).glob("segments/*/mutable_id_tracker.versions"):
        file.write_bytes(b"")


def put_a_folder_in_its_place(folder: Path) -> None:
    """A folder opens as well, but with another error than a missing file."""
    (shard_of(folder) / "edge_config.json").unlink()
    (shard_of(folder) / "edge_config.json").mkdir()


BREAKS = [
    break_for_good,
    break_the_texts,
    break_the_vectors,
    break_the_log,
    empty_it_silently,
    put_a_folder_in_its_place,
]


@pytest.mark.parametrize("damage", BREAKS)
def test_a_damage_is_seen_at_the_start_and_mended_by_the_next_sync(
    damage: object, folder: Path
) -> None:
    assert callable(damage)
    damage(folder)
    with Library(folder) as library:
        assert library.index.is_partial
        assert library.index.trouble.startswith("The index is being rebuilt: the old one is")
        assert library.index.counts() == {}
        assert library.pages_found() == set()

        big, small = library.sync()

        assert big.warnings[0].startswith("The index was built anew: the old one is damaged (")
        assert small.warnings == []
        assert (library.index.trouble, library.index.building) == ("", False)
        assert library.pages_found() == PAGES
    assert len(list(folder.glob("passages-*"))) == 1
    assert not (folder / "damaged").exists()


def test_pages_that_were_read_again_answer_across_restarts(folder: Path) -> None:
    break_for_good(folder)
    with Library(folder) as library:
        library.sync("small")
    with Library(folder) as library:
        assert library.index.is_partial
        assert library.pages_found("days", "small") == {"leave"}
        (report,) = library.sync("small")
        assert report.warnings[0].startswith("The index is being rebuilt: ")
        assert "Until every wiki has been read again" in report.warnings[0]
        library.sync()
    with Library(folder) as library:
        assert not library.index.is_partial
        assert library.sync()[0].warnings == []


def test_an_answer_without_hits_names_the_rebuild_as_the_reason(folder: Path) -> None:
    break_for_good(folder)
    with Library(folder) as library:
        library.sync("small")
        answerer = answerer_of(Settings(), library)
        answer = answerer.answer(Question("What does page-3 say?", ANYONE))
        assert isinstance(answer, NoAnswer)
        assert answer.reason is Reason.REBUILDING
        library.sync()
        answer = answerer.answer(Question("Which gluon decays?", ANYONE))

        assert isinstance(answer, NoAnswer)
        assert answer.reason is Reason.NOTHING_FITS


class Dying:
    """An Edge whose methods in `broken` fail."""

    broken: tuple[str, ...] = ()
    folder = ""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("settle", "scroll", "facet", "search", "_update"):
            monkeypatch.setattr(EdgeEngine, name, self._failing(name, getattr(EdgeEngine, name)))

    def _failing(self, name: str, real: object) -> object:
        assert callable(real)

        def run(engine: EdgeEngine, *args: object, **kwargs: object) -> object:
            if name in self.broken and engine._folder.name == self.folder:
                raise IndexCorrupt("It is damaged.")
            return real(engine, *args, **kwargs)

        return run


@pytest.fixture
def dying(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Dying:
    dying = Dying(monkeypatch)
    dying.folder = shard_of(folder).name
    return dying


def test_a_flush_that_fails_begins_another_index_and_loses_nothing(
    folder: Path, dying: Dying
) -> None:
    """This is what a second process did to a writer."""
    with Library(folder) as library:
        library.big.write("page-3", "Text of page-3, edited again.")
        dying.broken = ("settle",)
        library.index.counts()
        library.embedder.embedded.clear()
        big, _ = library.sync()

        assert big.warnings[0].startswith("The index was built anew: the old one is damaged")
        assert library.pages_found("edited again") >= {"page-3"}
        assert library.pages_found() == PAGES
        assert len(library.embedder.embedded) <= 3  # their vectors were kept


def test_a_damaged_index_answers_as_far_as_it_can_be_read(folder: Path, dying: Dying) -> None:
    with Library(folder) as library:
        library.big.write("page-3", "Text of page-3, edited again.")
        dying.broken = ("settle",)
        library.sync("big")
        assert library.index.building
        assert library.pages_found() == PAGES  # the old index is read
    dying.broken = ()
    with Library(folder) as library:
        assert library.index.is_partial
        assert library.pages_found() == PAGES
        library.sync()

        assert not library.index.is_partial
        assert library.pages_found() == PAGES


def test_rights_that_cannot_be_taken_away_take_away_the_index(folder: Path, dying: Dying) -> None:
    with Library(folder) as library:
        library.big.write("page-3", "Text of page-3, edited again.")
        dying.broken = ("settle",)
        library.sync("big")
        dying.broken = ("_update",)
        library.big.write("page-3", "Text of page-3, edited again.", acl=Acl.of(["chiefs"]))
        library.sync("big")

        assert library.pages_found() == PAGES - {"page-3"}


def test_a_search_that_fails_is_remembered_and_mended(folder: Path, dying: Dying) -> None:
    with Library(folder) as library:
        assert library.pages_found() == PAGES
        dying.broken = ("search",)
        assert library.pages_found() == set()
        assert library.index.is_partial
    assert Damage.read((folder / "damaged").read_text()).index
    dying.broken = ()
    with Library(folder) as library:
        assert library.index.building
        library.sync()

        assert library.pages_found() == PAGES
        assert not library.index.is_partial


def test_a_new_index_that_is_damaged_itself_is_begun_again(folder: Path) -> None:
    other = Settings(index=IndexSettings(language="german"))
    with Library(folder, other) as library:
        library.sync("small")
        assert library.index.building
    (candidate,) = {*folder.glob("passages-*")} - {shard_of_current(folder)}
    (candidate / "edge_config.json").write_text("{")
    with Library(folder, other) as library:
        assert library.index.building
        assert not library.index.is_partial
        assert library.pages_found() == PAGES
        library.sync()

        assert not library.index.building
        assert library.pages_found() == PAGES


def test_a_full_sync_whose_new_index_breaks_begins_it_again_and_blames_no_sound_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, broken = EdgeEngine.settle, iter([IndexCorrupt("It is damaged.")])
    counts = []

    def settle_or_break(engine: EdgeEngine) -> None:
        if engine._folder.name.endswith(".1") and (error := next(broken, None)):
            raise error
        settle(engine)

    def gate(current: PassageIndex, _: PassageIndex) -> list[str]:
        counts.append(current.counts())
        return []

    monkeypatch.setattr(EdgeEngine, "settle", settle_or_break)
    with Library(folder) as library:
        reports = library.sync(full=True, gate=gate)

        assert next(broken, None) is None
        assert [(report.complete, report.warnings) for report in reports] == [(True, [])] * 2
        assert counts == [{"big": (25, 25), "small": (1, 1)}]
        assert library.pages_found() == PAGES
    assert not (folder / "damaged").exists()


def test_a_full_sync_during_which_the_old_index_breaks_is_complete(
    folder: Path, dying: Dying
) -> None:
    with Library(folder) as library:
        library.big.write("page-3", "Text of page-3, edited again.", acl=Acl.of(["chiefs"]))
        assert library.pages_found() == PAGES
        dying.broken = ("_update",)
        reports = library.sync(full=True)

        assert [(report.complete, report.error) for report in reports] == [(True, None)] * 2
        assert library.pages_found() == PAGES - {"page-3"}
        assert not library.index.building


def shard_of_current(folder: Path) -> Path:
    return folder / f"passages-{(folder / 'current').read_text().strip()}"


def test_an_index_of_another_model_answers_until_its_successor_is_built(folder: Path) -> None:
    """The old index is searched by words, and its hits are compared with the question again."""

    def answer_to(library: Library, text: str) -> object:
        answerer: Answerer = answerer_of(Settings(), library)
        return answerer.answer(Question(text, ANYONE))

    with Library(folder) as library:
        library.embedder.identity = "another model"
        assert library.index.building
        assert library.index.is_partial
        assert "another model" in library.index.trouble
        before = answer_to(library, "How many days has everyone?")
        silence = answer_to(library, "Which gluon decays?")
        library.sync()
        after = answer_to(library, "How many days has everyone?")

        assert not library.index.is_partial
        assert getattr(before, "text", "") == getattr(after, "text", None)
        assert not isinstance(before, NoAnswer)
        assert isinstance(silence, NoAnswer)
        assert silence.reason is Reason.REBUILDING


def test_an_index_that_an_older_version_wrote_is_built_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old index lacks a field that this version needs."""
    monkeypatch.setattr("footnote_bot.indexers.index.catalog.SCHEMA_VERSION", 4)
    monkeypatch.setattr(
        "footnote_bot.indexers.index.schema._passage", lambda payload: payload["new field"]
    )
    with Library(folder) as library:
        assert library.pages_found() == set()
        assert library.index.is_partial
        assert "another version" in library.index.trouble
    monkeypatch.undo()


@pytest.mark.parametrize("seed", few(range(12), 3))
def test_the_next_sync_leaves_a_whole_index_after_any_damage(seed: int, folder: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - a seed for what is damaged
    for _ in range(chance.randrange(1, 4)):
        damage_one_file(folder, chance)
    with Library(folder) as library:
        library.pages_found()
        library.sync()
        library.sync()

        assert library.index.trouble == ""
        assert library.index.counts() == {"big": (25, 25), "small": (1, 1)}
        assert library.pages_found() == PAGES


def damage_one_file(folder: Path, chance: random.Random) -> None:
    """Damage one file, as a full disk, a power cut or another program may: cut it, empty it, remove
    it or overwrite it."""
    shard = shard_of(folder)
    files = sorted(path for path in shard.rglob("*") if path.is_file() and HEALED not in path.parts)
    file = chance.choice([*files, *shard.glob("wal/*")])
    content = file.read_bytes()
    cut = chance.randrange(min(len(content), 4096) + 1)
    match chance.choice(["cut", "empty", "gone", "noise"]):
        case "cut":
            file.write_bytes(content[:cut])
        case "empty":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
        case _:
            noise = chance.randbytes(min(len(content), 512))
            file.write_bytes(noise + content[len(noise) :])
