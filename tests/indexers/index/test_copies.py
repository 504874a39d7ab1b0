"""A damaged index is never backed up as good."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable
from footnote_bot.indexers.index import copies
from footnote_bot.indexers.index.checking import incomplete_pages
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.opening import InFolder
from footnote_bot.indexers.index.schema import NO_WORDS, Point
from tests.bot.kept_folders import copy
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.long import few

EMBEDDER = WordEmbedder()


def opened(folder: Path) -> CurrentIndex:
    return CurrentIndex(InFolder(folder).catalog(EMBEDDER.dimensions, Languages()), "wanted-1")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    with closing(opened(folder)) as index:
        for page in ("leave", "travel", "rooms"):
            new = passages(page, f"All of {page} is long.", f"And {page} is paid.")
            index.replace(new, EMBEDDER.embed_passages([passage.embedded for passage in new]))
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    copy(sound, tmp_path / "index")
    return tmp_path / "index"


def points(folder: Path) -> dict[object, Point]:
    with closing(opened(folder)) as index:
        return {point.id: point for point in index.candidate.points()}  # type: ignore[attr-defined]


def kind(file: Path) -> str:
    """Return what is the same for a file of each segment and of each field's payload index."""
    without_segment = re.sub(r"/segments/[^/]+/", "/segments/", file.as_posix())
    return re.sub(r"/payload_index/[^/]+-(\w+)/", r"/payload_index/\1/", without_segment)


def copy_of(index: CurrentIndex, folder: Path) -> Path:
    backup = folder.with_name("backup")
    copies.back_up(index, EMBEDDER.dimensions, "embedded", backup)
    return backup


def back_up(folder: Path) -> Path:
    with closing(opened(folder)) as index:
        return copy_of(index, folder)


def spoil_head(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.write(b"\xff" * min(200, file.stat().st_size))


def halve(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


NAMES = [
    "payload_storage/tracker.dat", "mutable_id_tracker.mappings", "segment.json",
    "vector_storage-meaning/deleted/flags_a.dat", "vector_storage-words/deleted/flags_a.dat",
    "vector_storage-meaning/vectors/chunk_0.mmap", "vector_storage-words/store/page_0.dat",
    "payload_index/*-wiki-map/page_0.dat", "mutable_id_tracker.versions",
    "payload_index/config.json", "vector_storage-meaning/quantized_data/status.dat", "*",
]  # fmt: skip


@pytest.mark.parametrize("spoil", [spoil_head, halve, empty])
@pytest.mark.parametrize("name", few(NAMES, 2))
def test_with_any_file_damaged_a_backup_is_refused_or_is_whole(
    sound: Path, tmp_path: Path, name: str, spoil: Callable[[Path], None]
) -> None:
    """Qdrant mends some files by its log when it opens the copy. Such a backup is good. `*` is one
    file of each kind: a map, a null and a numeric index of the payload stand for all fields'."""
    expected = points(sound)
    files = [path for path in sorted(sound.glob(f"passages-*/segments/*/{name}")) if path.is_file()]
    if name == "*":
        every = [path for path in sorted(sound.rglob("passages-*/**/*")) if path.is_file()]
        files = list({kind(path): path for path in every}.values())
    assert files
    wrong = []
    for file in files:
        shutil.rmtree(tmp_path)  # a backup takes 230 MB
        folder = tmp_path / "index"
        copy(sound, folder)
        spoil(folder / file.relative_to(sound))
        try:
            with closing(opened(folder)) as index:
                if index.damage:
                    continue
                backup = copy_of(index, folder)
        except IndexUnavailable:
            continue
        if points(backup) != expected:
            wrong.append(file)

    assert not wrong


def test_a_sound_index_is_backed_up(folder: Path) -> None:
    assert points(back_up(folder)) == points(folder)


def test_a_part_of_a_page_is_no_backup(folder: Path) -> None:
    """For example what a killed write has left, until the next sync."""
    with closing(opened(folder)) as index:
        engine: Any = index.candidate
        head = next(point for point in engine.points() if "head" in point.payload)
        engine._engine.upsert([replace(head, payload={**head.payload, "passages": 9})])
    with pytest.raises(IndexUnavailable, match=r"a part of 1 page: run `footnote sync` first"):
        back_up(folder)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda point: replace(point, payload={**point.payload, "embedded": "other"}), "text"),
        (lambda point: replace(point, meaning=()), "vector"),
        (lambda point: replace(point, meaning=(float("nan"), *point.meaning[1:])), "vector"),
        (lambda point: replace(point, meaning=(0.0,) * len(point.meaning)), "vector"),
        (lambda point: replace(point, words=NO_WORDS), "words"),
    ],
)
def test_a_passage_that_is_not_what_was_stored_is_damage(
    folder: Path, change: Callable[[Point], Point], part: str
) -> None:
    stored = list(points(folder).values())
    spoilt = [point if "head" in point.payload else change(point) for point in stored]

    assert incomplete_pages(stored) == 0
    with pytest.raises(IndexCorrupt, match=f"The {part} of a passage"):
        incomplete_pages(spoilt)


def test_the_check_of_a_running_index_remembers_the_damage_for_the_next_sync(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(opened(folder)) as index:
        engine: Any = index.candidate
        spoilt = [replace(point, words=NO_WORDS) for point in engine.points()]
        monkeypatch.setattr(engine._engine, "points", lambda: iter(spoilt))
        with pytest.raises(IndexCorrupt):
            index.check()

        assert index.damage
        assert "words of a passage" in index.damage.words
