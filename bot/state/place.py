"""The place of the bot's database: a file in the data folder, or a URL."""

from __future__ import annotations

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
    def file(self) -> Path | None:
        """Return SQLite's file; None if the database is on a server or in memory."""
        if not self.url:
            return self.folder / "state.sqlite3"
        from footnote_bot.bot.state.copies import file_of  # slow: SQLAlchemy

        return file_of(self.url)

    @property
    def is_made(self) -> bool:
        """Return whether the database exists, judged by its file: opening it would create it."""
        try:
            return (file := self.file) is None or file.exists()
        except OSError:  # opening it says why
            return True

    def open(self, password: str) -> Database:
        """Open the database, created if there is none. ``password`` is a server's.

        Raises:
            StateUnavailable: it cannot be opened.
        """
        from footnote_bot.bot.state.database import Database  # slow: SQLAlchemy

        return Database.open(self.url or self.folder / "state.sqlite3", password)
