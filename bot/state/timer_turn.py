"""The right to sync on a timer, in the database: the port `bot.operations.scheduler.SyncTurn`."""

from __future__ import annotations

from footnote_bot.bot.errors import SyncRunning
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.locks import DatabaseLocks
from footnote_bot.bot.state.process import Process

_NAME = "(timer)"
"""A name that no wiki has."""


class TimerTurn:
    """The turn of ``process`` among those that share the database. A process has the turn until it
    gives it back or dies."""

    def __init__(self, database: Database, process: Process) -> None:
        self._locks = DatabaseLocks(database, process)

    def take(self) -> bool:
        """Take the turn, or keep it; return whether this process has it.

        Raises:
            StateUnavailable: the database cannot be used.
        """
        try:
            self._locks.take([_NAME])
        except SyncRunning:
            return False
        return True

    def give_back(self) -> None:
        """Leave the turn to another process."""
        self._locks.give_back([_NAME])
