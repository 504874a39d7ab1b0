"""The lock of an index folder: who holds it and for how long."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.indexers.errors import IndexLocked
from footnote_bot.indexers.index.edge import EdgeEngine, EdgeIndex
from footnote_bot.indexers.index.folder_catalog import FolderCatalog
from footnote_bot.indexers.index.lock import FolderLock
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages

EMBEDDER = WordEmbedder()
OPENERS = """
import sys
from pathlib import Path
from footnote_bot.indexers.errors import IndexLocked
from footnote_bot.indexers.index.edge import EdgeIndex
print("begun", flush=True)
while True:
    try:
        EdgeIndex.open(Path(sys.argv[1]), dimensions=64)
        print("opened", flush=True)
    except IndexLocked:
        pass
"""
HOLDER = """
import sys
from pathlib import Path
from footnote_bot.indexers.index.edge import EdgeIndex
index = EdgeIndex.open(Path(sys.argv[1]), dimensions=64)
print("holds", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def opened(folder: Path) -> EdgeIndex:
    return EdgeIndex.open(folder, dimensions=EMBEDDER.dimensions)


def put(index: EdgeIndex, page: str, revision: str) -> None:
    new_passages = passages(page, f"Leave is {revision} days.", "Leave is paid.", revision=revision)
    index.replace(
        new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
    )


def is_held(folder: Path) -> bool:
    try:
        FolderLock(folder).release()
    except IndexLocked:
        return True
    return False


@pytest.fixture
def opener(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that tries to open the index again and again."""
    process = subprocess.Popen(
        [sys.executable, "-c", OPENERS, folder], stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def test_a_writer_that_flushes_outlives_openers_in_a_loop(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    """Without the lock, this failed after 4 to 8 flushes: "Tracker journal ... is shorter"."""
    with opened(folder) as index:
        opener = request.getfixturevalue("opener")
        assert opener.stdout.readline() == "begun\n"
        for flush in range(40):
            put(index, f"page{flush % 5}", str(flush))
            index.settle()

        assert opener.poll() is None
        assert index.counts() == {"handbook": (5, 10)}
        opener.kill()
        assert opener.stdout.read() == ""
    with opened(folder) as index:
        assert index.counts() == {"handbook": (5, 10)}


def test_a_lock_is_held_against_other_threads_too(folder: Path) -> None:
    refused = []

    def take() -> None:
        try:
            FolderLock(folder)
        except IndexLocked as error:
            refused.append(error)

    with FolderLock(folder):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()

    assert len(refused) == 1
    assert not is_held(folder)


def test_the_kernel_gives_back_what_a_killed_process_held(folder: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holds\n"
    assert is_held(folder)
    holder.kill()
    holder.communicate()

    opened(folder).close()


def test_a_program_that_we_start_does_not_hold_it(folder: Path) -> None:
    lock = FolderLock(folder)
    with subprocess.Popen(["sleep", "60"], close_fds=False) as child:
        lock.release()

        assert not is_held(folder)
        child.kill()


def test_an_index_that_nobody_closed_is_given_back(folder: Path) -> None:
    opened(folder)

    assert not is_held(folder)


def test_an_index_is_released_when_it_cannot_be_opened(folder: Path) -> None:
    opened(folder).close()
    (folder / "edge_config.json").write_text("{")
    with pytest.raises(Exception, match="is damaged") as caught:
        opened(folder)

    assert caught.value.__traceback__ is not None
    assert not is_held(folder)


def test_a_lock_whose_file_was_removed_guards_nothing(folder: Path) -> None:
    """The holder removed the folder for good. The next holder locks a new file."""
    first = FolderLock(folder)
    first.release(remove=True)
    with FolderLock(folder):
        assert is_held(folder)
    assert not is_held(folder)


def test_an_index_that_another_process_holds_is_not_removed(tmp_path: Path) -> None:
    catalog = FolderCatalog(tmp_path, opened)
    catalog.open("current").close()
    with FolderLock(tmp_path / "passages-other"):
        (tmp_path / "passages-other").mkdir()
        catalog.remove_all_except("current")
        assert (tmp_path / "passages-other").exists()

    catalog.remove_all_except("current")
    names = {path.name for path in tmp_path.iterdir()}

    assert names == {"passages-current", ".passages-current.lock"}


def test_nothing_of_edge_runs_before_the_lock(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the code that creates an index or checks whether one exists."""
    with FolderLock(folder), pytest.raises(IndexLocked):
        EdgeEngine(folder, EMBEDDER.dimensions)

    assert not folder.exists()
