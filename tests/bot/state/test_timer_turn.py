"""One of several processes has the turn to sync on a timer. Here two share a database and an index
that both can write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footnote_bot.bot.operations.passes import Pass
from footnote_bot.bot.operations.scheduler import Scheduler
from footnote_bot.bot.operations.syncing import OneSyncAtATime
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.locks import DatabaseLocks, TimerTurn
from footnote_bot.bot.state.pass_log import DatabasePassLog
from footnote_bot.bot.state.process import Process
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.indexing import Indexing
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki

LEASE = timedelta(seconds=0.6)
OFTEN = timedelta(seconds=0.1)
SECONDS = 60.0
LATER = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Stands still, so that no lease ends because the machine is busy."""

    def __init__(self) -> None:
        self.now = now()

    def __call__(self) -> datetime:
        return self.now


class Indexer:
    """A process that syncs on a timer."""

    def __init__(
        self, name: str, folder: Path, database: Database, log: PassesByProcess, clock: Clock
    ) -> None:
        self.name = name
        wiki = DictWiki("handbook")
        wiki.write("leave", "Leave is thirty days long.")
        self.process = Process(database, clock, lease=LEASE, monotonic=lambda: clock().timestamp())
        self._ending = ExitStack()
        parts = self._ending.enter_context(
            Indexing(Settings(), Secrets(), wikis=[wiki], folder=folder / name)
        )
        parts.embedder = WordEmbedder()
        self._syncing = OneSyncAtATime(
            parts, log.of(name), locks=DatabaseLocks(database, self.process)
        )
        self._turn = TimerTurn(database, self.process)

    def start(self, every: timedelta = OFTEN) -> None:
        self.process.start()
        scheduler = Scheduler(self._syncing, every, timedelta(0), turn=self._turn, turn_check=0.02)
        self._ending.enter_context(scheduler.running())

    def end(self) -> None:
        self._ending.close()
        self.process.leave()

    def die(self) -> None:
        """Die as by `kill -9`: nothing is released, and the heartbeat stops."""
        self._turn.give_back = lambda: None  # type: ignore[method-assign]
        self.process._leaving.set()
        self._ending.close()


class PassesByProcess:
    """The passes in the database, and which process made each."""

    def __init__(self, database: Database) -> None:
        self._kept = DatabasePassLog(database, now)
        self.by: list[str] = []
        self._more = threading.Condition()

    def of(self, name: str) -> OwnPasses:
        return OwnPasses(self, name)

    def record(self, name: str, pass_: Pass) -> None:
        self._kept.record(pass_)
        with self._more:
            self.by.append(name)
            self._more.notify_all()

    def last_complete(self, wiki: str) -> datetime | None:
        return self._kept.last_complete(wiki)

    def since(self, when: datetime) -> list[Pass]:
        return self._kept.since(when)

    def reach(self, name: str, times: int) -> None:
        """Wait until ``name`` has made this many passes."""
        with self._more:
            assert self._more.wait_for(lambda: self.by.count(name) >= times, SECONDS)


class OwnPasses:
    def __init__(self, all_: PassesByProcess, name: str) -> None:
        self._all, self._name = all_, name

    def record(self, pass_: Pass) -> None:
        self._all.record(self._name, pass_)

    def last_complete(self, wiki: str) -> datetime | None:
        return self._all.last_complete(wiki)

    def since(self, when: datetime) -> list[Pass]:
        return self._all.since(when)


@pytest.fixture
def log(database: Database) -> PassesByProcess:
    return PassesByProcess(database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def two(
    database: Database, log: PassesByProcess, clock: Clock, tmp_path: Path
) -> Iterator[list[Indexer]]:
    indexers = [Indexer(name, tmp_path, database, log, clock) for name in ("first", "spare")]
    yield indexers
    for indexer in indexers:
        indexer.end()


def test_the_second_process_takes_over_the_timer_when_the_first_ends(
    two: list[Indexer], log: PassesByProcess
) -> None:
    first, spare = two
    first.start()
    log.reach("first", 1)
    spare.start()
    log.reach("first", 4)
    assert "spare" not in log.by
    first.end()
    log.reach("spare", 2)

    assert log.by[log.by.index("spare") :].count("first") == 0


def test_the_spare_process_takes_over_the_timer_when_the_other_dies(
    two: list[Indexer], log: PassesByProcess, clock: Clock
) -> None:
    first, spare = two
    first.start()
    log.reach("first", 1)
    spare.start()
    log.reach("first", 2)
    first.die()
    assert "spare" not in log.by
    clock.now += LEASE
    log.reach("spare", 1)


def test_a_spare_that_takes_over_does_not_repeat_what_was_just_done(
    two: list[Indexer], log: PassesByProcess
) -> None:
    first, spare = two
    first.start(LATER)
    log.reach("first", 1)
    spare.start(LATER)
    first.end()
    turn, until = TimerTurn(spare.process._database, first.process), now() + timedelta(minutes=1)
    first.process.beat()
    while turn.take():
        turn.give_back()
        assert now() < until

    assert log.by == ["first"]


def test_one_process_keeps_its_turn_and_one_that_gave_it_back_may_have_it_again(
    database: Database,
) -> None:
    with Process(database, now) as first, Process(database, now) as other:
        turns = TimerTurn(database, first), TimerTurn(database, other)

        assert [turns[0].take(), turns[0].take(), turns[1].take()] == [True, True, False]
        turns[0].give_back()
        assert [turns[1].take(), turns[0].take()] == [True, False]
        turns[1].give_back()
        assert turns[0].take()
