"""Databases that earlier versions made are brought to today's schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.state import migrations
from bot.state.database import Database
from bot.state.schema import SCHEMA, metadata

EARLIER = sorted((Path(__file__).parents[2] / "data/schemas").glob("*.sql"))
"""Dumps of databases as the program made them at that schema; two of one number are of branches
that grew beside each other. Each has one question and one answer."""


def differences(database: Database) -> list[object]:
    """How the database differs from the tables that the program works with."""
    with database.look() as connection:
        options = {"include_object": _is_ours, "compare_server_default": False}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def _is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name not in {"schema_version", "alembic_version"}


@pytest.mark.parametrize("dump", EARLIER, ids=lambda file: file.stem)
def test_a_database_of_every_earlier_schema_is_brought_forward(tmp_path: Path, dump: Path) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(dump.read_text())
    Database.open(file).close()
    with closing(Database.open(file)) as database:
        found = differences(database)
        with database.look() as connection:
            question = connection.scalar(sa.select(metadata.tables["answers"].c.question))
            kept = connection.scalar(sa.select(metadata.tables["inbox"].c.text))
            version = connection.scalar(sa.text("SELECT max(version) FROM schema_version"))

    assert found == []
    assert (question, kept, version) == ("kept", "kept", SCHEMA)


def test_a_new_database_is_as_the_program_needs_it(database: Database) -> None:
    assert differences(database) == []


def test_there_is_one_way_forward_and_it_ends_at_this_schema() -> None:
    script = ScriptDirectory(str(Path(str(migrations.__file__)).parent))
    numbers = [int(step.revision) for step in script.walk_revisions()]

    assert script.get_heads() == [str(SCHEMA)]
    assert numbers == sorted(numbers, reverse=True)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(EARLIER[0].read_text())
        before = list(old.iterdump())

    def failing(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bot.state.migrating._recording", lambda _: failing)
        with pytest.raises(KeyboardInterrupt):
            Database.open(file)
    with closing(sqlite3.connect(file)) as old:
        after = list(old.iterdump())

    assert after == before
