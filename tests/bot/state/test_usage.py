"""The language model's usage, in the database."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.answering.llm.usage import Cap, Spent
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_before
from footnote_bot.bot.state.schema import usage as table
from footnote_bot.bot.state.usage import DatabaseUsage
from tests.bot.databases import POSTGRESQL, empty

TODAY = date(2026, 11, 24)
CAPS = {("day", ""): Cap(100)}


def test_usage_outlives_the_process(tmp_path: Path) -> None:
    first = Database.open(tmp_path / "state.db")
    DatabaseUsage(first).take(TODAY, CAPS, Spent(100))
    first.close()
    second = Database.open(tmp_path / "state.db")
    again = DatabaseUsage(second).take(TODAY, CAPS, Spent(1))
    second.close()

    assert not again


def test_old_days_are_forgotten(database: Database) -> None:
    usage = DatabaseUsage(database)
    for days in range(4):
        usage.take(TODAY - timedelta(days=days), CAPS, Spent(1))

    yesterday = datetime.combine(TODAY - timedelta(days=1), time(12), UTC)

    assert forget_before(database, yesterday) == 2
    assert not usage.take(TODAY, CAPS, Spent(100))
    assert not usage.take(TODAY - timedelta(days=1), CAPS, Spent(100))
    assert usage.take(TODAY - timedelta(days=2), CAPS, Spent(100))


def test_what_is_given_back_of_a_day_that_is_forgotten_leaves_no_row(database: Database) -> None:
    DatabaseUsage(database).correct(TODAY, CAPS, Spent(-5))

    with database.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_database_that_is_gone_is_told(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "state.db")
    with database.begin() as connection:
        table.drop(connection)

    with pytest.raises(StateUnavailable):
        DatabaseUsage(database).take(TODAY, CAPS, Spent(1))
    database.close()


def take_all(where: Path | str, name: str, ready: Barrier, queue: Queue[int]) -> None:
    """Take one token after another as long as that is allowed, in another process."""
    database = Database.open(where)
    usage, total = DatabaseUsage(database), 0
    ready.wait()
    while usage.take(TODAY, {**CAPS, ("person", name): Cap()}, Spent(3)):
        total += 3
    database.close()
    queue.put(total)


@pytest.mark.parametrize("engine", ["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def test_two_processes_together_take_what_a_day_may_use_and_no_more(
    engine: str, tmp_path: Path
) -> None:
    if engine == "postgresql":
        empty(POSTGRESQL)
    where = POSTGRESQL if engine == "postgresql" else tmp_path / "state.db"
    context = multiprocessing.get_context("spawn")
    ready, queue = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=take_all, args=(where, name, ready, queue)) for name in ("U1", "U2")
    ]
    for worker in workers:
        worker.start()
    counts = [queue.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()

    assert sum(counts) == 99
