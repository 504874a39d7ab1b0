"""Checks of the database, the index and the disk."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.operations import readiness
from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.ports import Embedding
from tests.fakes.index import ListIndex
from tests.fakes.passages import passages

(PASSAGE,) = passages("leave", "Book leave in the calendar.")
VECTORS = Embedding((1.0,))


def away() -> None:
    raise StateUnavailable("postgresql://secret@host is away")


class Broken(ListIndex):
    broken = True

    def page(self, wiki: str, page: str) -> None:
        if self.broken:
            raise IndexUnavailable(f"/home/secret: {wiki} {page}")

    def counts(self) -> dict[str, tuple[int, int]]:
        self.page("every wiki", "every page")
        return {"handbook": (1, 1)}


def test_a_database_that_takes_a_write_is_well() -> None:
    assert readiness.database(lambda: None) == ""


def test_the_error_of_a_failing_database_contains_no_secret() -> None:
    assert readiness.database(away) == "cannot be written"


def test_an_index_is_not_well_before_it_holds_a_page_of_a_wiki_that_is_searched() -> None:
    index = ListIndex()
    check = readiness.Searchable(index, ["handbook"])
    before = check()
    index.replace([PASSAGE], [VECTORS])
    other = readiness.Searchable(index, ["intranet"])()

    assert "holds no page yet" in before
    assert "holds no page yet" in other
    assert check() == ""


def test_an_index_that_is_emptied_later_stays_well() -> None:
    index = ListIndex()
    index.replace([PASSAGE], [VECTORS])
    check = readiness.Searchable(index, ["handbook"])
    check()
    index.remove("handbook", [PASSAGE.page])

    assert check() == ""


def test_an_index_that_cannot_be_asked_is_not_well_before_and_after_it_could() -> None:
    index = Broken()
    check = readiness.Searchable(index, ["handbook"])
    results = []
    for broken in (True, False, True, False):
        index.broken = broken
        results.append(check())

    assert results == ["cannot be searched", "", "cannot be searched", ""]


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


class Damaged(ListIndex):
    damage: object = None


def test_known_damage_is_told_though_the_rest_still_works(tmp_path: Path) -> None:
    process, passages = SimpleNamespace(beat=lambda: None, is_damaged=False), Damaged()
    passages.replace([PASSAGE], [VECTORS])
    checks = readiness.checks(process, passages, ["handbook"], tmp_path)
    before = {name: check() for name, check in checks.items()}
    process.is_damaged, passages.damage = True, "the old one is damaged"
    after = {name: check() for name, check in checks.items()}

    assert before == {"database": "", "index": "", "disk": ""}
    assert "`footnote restore`" in after["database"]
    assert "rebuilt by the next sync" in after["index"]
    assert after["disk"] == ""


def test_the_write_that_finds_the_damage_tells_it(tmp_path: Path) -> None:
    def beat() -> None:
        process.is_damaged = True
        raise StateUnavailable("malformed")

    process = SimpleNamespace(beat=beat, is_damaged=False)
    checks = readiness.checks(process, Damaged(), [], tmp_path)

    assert "`footnote restore`" in checks["database"]()


class Ended(BaseException):
    """The end of the process."""


def test_everything_is_checked_at_the_start_and_every_day_whatever_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "lower_priority", lambda: None)  # of the thread of all tests
    done: list[object] = []

    def damaged() -> None:
        done.append("database")
        raise StateUnavailable("It is damaged.")

    def pause(seconds: float) -> None:
        done.append(seconds)
        if len(done) == 6:
            raise Ended

    with pytest.raises(Ended):
        readiness.check_for_ever((damaged, lambda: done.append("index")), pause)

    assert done == ["database", "index", 86400.0] * 2
    assert {record.message for record in caplog.records} == {"It is damaged."}
