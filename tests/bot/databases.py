"""Empty databases for the bot's state: migrated once a process, then copied or emptied, because a
migration takes as long as a whole test of the state."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.state import database
from bot.state.database import Database
from bot.state.migrating import migrate
from bot.state.schema import metadata, schema_version

_OF_18 = ("shown_readers", "shown_pages", "shown", "keys")
_OF_19 = ("org_workspaces", "installations", "oauth_states")
_COLUMNS_OF_20 = ("own_words", "own_asker", "chosen")
_INDEXES_OF_21 = ("ix_answers_message", "ix_answers_falling")
_SCHEMA = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
_BLANK = f"{_SCHEMA}_blank"
_SERVER = os.environ.get("TEST_POSTGRESQL_URL", "")


def _at(schema: str) -> str:
    options = f"-csearch_path%3D{schema}%20-csynchronous_commit%3Doff"
    return _SERVER and f"{_SERVER}?options={options}&connect_timeout=240"


POSTGRESQL = _at(_SCHEMA)
"""A schema of each test process in the database to use; what stands in it is dropped. `.ci/run`
starts one. No test cuts its power, so none waits for its disk."""

# SQLite has neither passwords nor the types of columns and the ALTER statements that are tried. A
# developer's machine may have no server; `.ci/run` always installs one, so nothing is left untried.
needs_postgresql = pytest.mark.skipif(
    not POSTGRESQL,
    reason="needs PostgreSQL, for which SQLite cannot stand in: set TEST_POSTGRESQL_URL",
)
"""Marks a test of what PostgreSQL alone does."""

_COUNT_ANEW = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
FROM pg_sequences WHERE schemaname = current_schema()
"""


def lay_out(file: Path) -> None:
    """Make ``file`` an empty database of the newest schema, unless there is one."""
    if not file.exists():
        file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as really:
        really.setattr(database, "migrate", migrate)
        file = Path(folder) / "state.db"
        Database.open(file).close()
        return file.read_bytes()


def migrate_at_once(connection: sa.Connection) -> None:
    """Stand in for `bot.state.migrating.migrate`: a new file gets what the migrations would make
    in it, which takes them fifteen times as long."""
    if connection.dialect.name == "sqlite" and not sa.inspect(connection).get_table_names():
        for statement in _statements():
            connection.exec_driver_sql(statement)
    else:
        migrate(connection)


@cache
def _statements() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.db"
        lay_out(file)
        with closing(sqlite3.connect(file)) as migrated:
            begin, *statements, commit = migrated.iterdump()
    assert (begin, commit) == ("BEGIN TRANSACTION;", "COMMIT;")
    return statements


def empty(url: str) -> None:
    """Leave no row in the database at ``url``, whose schema no test may change. To delete the few
    that there are is ten times as fast as to truncate the tables."""
    with _engine(url).begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not schema_version:
                connection.execute(sa.delete(table))
        connection.execute(sa.text(_COUNT_ANEW))


def blank() -> str:
    """Return the URL of a schema of PostgreSQL without a table, apart from that of `POSTGRESQL`."""
    url = _at(_BLANK)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {_BLANK} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {_BLANK}"))
    return url


def make_older(connection: sa.Connection, version: int) -> None:
    """Make the database say that it is of this schema, which is before 17, and drop the tables and
    columns that came with later ones."""
    for table in (*_OF_18, *_OF_19):
        connection.execute(sa.text(f"DROP TABLE {table}"))
    there = sa.inspect(connection).get_table_names()
    for table in {"written", "jobs"}.intersection(there):
        connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN team"))
    if "answers" in there:
        for index in _INDEXES_OF_21:
            connection.execute(sa.text(f"DROP INDEX IF EXISTS {index}"))
        for column in _COLUMNS_OF_20:
            connection.execute(sa.text(f"ALTER TABLE answers DROP COLUMN {column}"))
    connection.execute(sa.delete(schema_version))
    row = {"version": version, "applied": datetime(2026, 1, 1, tzinfo=UTC)}
    connection.execute(schema_version.insert().values(row))


@cache
def _engine(url: str) -> sa.Engine:
    """The server, once the schema is made anew: another run may have left an older one."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {_SCHEMA}"))
    Database.open(url).close()
    return engine
