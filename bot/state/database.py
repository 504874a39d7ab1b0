"""The bot's own database: SQLite in the data folder, or PostgreSQL by URL.

The schema has a version. An older database is migrated when it is opened (`migrating`); a newer one
is refused, because this program would not know what it may change there.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

# SQLAlchemy consults the registry of this module for every value of a statement. LlamaIndex imports
# it, too, and a statement built by another thread during that import would fail.
import sqlalchemy.orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from footnote_bot.bot.errors import StateAway, StateRefused, StateUnavailable
from footnote_bot.bot.state.migrating import migrate
from footnote_bot.bot.state.schema import keys

logger = logging.getLogger(__name__)

_STATEMENT_ERRORS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""Errors about one statement, not about the database itself."""
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Timeouts in seconds; the last in milliseconds. libpq's defaults are none, or minutes: a server
whose network is cut would hang everything."""
_POOL_SECONDS = 10.0
_BUSY_SECONDS = 5
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_MIGRATION_LOCK = 0x0F007A07E
"""The advisory lock under which PostgreSQL lets one process at a time migrate."""

_CALM = 5.0
"""Seconds without a failure after which the database counts as back. A process writes its lease
more often, so a read-only disk does not count as back in between."""
_ROLE_REFUSED = re.compile(
    r"no password supplied|password authentication failed|permission denied for schema"
    r'|FATAL: +(?:database|role) "[^"\n]{1,63}" does not exist'
)
"""The words of a server that works but does not let this role in: trying again does not help. For a
refused connection the driver gives no code. A name in PostgreSQL has at most 63 bytes."""


class _Removed(Exception):
    """The file at the path is no longer the open one."""


class Outages:
    """The log of outages: one line when the database goes away, one when it is back. `Database`
    reports every transaction to it, from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began: float | None = None
        self._last = 0.0

    def failed(self, why: object) -> None:
        """Note that a transaction failed now, and log ``why`` if the outage begins with it."""
        with self._lock:
            self._last = self._clock()
            if self._began is not None:
                return
            self._began = self._last
        logger.error("%s The log says when it can be used again, and nothing until then.", why)

    def worked(self) -> None:
        """Note that a transaction worked; log the end of an outage if it was long enough ago."""
        if self._began is None:  # checked without a lock first
            return
        with self._lock:
            if self._began is None or self._clock() - self._last < _CALM:
                return
            seconds, self._began = self._last - self._began, None
        logger.warning("The bot's database can be used again, after about %.0f s", seconds)


