"""The place of the bot's database: a file in the data folder, or a URL."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote_bot.bot.state.database import Database


@dataclass(frozen=True, slots=True)
class StatePlace:
    """The place for the settings' data ``folder`` and ``url`` (empty: a file in the folder).
    Nothing is opened before it is used."""

    folder: Path
    url: str = ""

    @property
    def usual_file(self) -> Path:
        return self.folder / "state.sqlite3"

    @property
    def file(self) -> Path | None:
        """Return SQLite's file; None for a server, for a database in memory, and for a file given
        as a `file:` URI."""
        if not self.url:
            return self.usual_file
        if self.is_on_server:
            return None
        import sqlalchemy as sa  # slow

        name = sa.make_url(self.url).database
        return None if not name or name.startswith((":memory:", "file:")) else Path(name)

    @property
    def is_on_server(self) -> bool:
        """Return whether the database is not SQLite's."""
        if not self.url:
            return False
        # Slow.
        import sqlalchemy as sa
        from sqlalchemy.exc import ArgumentError

        try:
            return sa.make_url(self.url).get_backend_name() != "sqlite"
        except ArgumentError:  # opening it says why
            return True

    @property
    def is_made(self) -> bool:
        """Return whether the database exists, judged by its file: opening it would create it."""
        try:
            return (file := self.file) is None or file.exists()
        except OSError:  # opening it says why
            return True

    def open(self, password: str) -> Database:
        """Open the database, created if there is none. ``password`` is for a server.

        Raises:
            StateUnavailable: it cannot be opened.
        """
        from footnote_bot.bot.state.database import Database  # slow: SQLAlchemy

        return Database.open(self.url or self.usual_file, password)

    def dump_command(self) -> str:
        """Return the command that backs up a PostgreSQL database, without its password."""
        import sqlalchemy as sa  # slow

        url = sa.make_url(self.url)
        query = {name: value for name, value in url.query.items() if "password" not in name}
        url = sa.URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, query
        )
        return f"pg_dump --format=custom --file=footnote.dump {shlex.quote(url.render_as_string())}"
