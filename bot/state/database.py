"""The bot's own database: SQLite in the data folder, or PostgreSQL by URL.

The schema carries a version. A database that is behind is brought forward when it
is opened; one that is ahead is refused, because an older program would not know
what it may change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bot.errors import StateUnavailable
from bot.state.schema import MIGRATIONS, schema_version
from bot.state.turns import Turns

_MIGRATING = 0x0F007A07E
"""The advisory lock under which PostgreSQL lets one process at a time migrate."""


class Database:
    """Its methods block: call them in a thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        # SQLite's own way to wait for another writer is to sleep, up to a tenth of a second.
        self._turns = Turns() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, where: Path | str) -> Self:
        """A file (made if it is missing) or a database URL.

        Raises:
            StateUnavailable: it cannot be opened, or a newer Footnote wrote it.
        """
        database = cls(_engine(where))
        try:
            database._migrate()
        except StateUnavailable:
            database.close()
            raise
        return database

    @contextmanager
    def begin(self, *, urgent: bool = False) -> Iterator[sa.Connection]:
        """A transaction, committed at the end. ``urgent``: before others that wait to write.

        Raises:
            StateUnavailable: disk full, file gone, server down.
        """
        with self._turns.turn(urgent=urgent) if self._turns else nullcontext(), self.look() as it:
            yield it

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """For reading alone, which waits for no writer.

        Raises:
            StateUnavailable: as `begin`.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StateUnavailable(
                f"The bot's database cannot be used ({error.orig})."
                " Is the disk full, or the file damaged?"
            ) from error

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that knows ``on conflict``, which is not standard SQL."""
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    def close(self) -> None:
        self._engine.dispose()

    def _migrate(self) -> None:
        with self.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # one process at a time, too
            schema_version.create(connection, checkfirst=True)
            version = connection.scalar(sa.select(sa.func.max(schema_version.c.version))) or 0
            if version > len(MIGRATIONS):
                raise StateUnavailable(
                    f"The bot's database has schema {version}; this Footnote knows schemas up to "
                    f"{len(MIGRATIONS)}. Update Footnote, or give it another data folder."
                )
            for number, migration in enumerate(MIGRATIONS[version:], version + 1):
                migration(connection)
                connection.execute(
                    schema_version.insert().values(version=number, applied=datetime.now(UTC))
                )


def _engine(where: Path | str) -> sa.Engine:
    # Parameters hold people's questions and must not reach a log by way of an error.
    url = sa.URL.create("sqlite", database=str(where)) if isinstance(where, Path) else where
    if isinstance(where, Path):
        _make_folder(where.parent)
    try:
        engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StateUnavailable(
            "The database URL is not one that works here: it needs the form "
            "postgresql+psycopg://user@host/name, and that driver installed: "
            "pip install 'footnote-bot[postgresql]'."
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateUnavailable(
            f"The data folder {folder} cannot be used: {error.strerror}."
        ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Readers beside the writer; an acknowledged event outlives a power cut."""
    cursor = connection.cursor()
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
