"""What only the embedded engine does: its folder, and how it fails."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from footnote_bot.indexers.errors import IndexCorrupt, IndexLocked, IndexUnavailable
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.ports import Embedding
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search

EMBEDDER = WordEmbedder()
HELD = """
import sys
from pathlib import Path
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.index.edge import EdgeIndex
try:
    EdgeIndex.open(Path(sys.argv[1]), dimensions=64)
except IndexersError as error:
    print(type(error).__name__, error)
"""


def opened(folder: Path) -> EdgeIndex:
    return EdgeIndex.open(folder, dimensions=EMBEDDER.dimensions)


def put(index: EdgeIndex, page: str = "leave") -> None:
    new_passages = passages(page, "Leave is long.", "Leave is paid.")
    index.replace(
        new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an index of one page."""
    place = tmp_path / "index"
    with opened(place) as index:
        put(index)
    return place


def test_an_index_outlives_its_process(folder: Path) -> None:
    with opened(folder) as index:
        hits = search(
            index, "leave", EMBEDDER.embed_question("leave"), reader=Principal.of(EVERYONE), limit=5
        )

        assert index.counts() == {"handbook": (1, 2)}
        assert len(hits) == 2


def test_nothing_but_the_index_and_its_lock_stay_in_their_place(folder: Path) -> None:
    assert {path.name for path in folder.parent.iterdir()} == {"index", ".index.lock"}


def test_an_index_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    """A creation that was killed halfway leaves this behind."""
    (tmp_path / ".index.new" / "segments").mkdir(parents=True)
    (tmp_path / ".index.new" / "edge_config.json").write_text("{")
    (tmp_path / "index").mkdir()
    with opened(tmp_path / "index") as index:
        assert index.counts() == {}


def test_a_second_process_is_told_what_to_do(folder: Path) -> None:
    with opened(folder):
        second = subprocess.run(
            [sys.executable, "-c", HELD, folder], capture_output=True, text=True, check=True
        )

    assert second.stdout.strip() == (
        f"IndexLocked Another Footnote process holds the index in {folder}: ask it instead,"
        " stop it, or set [index] url to a Qdrant server."
    )


def test_an_index_is_held_by_one_object(folder: Path) -> None:
    with opened(folder), pytest.raises(IndexLocked):
        opened(folder)


@pytest.mark.parametrize(
    ("damaged", "content"),
    [
        ("edge_config.json", b"{"),
        ("wal/first-index", b""),
        ("segments/*/segment.json", b"noise"),
        ("segments/*/vector_storage-meaning/vectors/status.dat", b""),  # Edge panics
    ],
)
def test_a_damaged_index_says_that_it_is_rebuilt(
    folder: Path, damaged: str, content: bytes
) -> None:
    (file,) = folder.glob(damaged)
    file.write_bytes(content)
    with pytest.raises(IndexCorrupt) as caught:
        opened(folder)
    message = str(caught.value)

    assert message.startswith(f"The index in {folder} is damaged (")
    assert message.endswith("the next `footnote sync`, or the running bot, rebuilds it.")
    assert folder.exists()


Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_named_before_anything_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edge would crash the process."""
    with opened(folder) as index:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 63 << 20))
        with pytest.raises(
            IndexUnavailable, match=r"The disk .* is full: make room \(64 MB are needed, 63 MB"
        ):
            put(index, "travel")
        index.settle()

        assert index.known("handbook").keys() == {"leave"}


def test_a_disk_too_full_to_open_an_index_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 31 << 20))
    with pytest.raises(IndexUnavailable, match=r"is full"):
        opened(folder)


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(IndexUnavailable, match=r"cannot be used"):
        opened(tmp_path / "index")


def test_a_closed_index_says_that_it_is_unavailable(folder: Path) -> None:
    index = opened(folder)
    index.close()
    with pytest.raises(IndexUnavailable, match=r"is closed\.$"):
        index.counts()


def test_a_wrong_request_is_no_damage(folder: Path) -> None:
    """A bug of ours must not make anybody delete an index."""
    with opened(folder) as index:
        with pytest.raises(Exception, match="Vector dimension error") as caught:
            index.replace(passages("leave", "Leave is long."), [Embedding([1.0, 0.0])])

        assert not isinstance(caught.value, IndexUnavailable)
        assert index.known("handbook").keys() == {"leave"}


def test_a_new_index_is_not_begun_where_it_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk of 40 MB the process died of SIGBUS without a message: Edge maps 52 MB."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 63 << 20))
    with pytest.raises(IndexUnavailable, match=r"is full: make room"):
        opened(tmp_path / "index")

    assert list((tmp_path / "index").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EROFS, "mounted read-only: mount it for writing, or name another folder"),
        (errno.EACCES, "Give the folder to the user that Footnote runs as"),
        (errno.ENOSPC, "is full: make room"),
    ],
)
def test_a_folder_that_cannot_be_written_gets_advice(
    number: int, advice: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("footnote_bot.indexers.index.lock._lock_descriptor", refuse)
    with pytest.raises(IndexUnavailable, match=advice):
        opened(folder)


def quantization(folder: Path) -> list[object]:
    """Return how the vectors of each part of an index are quantized."""
    segments = [json.loads(file.read_text()) for file in folder.glob("segments/*/segment.json")]
    return [
        segment["config"]["vector_data"]["meaning"]["quantization_config"] for segment in segments
    ]


def put_many(index: EdgeIndex, pages: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Put pages of one passage each with random vectors, and return the vectors."""
    vectors = np.random.default_rng(0).normal(size=(pages, EMBEDDER.dimensions))
    for number, vector in enumerate(vectors):
        index.replace(passages(f"page{number:03}", f"No {number}."), [Embedding(tuple(vector))])
    return vectors