class Database:
    """The database. Its methods block, and so do those of the stores that use it: an event loop
    calls them by `bot.state.stores.in_threads`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._outages: Outages | None = None
        # SQLite itself waits for another writer by sleeping, up to a tenth of a second.
        self._writing = threading.RLock() if engine.dialect.name == "sqlite" else nullcontext()
        self._file: os.stat_result | None = None
        self._checkpoint_due = self.is_sqlite  # earlier processes leave deleted rows in the log
        self.is_damaged = False
        """Whether a statement, or else the last `check`, found SQLite's file damaged."""

    @classmethod
    def open(cls, where: Path | str, password: str = "") -> Self:
        """Open a file (created if it is missing) or a database URL, with ``password`` if it has
        none of its own.

        Raises:
            StateUnavailable: it cannot be opened, or a newer Footnote wrote it.
        """
        database = cls(_engine(where, password))
        try:
            database._migrate()
            database._file = database._file_stat()
        except StateUnavailable:
            database.close()
            raise
        return database

    def tell_outages(self, outages: Outages | None = None) -> None:
        """Log from now on, by ``outages``, when the database goes away and when it is back."""
        self._outages = outages or Outages()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Begin a transaction, committed at the end.

        Raises:
            StateUnavailable: disk full, file gone.
            StateAway: the server is down.
            StateRefused: the database rejects this statement, however often it is tried.
        """
        with self._writing, self.read() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Begin a read-only transaction, which waits for no writer.

        Raises:
            StateUnavailable: as `begin`.
        """
        try:
            self._check_file()
            with self._engine.begin() as connection:
                yield connection
        except _STATEMENT_ERRORS as error:
            why = _driver_message(error)
            refusal = f"The bot's database refuses this ({why})."
            raise StateRefused(
                self._message(why) if _ROLE_REFUSED.search(why) else refusal
            ) from error
        except (DBAPIError, PoolTimeout, _Removed) as error:
            unavailable = self._unavailable(error)
            if self._outages:
                self._outages.failed(unavailable)
            raise unavailable from error
        # In a damaged file other pages can still be read: that is no end of the outage.
        if self._outages and not self.is_damaged:
            self._outages.worked()

    def _unavailable(self, error: DBAPIError | PoolTimeout | _Removed) -> StateUnavailable:
        """Return the error to raise for a driver's: `StateAway` if trying again may help."""
        why = _driver_message(error)
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
        if code & 0xFF in _DAMAGED:
            self.is_damaged = True
            return self._damaged(why)
        kind = StateUnavailable if self.is_sqlite or _ROLE_REFUSED.search(why) else StateAway
        return kind(self._message(why))

    def _damaged(self, why: str) -> StateUnavailable:
        """Return the error that says that SQLite's file is damaged, with the driver's message."""
        return StateUnavailable(
            f"The bot's database {self._engine.url.database} is damaged ({' '.join(why.split())})."
            " Stop Footnote, and put a backup in its place with `footnote restore --force`."
        )

    def check(self) -> None:
        """Check every page of SQLite's file; a server checks its own. It waits for no writer.

        Raises:
            StateUnavailable: it is damaged, or as `begin`.
        """
        if not self.is_sqlite:
            return
        with self.read() as connection:
            connection.exec_driver_sql("PRAGMA shrink_memory")  # read the file, not the cache
            # Of damage at any place in a page, `quick_check` misses half of what this finds.
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        self.is_damaged = found != "ok"
        if self.is_damaged:
            raise self._damaged(str(found))

    def empty_log(self, *, deleted: bool = False) -> None:
        """Empty SQLite's write-ahead log if it may hold deleted rows; ``deleted``: some were
        deleted just now. While another connection reads the log, this is left to the next call."""
        self._checkpoint_due |= deleted and self.is_sqlite
        if not self._checkpoint_due:
            return
        with suppress(StateUnavailable), self.begin() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                checkpoint = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                self._checkpoint_due = bool(checkpoint.scalar())
            finally:
                connection.exec_driver_sql("PRAGMA busy_timeout=5000")

    def _check_file(self) -> None:
        """Check that the file is still there. SQLite goes on using a file that was removed or
        replaced, and everything written to it is lost with the process.

        Raises:
            _Removed
        """
        if self._file is None:
            return
        stat = self._file_stat()
        if stat is None or not os.path.samestat(stat, self._file):
            raise _Removed("its file was removed or replaced: restart Footnote")

    def _file_stat(self) -> os.stat_result | None:
        """Return the stat of SQLite's file; None if there is none."""
        if not self.is_sqlite or not (name := self._engine.url.database) or name == ":memory:":
            return None
        try:
            return Path(name).stat()
        except OSError:
            return None

    def _message(self, why: str) -> str:
        """Return that the database cannot be used, the driver's message ``why``, and advice."""
        if self.is_sqlite:
            file = self._engine.url.database
            advice = f"Is the disk full, or is {file} on a read-only disk, or another user's?"
        elif _ROLE_REFUSED.search(why):
            # Since PostgreSQL 15 only a database's owner may create tables in the schema public.
            advice = (
                "Correct [state] url or FOOTNOTE_STATE_PASSWORD, and make the role the owner of the"
                " database."
            )
        else:
            advice = "Is the server running, and can it be reached?"
        return f"The bot's database cannot be used ({why}). {advice}"

    def run(self, statement: sa.Executable) -> int:
        """Run a statement in a transaction of its own; return how many rows it changed."""
        with self.begin() as connection:
            return connection.execute(statement).rowcount

    def all(self, query: sa.Executable) -> Sequence[sa.Row[Any]]:
        """Return the rows that a query finds. It waits for no writer."""
        with self.read() as connection:
            return connection.execute(query).all()

    def scalar(self, query: sa.Executable) -> Any:
        """Return the first value of the first row that a query finds; None if it finds none. It
        waits for no writer."""
        with self.read() as connection:
            return connection.scalar(query)

    def upsert(
        self,
        table: sa.Table,
        key: Mapping[str, Any],
        values: Mapping[str, Any],
        where: sa.ColumnElement[bool] | None = None,
    ) -> sqlite.Insert | postgresql.Insert:
        """Return an insert that, if there is a row with this ``key``, sets ``values`` in it. A row
        that does not meet ``where`` stays as it is."""
        row = self.insert(table).values({**key, **values})
        return row.on_conflict_do_update(index_elements=list(key), set_=dict(values), where=where)

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """Return an insert that supports ``on conflict``, which is not standard SQL."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def new_id(self, table: sa.Table) -> dict[str, Any]:
        """Return the column ``id`` for a new row; nothing on PostgreSQL, which counts ids itself.

        No row gets the id of a deleted one: buttons in the chat, the receipts of choices and the
        texts of other rows name a row by its id, also after it is deleted. PostgreSQL never gives
        an id twice. SQLite gives the id of the last row to the next one once that row is deleted.
        """
        if not self.is_sqlite:
            return {}
        last = sa.select(sa.func.max(table.c.id)).correlate(None).scalar_subquery()
        noted = sa.select(sa.cast(keys.c.value, sa.Integer)).where(keys.c.name == _last_id(table))
        most = sa.func.max(sa.func.coalesce(last, 0), sa.func.coalesce(noted.scalar_subquery(), 0))
        return {"id": most + 1}

    def note_last_id(self, connection: sa.Connection, *tables: sa.Table) -> None:
        """Record the last id of each table. Call it before rows are deleted."""
        for table in tables if self.is_sqlite else ():
            last = connection.scalar(sa.select(sa.func.max(table.c.id)))
            if last is not None:
                note = self.upsert(keys, {"name": _last_id(table)}, {"value": str(last)})
                connection.execute(note)

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def close(self) -> None:
        self._engine.dispose()

    def _migrate(self) -> None:
        with self.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # one process at a time, too
            migrate(connection)


def _last_id(table: sa.Table) -> str:
    """Return the name under which `keys` holds the table's last id."""
    return f"last id in {table.name}"


