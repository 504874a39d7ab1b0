"""Each digest is for one process, until it is done or that one is dead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.state.database import Database
from bot.state.digests import DatabaseDigests
from bot.state.process import LEASE, Process

DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = DUE

    def __call__(self) -> datetime:
        return self.now


def living(database: Database, clock: Clock) -> DatabaseDigests:
    process = Process(database, clock)
    process.beat()
    return DatabaseDigests(database, process)


def test_who_begins_it_keeps_it_while_it_lives(database: Database) -> None:
    clock = Clock()
    one, other = living(database, clock), living(database, clock)

    assert one.begin(DUE)
    assert one.begin(DUE)
    assert not other.begin(DUE)
    assert other.begin(DUE + timedelta(days=7))


def test_what_a_dead_one_began_another_one_does(database: Database) -> None:
    clock = Clock()
    one = living(database, clock)
    one.begin(DUE)
    clock.now += 2 * LEASE
    other = living(database, clock)

    assert other.begin(DUE)


def test_what_is_done_nobody_begins(database: Database) -> None:
    clock = Clock()
    one = living(database, clock)
    one.begin(DUE)
    one.done(DUE)
    clock.now += 2 * LEASE

    assert not one.begin(DUE)
    assert not living(database, clock).begin(DUE)