def found_by(index: EdgeIndex, question: Sequence[float]) -> list[str]:
    hits = search(index, "zanzibar", question, reader=Principal.of(EVERYONE), limit=10)
    return [hit.passage.page for hit in hits]


def test_quantized_vectors_find_what_whole_ones_find(tmp_path: Path) -> None:
    with opened(tmp_path / "index") as index:
        vectors = put_many(index, 400)
        index.settle()
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        for question in np.random.default_rng(1).normal(size=(20, EMBEDDER.dimensions)):
            near = unit @ (question / np.linalg.norm(question))
            nearest = np.sort(near)[::-1][:10]
            numbers = [int(page.removeprefix("page")) for page in found_by(index, tuple(question))]

            # Passages with nearly the same distance may swap places.
            assert near[numbers] == pytest.approx(nearest, abs=1e-3)

    assert all(quantization(tmp_path / "index"))


def test_vectors_stay_quantized_when_deleted_points_are_reclaimed(tmp_path: Path) -> None:
    with opened(tmp_path / "index") as index:
        put_many(index, 1_100)
        index.remove("handbook", [f"page{number:03}" for number in range(100, 1_100)])
        index.settle()

        assert len(found_by(index, (1.0,) * EMBEDDER.dimensions)) == 10

    assert all(quantization(tmp_path / "index"))


@pytest.mark.parametrize("killed", [False, True])
def test_an_index_of_before_quantization_is_rewritten_when_it_is_opened(
    killed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("footnote_bot.indexers.index.edge._QUANTIZATION", None)
        with opened(tmp_path / "index") as index:
            put_many(index, 50)
            counts, first = index.counts(), found_by(index, (1.0,) * EMBEDDER.dimensions)
    assert quantization(tmp_path / "index") == [None]
    if killed:
        with monkeypatch.context() as at_once:
            at_once.setattr("footnote_bot.indexers.index.edge._optimize", lambda *_: None)
            opened(tmp_path / "index").close()
        assert quantization(tmp_path / "index") == [None]

    with opened(tmp_path / "index") as index:
        assert index.counts() == counts
        assert found_by(index, (1.0,) * EMBEDDER.dimensions) == first

    assert all(quantization(tmp_path / "index"))


def await_reading_ahead() -> None:
    for thread in threading.enumerate():
        if thread.name == "reading ahead":
            thread.join()


@pytest.mark.parametrize("enough", [True, False])
def test_the_vectors_and_the_text_of_passages_are_read_ahead(
    enough: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    often_read = ("vector_storage-meaning/vectors/chunk_*.mmap", "payload_storage/page_*.dat")
    files = [file for name in often_read for file in folder.glob(f"segments/*/{name}")]
    sizes = [file.stat().st_size for file in files]
    await_reading_ahead()  # of the fixture that made the index
    lengths: list[int] = []
    # Some systems lack these functions.
    monkeypatch.setattr(os, "POSIX_FADV_WILLNEED", 3, raising=False)
    monkeypatch.setattr(
        os,
        "posix_fadvise",
        lambda _fd, _at, length, _advice: lengths.append(length),
        raising=False,
    )
    monkeypatch.setattr(
        "footnote_bot.indexers.index.edge._MOST", sum(sizes) if enough else min(sizes) - 1
    )
    opened(folder).close()
    await_reading_ahead()

    assert len(sizes) == len(often_read)
    assert sum(lengths) == (sum(sizes) if enough else 0)
