"""What passes tell of the time from a change to its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.operations.passes import (
    Lag,
    Pass,
    PassKind,
    edit_lags,
    failed_since,
    health,
    other_lag,
    passed,
)
from indexers.errors import WikiUnavailable
from indexers.model import Failed, Space, SyncReport

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def one(
    minutes: float,
    *,
    kind: PassKind = PassKind.ALL_PAGES,
    complete: bool = True,
    lasts: float = 1,
    **rest,
) -> Pass:
    began = NOON + timedelta(minutes=minutes)
    return Pass("w", kind, began, began + timedelta(minutes=lasts), complete=complete, **rest)


def test_half_of_the_lags_are_below_the_p50_and_all_but_a_twentieth_below_the_p95() -> None:
    assert Lag.of(range(101)) == Lag(101, 50.0, 95.0)
    assert Lag.of([7.0]) == Lag(1, 7.0, 7.0)
    assert Lag.of([]) == Lag(0, None, None)


def test_the_lag_of_edits_is_told_for_each_space() -> None:
    passes = [one(0, lags={"A": [1.0, 3.0]}), one(5, lags={"A": [2.0], "B": [9.0]})]

    assert edit_lags(passes) == {"A": Lag(3, 2.0, 2.9), "B": Lag(1, 9.0, 9.0)}


def test_all_else_may_take_from_the_beginning_of_one_full_pass_to_the_end_of_the_next() -> None:
    passes = [
        one(0),
        one(30, kind=PassKind.RECENT_EDITS, complete=False),
        one(60, lasts=2),
        one(90, complete=False),
        one(120, lasts=3),
    ]

    assert other_lag(passes).p50 == (62 + 63) / 2 * 60


def test_health_is_what_the_last_full_pass_found() -> None:
    passes = [
        one(0, spaces={"A": (9, 4)}, failed={"1": "gone wrong"}),
        one(60, spaces={"A": (10, 1), "B": (2, 0)}, failed={"2": "gone wrong, too"}),
        one(61, kind=PassKind.RECENT_EDITS, complete=False, error="It went away."),
    ]
    told = health(passes)

    assert told["closed"] == 1
    assert told["failed"] == {"2": "gone wrong, too"}
    assert told["error"] == "It went away."
    assert told["as_of"] == (NOON + timedelta(hours=1)).isoformat()
    assert told["spaces"]["B"]["pages"] == 2


def test_an_error_of_a_full_pass_is_told_until_one_has_none() -> None:
    edits = one(61, kind=PassKind.RECENT_EDITS)
    failing = [one(0), one(60, complete=False, error="It went away."), edits]

    assert health(failing)["error"] == "It went away."
    assert health([*failing, one(120), edits])["error"] == ""


def test_pages_that_failed_are_counted_beyond_those_that_are_named() -> None:
    report = SyncReport("w", failed=[Failed(str(number), "gone") for number in range(250)])
    told = health([passed(report, PassKind.ALL_PAGES, NOON, NOON, None)])

    assert told["pages_failed"] == 250
    assert len(told["failed"]) == 100


def test_a_wiki_never_passed_over_has_no_lag_and_no_date() -> None:
    told = health([])

    assert (told["as_of"], told["closed"], told["error"]) == (None, 0, "")
    assert told["pages_failed"] == 0


def test_a_report_becomes_a_pass() -> None:
    report = SyncReport("w", added=2, requests=7, error=WikiUnavailable("It went away."))
    report.failed.append(Failed("9", "x" * 1000))
    report.spaces = {"A": Space(3, 1)}
    found = passed(report, PassKind.ALL_PAGES, NOON, NOON, None)

    assert (found.counts["added"], found.counts["failed"], found.counts["requests"]) == (2, 1, 7)
    assert found.failed == {"9": "x" * 300}
    assert (found.spaces, found.error, found.complete) == ({"A": (3, 1)}, "It went away.", False)


class Passes:
    """A log in a list."""

    def __init__(self, *passes: Pass) -> None:
        self.passes = list(passes)

    def record(self, one: Pass) -> None:
        self.passes.append(one)

    def last_complete(self, wiki: str) -> datetime | None:
        full = [p for p in self.passes if p.complete and p.kind is PassKind.ALL_PAGES]
        return max((p.began for p in full if p.wiki == wiki), default=None)

    def since(self, when: datetime) -> list[Pass]:
        return [one for one in self.passes if one.ended > when]


def test_a_pass_that_failed_counts_until_one_comes_to_its_end() -> None:
    def full(
        hour: int, *, error: str = "", wiki: str = "a", kind: PassKind = PassKind.ALL_PAGES
    ) -> Pass:
        began = NOON.replace(hour=hour)
        ended = began.replace(minute=5)
        return Pass(wiki, kind, began, ended, complete=not error, error=error)

    now = NOON.replace(hour=20)
    log = Passes(full(8))
    assert not failed_since(log, "a", now)

    log.record(full(9, error="gone", kind=PassKind.RECENT_EDITS))
    log.record(full(9, error="gone", wiki="b"))
    assert not failed_since(log, "a", now)

    log.record(full(10, error="gone"))
    assert failed_since(log, "a", now)

    log.record(full(11))
    assert not failed_since(log, "a", now)
