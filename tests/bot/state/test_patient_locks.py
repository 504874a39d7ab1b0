"""After a `kill -9` the next sync waits until the lease of the killed process ends, and says so."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.errors import SyncRunning
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.locks import DatabaseLocks, PatientLocks
from footnote_bot.bot.state.process import LEASE, Process


class Time:
    """A clock that only moves by waiting; ``meanwhile`` runs each time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
        self.waited = timedelta()
        self.alive: Process | None = None

    def __call__(self) -> datetime:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waited += timedelta(seconds=seconds)
        self.now += timedelta(seconds=seconds)
        if self.alive:
            self.alive.beat()


@pytest.fixture
def time() -> Time:
    return Time()


def process(database: Database, time: Time) -> Process:
    living = Process(database, time)
    living.beat()
    return living


def test_the_lock_of_a_killed_process_is_waited_for_and_taken(
    database: Database, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    killed, own = process(database, time), process(database, time)
    with DatabaseLocks(database, killed).hold(["handbook"]):
        locks = PatientLocks(database, own, pause=time.pause)
        with caplog.at_level(logging.WARNING), locks.hold(["handbook"]):
            pass

    assert LEASE <= time.waited <= LEASE + timedelta(seconds=1)
    (message,) = caplog.messages
    assert message.startswith("Another process syncs handbook, or was killed while it did: waiting")


def test_a_process_that_lives_is_not_waited_for_longer_than_a_killed_one(
    database: Database, time: Time
) -> None:
    time.alive, own = process(database, time), process(database, time)
    with DatabaseLocks(database, time.alive).hold(["handbook"]):
        locks = PatientLocks(database, own, pause=time.pause)
        with pytest.raises(SyncRunning), locks.hold(["handbook"]):
            pass

    assert time.waited == LEASE + timedelta(seconds=2)


def test_a_free_lock_is_taken_at_once(database: Database, time: Time) -> None:
    locks = PatientLocks(database, process(database, time), pause=time.pause)
    with locks.hold(["handbook"]), locks.hold(["office"]):
        pass

    assert not time.waited


def test_what_is_stopped_waits_no_longer(database: Database, time: Time) -> None:
    killed, own = process(database, time), process(database, time)
    with DatabaseLocks(database, killed).hold(["handbook"]):
        locks = PatientLocks(database, own, pause=time.pause, stopped=lambda: True)
        with pytest.raises(SyncRunning), locks.hold(["handbook"]):
            pass

    assert not time.waited


@pytest.mark.parametrize("exclusive", [False, True])
def test_no_sync_is_lost_to_another_process_that_cannot_write_the_index(
    database: Database, time: Time, exclusive: bool
) -> None:
    seconds = 100.0
    own = Process(database, time, monotonic=lambda: seconds)
    own.beat()
    with PatientLocks(database, own, exclusive=exclusive).hold(["handbook"]) as lost:
        seconds += 2 * LEASE.total_seconds()

        assert lost() is not exclusive
