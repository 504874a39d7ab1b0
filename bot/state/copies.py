"""Copies of the bot's database, made while others write to it, and checked."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import metadata

_PRIMARY = 0xFF
"""The bits of SQLite's error code that tell the kind of the error."""


def back_up(database: Database, file: Path) -> dict[str, int]:
    """Copy a SQLite database into ``file`` as a snapshot, and return each table's number of rows.
    Writers need not wait.

    Raises:
        StateUnavailable: the database is damaged or cannot be read, or the copy cannot be written.
    """
    try:
        with database.look() as connection, closing(sqlite3.connect(file)) as copy:
            source: Any = connection.connection.driver_connection
            source.backup(copy)
    except sqlite3.Error as error:
        raise StateUnavailable(
            f"The bot's database cannot be copied to {file} ({error})."
        ) from error
    try:
        return rows_in(file)
    except StateUnavailable as error:
        database.check()  # if it is damaged itself, this says so
        # On a full disk even a complete copy cannot be opened. The bot's own database is fine.
        raise StateUnavailable(
            f"The bot's database cannot be copied to {file}: the copy cannot be opened. Is the"
            " disk full?"
        ) from error


def rows_in(file: Path) -> dict[str, int]:
    """Check every page of a database, and return each table's number of rows. The database is
    opened, so an older one is migrated.

    Raises:
        StateUnavailable: it is damaged or cannot be opened, or a newer Footnote wrote it.
    """
    with closing(Database.open(file)) as database, database.look() as connection:
        database.check()
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


@contextmanager
def alone_in(file: Path) -> Iterator[None]:
    """Keep every other process out of the SQLite database in ``file``.

    Raises:
        StateUnavailable: a process has it open, or it cannot be written.
    """
    if not file.exists():
        yield
        return
    with ExitStack() as opened:
        try:
            connection = sqlite3.connect(file, timeout=0, isolation_level=None)
            opened.enter_context(closing(connection))
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY:
                why = f"A process has the database {file} open: stop it first."
            else:
                why = f"The database {file} cannot be replaced ({error})."
            raise StateUnavailable(why) from error
        except sqlite3.DatabaseError:
            pass  # damaged, so nobody can have it open
        yield


def is_file(url: str) -> bool:
    """Return whether a database URL names SQLite, not a server."""
    try:
        return sa.make_url(url).get_backend_name() == "sqlite"
    except ArgumentError:  # opening it says why
        return False


def file_of(url: str) -> Path | None:
    """Return SQLite's file by a database URL; None for a server, for a database in memory, and for
    a file given as a `file:` URI."""
    name = sa.make_url(url).database if is_file(url) else None
    return None if not name or name.startswith((":memory:", "file:")) else Path(name)


def dump_command(url: str) -> str:
    """Return the command that backs up a PostgreSQL database, without its password."""
    parsed = sa.make_url(url)
    query = {name: value for name, value in parsed.query.items() if "password" not in name}
    parsed = sa.URL.create(
        "postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, query
    )
    return f"pg_dump --format=custom --file=footnote.dump {shlex.quote(parsed.render_as_string())}"
