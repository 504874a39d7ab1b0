"""A damaged SQLite file is noticed, and never backed up as good."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.model import NoAnswer, Reason
from footnote_bot.bot.state import copies
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.outages import Outages
from footnote_bot.bot.state.schema import answers, keys
from tests.bot.databases import POSTGRESQL, empty, needs_postgresql

_PAGE = 4096
_DAMAGED = b"\xff" * 200
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SILENCE = NoAnswer(Reason.NOTHING_FITS, "Nothing.")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with rows on many pages, with long ones, and with pages that are free."""
    file = tmp_path_factory.mktemp("filled") / "state.sqlite3"
    with closing(Database.open(file)) as database:
        stored = DatabaseAnswers(database)
        for number in range(120):
            where = MessageRef("T", "C", f"{number}.0", f"{number}.0")
            question = f"Question {number}? {'And why? ' * (number * 37 % 900)}"
            asked = AskedQuestion(question, "U1", where, private=False)
            stored.keep(asked, SILENCE, NOW, None, {})
        with database.begin() as connection:
            connection.execute(sa.insert(keys), [{"name": f"{n}", "value": ""} for n in range(500)])
            connection.execute(sa.delete(answers).where(answers.c.id.between(20, 30)))
    return file


@pytest.fixture
def file(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(filled, tmp_path / "state.sqlite3"))


def pages_in_use(file: Path) -> list[int]:
    """Return the pages, counted from 1, that are not free."""
    content = file.read_bytes()
    count, trunk = len(content) // _PAGE, int.from_bytes(content[32:36])
    free: set[int] = set()
    while trunk:
        at = (trunk - 1) * _PAGE
        leaves = int.from_bytes(content[at + 4 : at + 8])
        ends = range(at + 8, at + 8 + 4 * leaves, 4)
        free |= {trunk, *(int.from_bytes(content[end : end + 4]) for end in ends)}
        trunk = int.from_bytes(content[at : at + 4])
    return sorted(set(range(1, count + 1)) - free)


def damage(file: Path, page: int) -> None:
    with file.open("r+b") as stream:
        stream.seek((page - 1) * _PAGE)
        stream.write(_DAMAGED)


def root_of(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(query, [table]).fetchone()
    return int(page)


@pytest.fixture
def open_and_damaged(file: Path) -> Iterator[Database]:
    """Yield a database that is open while the root page of its answers is damaged on the disk."""
    with closing(Database.open(file)) as database:
        damage(file, root_of(file, "answers"))
        yield database


def test_of_any_page_in_use_damage_is_found_and_never_backed_up(file: Path, tmp_path: Path) -> None:
    pages = pages_in_use(file)
    assert len(pages) > 100
    whole = file.read_bytes()
    missed = []
    for page in random.Random(4).sample(pages, 20):  # noqa: S311 - no secret
        file.write_bytes(whole)
        damage(file, page)
        copy = tmp_path / "copy"
        copy.unlink(missing_ok=True)
        try:
            with closing(Database.open(file)) as database:
                with pytest.raises(StateUnavailable, match="is damaged"):
                    database.check()
                assert database.is_damaged
                with pytest.raises(StateUnavailable, match="footnote restore"):
                    copies.back_up(database, copy)
        except StateUnavailable:
            continue  # it does not even open
        except pytest.fail.Exception:
            missed.append(page)

    assert not missed


def test_a_sound_database_is_backed_up_with_its_free_pages(file: Path, tmp_path: Path) -> None:
    with closing(Database.open(file)) as database:
        database.check()
        rows = copies.back_up(database, tmp_path / "copy")

    assert not database.is_damaged
    assert (rows["answers"], rows["keys"]) == (109, 500)


def test_the_first_read_of_a_damaged_page_tells(open_and_damaged: Database) -> None:
    before = open_and_damaged.is_damaged
    with pytest.raises(StateUnavailable, match=r"is damaged .*malformed.*footnote restore"):
        open_and_damaged.all(sa.select(answers))

    assert (before, open_and_damaged.is_damaged) == (False, True)


def test_damage_on_the_disk_is_found_though_the_page_is_cached(file: Path) -> None:
    with closing(Database.open(file)) as database:
        assert database.all(sa.select(answers))
        damage(file, root_of(file, "answers"))
        with pytest.raises(StateUnavailable, match="is damaged"):
            database.check()


def test_reads_of_other_pages_do_not_end_the_outage(
    open_and_damaged: Database, caplog: pytest.LogCaptureFixture
) -> None:
    clock = iter(range(0, 1_000_000, 100))
    open_and_damaged.tell_outages(Outages(lambda: float(next(clock))))
    for _ in range(3):
        with pytest.raises(StateUnavailable):
            open_and_damaged.all(sa.select(answers))
        open_and_damaged.all(sa.select(keys))

    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_file_that_was_mended_counts_as_sound_again(file: Path) -> None:
    whole = file.read_bytes()
    with closing(Database.open(file)) as database:
        damage(file, root_of(file, "answers"))
        with pytest.raises(StateUnavailable):
            database.check()
        file.write_bytes(whole)
        database.check()

        assert not database.is_damaged


@needs_postgresql
def test_a_server_checks_its_own_pages() -> None:
    empty(POSTGRESQL)
    with closing(Database.open(POSTGRESQL)) as database:
        database.check()
        database.empty_log(deleted=True)

        assert not database.is_damaged
