"""Passes in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.pass_log import DatabasePassLog

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def today() -> datetime:
    """The clock of these tests, in the evening."""
    return NOON + timedelta(hours=8)


PASS = Pass(
    wiki="w",
    kind=PassKind.ALL_PAGES,
    began=NOON,
    ended=NOON + timedelta(minutes=1),
    complete=True,
    error="",
    counts={"added": 1},
    failed={"9": "gone wrong"},
    spaces={"ENG": (3, 1)},
    lags={"ENG": [1.5]},
)


def test_what_is_recorded_comes_back_as_it_was(database: Database) -> None:
    passes = DatabasePassLog(database, today)
    passes.record(PASS)

    assert passes.since(NOON) == [PASS]
    assert passes.since(NOON + timedelta(hours=1)) == []


def test_only_full_passes_that_came_to_their_end_count_as_complete(database: Database) -> None:
    passes = DatabasePassLog(database, today)
    later = NOON + timedelta(hours=1)
    passes.record(PASS)
    passes.record(replace(PASS, began=later, kind=PassKind.RECENT_EDITS))
    passes.record(replace(PASS, began=later, complete=False))
    passes.record(replace(PASS, began=later, wiki="another"))

    assert passes.last_complete("w") == NOON
    assert passes.last_complete("nowhere") is None


def test_a_pass_that_a_clock_ahead_wrote_does_not_pass_for_the_latest(database: Database) -> None:
    passes = DatabasePassLog(database, today)
    passes.record(PASS)
    ahead = NOON + timedelta(days=400)
    passes.record(replace(PASS, began=ahead, ended=ahead))

    assert passes.last_complete("w") == NOON
    assert passes.since(NOON) == [PASS]
