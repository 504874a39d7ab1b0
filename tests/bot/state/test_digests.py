"""One process claims each digest, until it is done or the process is dead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.digests import DatabaseDigests
from footnote_bot.bot.state.process import LEASE, Process

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
    first, other = living(database, clock), living(database, clock)

    assert first.begin(DUE)
    assert first.begin(DUE)
    assert not other.begin(DUE)
    assert other.begin(DUE + timedelta(days=7))


def test_another_process_claims_the_digest_of_a_dead_one(database: Database) -> None:
    clock = Clock()
    digests = living(database, clock)
    digests.begin(DUE)
    clock.now += 2 * LEASE
    other = living(database, clock)

    assert other.begin(DUE)


def test_nobody_claims_a_finished_digest(database: Database) -> None:
    clock = Clock()
    digests = living(database, clock)
    digests.begin(DUE)
    digests.done(DUE)
    clock.now += 2 * LEASE

    assert not digests.begin(DUE)
    assert not living(database, clock).begin(DUE)
