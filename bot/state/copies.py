"""Copies of the bot's database, made while others write to it, and checked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import metadata


def back_up(database: Database, file: Path) -> dict[str, int]:
    """Copy a SQLite database into ``file`` as a snapshot, and return each table's number of rows.
    Writers need not wait.

    Raises:
        StateUnavailable: the database is damaged or cannot be read, or the copy cannot be written.
    """
    try:
        with database.read() as connection, closing(sqlite3.connect(file)) as copy:
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
    with closing(Database.open(file)) as database, database.read() as connection:
        database.check()
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }
