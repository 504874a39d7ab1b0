"""Several processes on one database: who is alive, who syncs, who runs a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from footnote_bot.bot.errors import SyncRunning
from footnote_bot.bot.operations.model import Order
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.job_log import DatabaseJobs
from footnote_bot.bot.state.locks import DatabaseLocks
from footnote_bot.bot.state.process import LEASE, Process
from footnote_bot.indexers.model import SyncScope

HANDBOOK = Order(SyncScope("handbook"))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def beating(database: Database, clock: Clock) -> Iterator[Process]:
    process = Process(database, clock)
    process.beat()
    yield process


def test_one_wiki_is_synced_by_one_process(database: Database, clock: Clock) -> None:
    with beating(database, clock) as first, beating(database, clock) as other:
        our_locks, other_locks = DatabaseLocks(database, first), DatabaseLocks(database, other)
        with our_locks.hold(["a", "b"]):
            with pytest.raises(SyncRunning, match="is syncing b"), other_locks.hold(["b", "c"]):
                pass
            with other_locks.hold(["c"]):
                pass
        with other_locks.hold(["a", "b", "c"]):
            pass


def test_a_process_that_stood_still_may_have_lost_its_locks(
    database: Database, clock: Clock
) -> None:
    seconds = 100.0
    process = Process(database, clock, monotonic=lambda: seconds)
    process.beat()
    locks = DatabaseLocks(database, process)
    with locks.hold(["a"]) as lost:
        seconds += LEASE.total_seconds()
        assert not lost()
        seconds += 1
        assert lost()
        process.beat()
        assert lost()
        with locks.hold(["b"]) as lost_later:
            assert not lost_later()


def test_a_refused_lock_takes_nothing_with_it(database: Database, clock: Clock) -> None:
    with beating(database, clock) as first, beating(database, clock) as other:
        our_locks, other_locks = DatabaseLocks(database, first), DatabaseLocks(database, other)
        with our_locks.hold(["b"]):
            with pytest.raises(SyncRunning), other_locks.hold(["a", "b"]):
                pass
            with our_locks.hold(["a"]):
                pass


def test_a_dead_process_holds_no_lock(database: Database, clock: Clock) -> None:
    with beating(database, clock) as dead, DatabaseLocks(database, dead).hold(["a"]):
        clock.now += LEASE + timedelta(seconds=1)
        with (
            beating(database, clock) as other,
            DatabaseLocks(database, other).hold(["a"]),
        ):
            pass


def test_a_started_process_lives_until_it_leaves(database: Database, clock: Clock) -> None:
    with Process(database, clock) as first, beating(database, clock) as other:
        our_jobs, other_jobs = (
            DatabaseJobs(database, clock, first),
            DatabaseJobs(database, clock, other),
        )
        our_jobs.add(HANDBOOK, "U1", "C1")
        alive = other_jobs.take()

    assert alive is None
    assert other_jobs.take() is not None


def test_a_beat_that_fails_is_not_the_last(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats, again = iter([None, KeyError("of a library")]), Event()

    def beat(_: Process) -> None:
        if error := next(beats, None):
            raise error
        again.set()

    monkeypatch.setattr(Process, "beat", beat)
    with Process(database, clock, lease=timedelta(seconds=0.04)):
        again.clear()
        assert again.wait(60)


def test_a_job_is_taken_once_it_is_ready_and_by_one(database: Database, clock: Clock) -> None:
    with beating(database, clock) as first, beating(database, clock) as other:
        our_jobs, other_jobs = (
            DatabaseJobs(database, clock, first),
            DatabaseJobs(database, clock, other),
        )
        job = our_jobs.add(HANDBOOK, "U1", "C1")
        assert job is not None

        assert other_jobs.take() is None
        our_jobs.shown(job.id, "C2", "1.2")
        our_jobs.ready(job.id)
        job_taken = other_jobs.take()
        assert job_taken is not None
        assert (job_taken.order, job_taken.person) == (HANDBOOK, "U1")
        assert (job_taken.channel, job_taken.message, job_taken.attempts) == ("C2", "1.2", 1)
        assert our_jobs.take() is None


def test_a_job_is_taken_up_from_the_dead_even_while_it_is_cancelled(
    database: Database, clock: Clock
) -> None:
    with beating(database, clock) as dead:
        jobs = DatabaseJobs(database, clock, dead)
        job = jobs.add(HANDBOOK, "U1", "C1")
        assert job is not None
        jobs.ready(job.id)
        jobs.take()
        assert jobs.cancel(job.id)
    clock.now += LEASE + timedelta(seconds=1)
    with beating(database, clock) as other:
        other_jobs = DatabaseJobs(database, clock, other)
        again = other_jobs.take()
        assert again is not None
        assert (again.id, again.attempts) == (job.id, 2)
        assert other_jobs.is_cancelled(job.id)
        other_jobs.ended(job.id)
        assert not other_jobs.cancel(job.id)
        assert other_jobs.take() is None


def test_one_job_for_each_wiki(database: Database, clock: Clock) -> None:
    with beating(database, clock) as process:
        jobs = DatabaseJobs(database, clock, process)
        first = jobs.add(HANDBOOK, "U1", "C1")
        assert first is not None

        assert jobs.add(Order(SyncScope("handbook", page="a.md")), "U1", "C1") is None
        assert jobs.add(Order(), "U1", "C1") is None
        assert jobs.add(Order(SyncScope("office")), "U1", "C1") is not None
        jobs.ended(first.id)
        assert jobs.add(HANDBOOK, "U1", "C1") is not None


def test_what_this_process_dropped_it_takes_up_again(database: Database, clock: Clock) -> None:
    with beating(database, clock) as process:
        jobs = DatabaseJobs(database, clock, process)
        job = jobs.add(HANDBOOK, "U1", "C1")
        assert job is not None
        jobs.ready(job.id)
        jobs.take()
        again = jobs.take()

        assert again is not None
        assert again.attempts == 2


def test_who_died_while_the_clock_was_ahead_is_found_dead_within_a_lease(
    database: Database, clock: Clock
) -> None:
    seconds = 0.0
    clock.now += timedelta(days=400)
    died = Process(database, clock)
    died.beat()
    with DatabaseLocks(database, died).hold(["a"]):
        clock.now -= timedelta(days=400)
        other = Process(database, clock, monotonic=lambda: seconds)
        other.beat()
        other_locks = DatabaseLocks(database, other)
        with pytest.raises(SyncRunning), other_locks.hold(["a"]):
            pass
        seconds += LEASE.total_seconds() + 1
        other.beat()
        with other_locks.hold(["a"]):
            pass


def test_who_lives_with_a_clock_ahead_is_not_taken_for_dead(
    database: Database, clock: Clock
) -> None:
    seconds = 0.0
    other = Process(database, clock, monotonic=lambda: seconds)
    ahead = Clock()
    ahead.now = clock.now + timedelta(days=400)
    alive = Process(database, ahead)
    for _ in range(5):
        alive.beat()
        other.beat()
        seconds += LEASE.total_seconds() / 2
        ahead.now += LEASE / 2
    with (
        DatabaseLocks(database, alive).hold(["a"]),
        pytest.raises(SyncRunning),
        DatabaseLocks(database, other).hold(["a"]),
    ):
        pass
