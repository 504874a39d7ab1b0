"""Composition of the state: the database, and its readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.composing.usage import MemoryUsage, Usage
from bot.flags.ports import WrittenAnswers
from bot.operations.passes import failed_since
from bot.operations.syncing import now
from config.errors import SettingsError
from config.settings import Settings

if TYPE_CHECKING:
    from bot.state.database import Database


@contextmanager
def usage_kept(settings: Settings) -> Iterator[Usage]:
    """Yield the store that counts what a language model uses, together with `serve`'s; None if no
    database is set.

    Raises:
        SettingsError, StateUnavailable: see `opened_state`.
    """
    if not settings.llm.provider:
        yield MemoryUsage()
        return
    # See `opened_state`.
    from bot.state.usage import DatabaseUsage

    with closing(opened_state(settings)) as state:
        yield DatabaseUsage(state)


@contextmanager
def state_if_made(settings: Settings) -> Iterator[Database | None]:
    """Yield the bot's database, for readers; None if there is none, because opening creates it.

    Raises:
        StateUnavailable: it cannot be opened.
    """
    try:
        is_made = bool(settings.state.url) or _state_file(settings).exists()
    except OSError:  # opening it gives the reason
        is_made = True
    if not is_made:
        yield None
        return
    with closing(opened_state(settings)) as state:
        yield state


def opened_state(settings: Settings) -> Database:
    """Open the bot's database.

    Raises:
        SettingsError: its folder cannot be made.
        StateUnavailable: it cannot be opened.
    """
    # SQLAlchemy takes a third of a second to import, which `ask` should not pay.
    from bot.state.database import Database

    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"`data_dir`: {error.strerror}: {settings.data_dir}"]) from None
    return Database.open(settings.state.url or _state_file(settings))


def _state_file(settings: Settings) -> Path:
    return settings.data_dir / "state.sqlite3"


@contextmanager
def written_answers(settings: Settings) -> Iterator[WrittenAnswers | None]:
    """Yield the written answers; None if no bot ever ran."""
    with state_if_made(settings) as state:
        if state is None:
            yield None
            return
        # See `opened_state`.
        from bot.state.written import DatabaseWrittenAnswers

        yield DatabaseWrittenAnswers(state)


def last_pass(settings: Settings, wiki: str) -> datetime | None:
    # See `opened_state`.
    from bot.state.pass_log import DatabasePassLog

    with state_if_made(settings) as state:
        found = DatabasePassLog(state, now).last_complete(wiki) if state else None
    return found.astimezone() if found else None


def has_failed_since(settings: Settings, wiki: str) -> bool:
    # See `opened_state`.
    from bot.state.pass_log import DatabasePassLog

    with state_if_made(settings) as state:
        return state is not None and failed_since(DatabasePassLog(state, now), wiki, now())
