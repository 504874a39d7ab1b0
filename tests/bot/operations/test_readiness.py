"""Checks of the database, the index and the disk."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.errors import StateUnavailable
from bot.operations import readiness
from indexers.errors import IndexUnavailable
from tests.fakes.index import ListIndex


def away() -> None:
    raise StateUnavailable("postgresql://secret@host is away")


class Broken(ListIndex):
    def page(self, wiki: str, page: str) -> None:
        raise IndexUnavailable(f"/home/secret: {wiki} {page}")


def test_a_database_that_takes_a_write_is_well() -> None:
    assert readiness.database(lambda: None) == ""


def test_the_error_of_a_failing_database_contains_no_secret() -> None:
    assert readiness.database(away) == "cannot be written"


def test_an_index_that_answers_is_well_even_if_it_is_empty() -> None:
    assert readiness.index(ListIndex(), ["handbook"]) == ""
    assert readiness.index(Broken(), ["handbook"]) == "cannot be searched"


def test_a_folder_with_room_is_well(tmp_path: Path) -> None:
    assert readiness.disk(tmp_path) == ""
    assert readiness.disk(tmp_path / "gone") == "cannot be read"


@pytest.mark.parametrize(
    ("blocks", "names", "expected"), [(1 << 20, 1000, ""), (10, 1000, "full"), (1 << 20, 0, "full")]
)
def test_a_disk_without_room_or_names_is_full(
    blocks: int, names: int, expected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = SimpleNamespace(f_files=2000, f_favail=names, f_bavail=blocks, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda _: disk)

    assert readiness.disk(tmp_path) == expected
