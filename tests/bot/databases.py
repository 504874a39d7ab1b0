"""Empty databases for the bot's state. Each process migrates one, then copies or empties it: a
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

from footnote_bot.bot.state import database
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.migrating import migrate
from footnote_bot.bot.state.schema import metadata, schema_version

_SCHEMA = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
_BLANK = f"{_SCHEMA}_blank"
_SERVER = os.environ.get("TEST_POSTGRESQL_URL", "")


def _at(schema: str) -> str:
    options = f"-csearch_path%3D{schema}%20-csynchronous_commit%3Doff"
    return _SERVER and f"{_SERVER}?options={options}&connect_timeout=240"


POSTGRESQL = _at(_SCHEMA)
"""The database server; each test process uses a schema of its own in it, whose contents are
dropped. `.ci/run` starts a server. No test cuts its power, so none waits for its disk."""

# SQLite has no passwords, no column types and none of the ALTER statements under test. These are
# left out only on a machine without a server; `.ci/run` installs one, so they always run there.
needs_postgresql = pytest.mark.skipif(
    not POSTGRESQL,
    reason="needs PostgreSQL, for which SQLite cannot stand in: set TEST_POSTGRESQL_URL",
)
"""Marks a test of PostgreSQL only."""

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
    """Delete all rows in the database at ``url``; no test may change its schema. Deleting the few
    rows is ten times as fast as truncating the tables."""
    with _engine(url).begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not schema_version:
                connection.execute(sa.delete(table))
        connection.execute(sa.text(_COUNT_ANEW))


def blank() -> str:
    """Return the URL of a PostgreSQL schema without tables, other than the one of `POSTGRESQL`."""
    url = _at(_BLANK)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {_BLANK} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {_BLANK}"))
    return url


def make_older(connection: sa.Connection, version: int) -> None:
    """Set the schema version of the database to an earlier one."""
    connection.execute(sa.delete(schema_version))
    row = {"version": version, "applied": datetime(2026, 1, 1, tzinfo=UTC)}
    connection.execute(schema_version.insert().values(row))


@cache
def _engine(url: str) -> sa.Engine:
    """Return the server, with the schema made anew: another run may have left an older one."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {_SCHEMA}"))
    Database.open(url).close()
    return engine