def _engine(where: Path | str, password: str) -> sa.Engine:
    """Return the engine for SQLite at a path or URL, or for PostgreSQL at a URL."""
    if isinstance(where, Path):
        _make_folder(where.parent)
    try:
        engine = _create_engine(where, password)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StateUnavailable(
            "The database URL is not one that works here: it needs the form "
            "postgresql+psycopg://user@host/name, and that driver installed: "
            "pip install 'footnote-bot[postgresql]'."
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _create_engine(where: Path | str, password: str) -> sa.Engine:
    """Create the engine. ``password`` is for a server whose URL has none."""
    if isinstance(where, Path):
        url = sa.URL.create("sqlite", database=str(where))
    else:
        url = sa.make_url(where)
    # Parameters hold people's questions and must not reach a log through an error.
    options: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
    if url.get_backend_name() != "sqlite":
        timeouts = {name: value for name, value in _PATIENCE.items() if name not in url.query}
        options |= {"pool_timeout": _POOL_SECONDS, "connect_args": timeouts}
        url = url.set(password=url.password or password or None)
    return sa.create_engine(url, **options)


def _driver_message(error: DBAPIError | PoolTimeout | _Removed) -> str:
    """Return a driver's message on one line."""
    return " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateUnavailable(
            f"The data folder {folder} cannot be used: {error.strerror}."
        ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Configure SQLite: readers beside a writer, acknowledged events that survive a power cut, and
    deleted rows that are overwritten."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    _use_write_ahead_log(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Write through a log. SQLite does not wait where two processes turn that on in a new file
    together: one gets SQLITE_BUSY at once, although it could go on a moment later."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
