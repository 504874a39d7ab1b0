"""Files are read the fast way only where no link can lead elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexers.sources.markdown.files import PlainFiles


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "wiki"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "c").mkdir()
    for path in ("top.md", "a/one.md", "a/b/two.md", "c/three.md"):
        (folder / path).write_text(f"text of {path}")
    return folder


def test_files_are_read_in_any_order(root: Path) -> None:
    with PlainFiles(root, 1000) as files:
        for path in ("a/b/two.md", "top.md", "c/three.md", "a/one.md", "a/b/two.md"):
            assert files.read(path) == f"text of {path}".encode()


def test_a_missing_file_is_not_read(root: Path) -> None:
    with PlainFiles(root, 1000) as files:
        assert files.read("a/none.md") is None
        assert files.read("none/at/all.md") is None
        assert files.read("a") is None
        assert files.read("top.md/below.md") is None
        assert files.read("a/one.md") == b"text of a/one.md"
    with PlainFiles(root / "none", 1000) as files:
        assert files.read("top.md") is None


def test_no_link_is_followed(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file.md").write_text("secret")
    (root / "link.md").symlink_to(secret / "file.md")
    (root / "inside.md").symlink_to("top.md")
    (root / "folder").symlink_to(secret)

    with PlainFiles(root, 1000) as files:
        assert files.read("link.md") is None
        assert files.read("inside.md") is None
        assert files.read("folder/file.md") is None


def test_a_folder_that_becomes_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "two.md").write_text("secret")

    with PlainFiles(root, 1000) as files:
        assert files.read("a/one.md")
        (root / "a" / "b").rename(root / "moved")
        (root / "a" / "b").symlink_to(secret)
        assert files.read("a/b/two.md") is None


def test_the_root_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)

    with PlainFiles(tmp_path / "link", 1000) as files:
        assert files.read("a/one.md") == b"text of a/one.md"


def test_a_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.md")

    with PlainFiles(root, 1000) as files:
        assert files.read("pipe.md") is None


def test_large_files_are_not_read(root: Path) -> None:
    (root / "large.md").write_bytes(b"x" * 1001)
    (root / "just.md").write_bytes(b"x" * 1000)
    (root / "empty.md").write_bytes(b"")

    with PlainFiles(root, 1000) as files:
        assert files.read("large.md") is None
        assert files.read("just.md") == b"x" * 1000
        assert files.read("empty.md") == b""


def lowest_free_descriptor() -> int:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def test_no_descriptor_stays_open(root: Path) -> None:
    before = lowest_free_descriptor()
    with PlainFiles(root, 1000) as files:
        for path in ("a/b/two.md", "c/three.md", "a/none.md", "none/x.md", "a/b/two.md"):
            files.read(path)

    assert lowest_free_descriptor() == before
