"""The time from a change to its answer, computed from the passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from footnote_bot.bot.operations.passes import (
    Lag,
    Pass,
    PassKind,
    edit_lags,
    failed_since,
    health,
    other_lag,
    passed,
)
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import Failed, Space, SyncReport

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def pass_of(
    minutes: float,
    *,
    kind: PassKind = PassKind.ALL_PAGES,
    complete: bool = True,
    lasts: float = 1,
    **counts,
) -> Pass:
    began = NOON + timedelta(minutes=minutes)
    return Pass("w", kind, began, began + timedelta(minutes=lasts), complete=complete, **counts)


def test_half_of_the_lags_are_below_the_p50_and_all_but_a_twentieth_below_the_p95() -> None:
    assert Lag.of(range(101)) == Lag(101, 50.0, 95.0)
    assert Lag.of([7.0]) == Lag(1, 7.0, 7.0)
    assert Lag.of([]) == Lag(0, None, None)


def test_the_lag_of_edits_is_told_for_each_space() -> None:
    passes = [pass_of(0, lags={"A": [1.0, 3.0]}), pass_of(5, lags={"A": [2.0], "B": [9.0]})]

    assert edit_lags(passes) == {"A": Lag(3, 2.0, 2.9), "B": Lag(1, 9.0, 9.0)}


def test_all_else_may_take_from_the_beginning_of_one_full_pass_to_the_end_of_the_next() -> None:
    passes = [
        pass_of(0),
        pass_of(30, kind=PassKind.RECENT_EDITS, complete=False),
        pass_of(60, lasts=2),
        pass_of(90, complete=False),
        pass_of(120, lasts=3),
    ]

    assert other_lag(passes).p50 == (62 + 63) / 2 * 60


def test_health_is_what_the_last_full_pass_found() -> None:
    passes = [
        pass_of(0, spaces={"A": (9, 4)}, failed={"1": "gone wrong"}),
        pass_of(60, spaces={"A": (10, 1), "B": (2, 0)}, failed={"2": "gone wrong, too"}),
        pass_of(61, kind=PassKind.RECENT_EDITS, complete=False, error="It went away."),
    ]
    report = health(passes)

    assert report["closed"] == 1
    assert report["failed"] == {"2": "gone wrong, too"}
    assert report["error"] == "It went away."
    assert report["as_of"] == (NOON + timedelta(hours=1)).isoformat()
    assert report["spaces"]["B"]["pages"] == 2


def test_an_error_of_a_full_pass_is_told_until_one_has_none() -> None:
    edits = pass_of(61, kind=PassKind.RECENT_EDITS)
    failing = [pass_of(0), pass_of(60, complete=False, error="It went away."), edits]

    assert health(failing)["error"] == "It went away."
    assert health([*failing, pass_of(120), edits])["error"] == ""


def test_pages_that_failed_are_counted_beyond_those_that_are_named() -> None:
    report = SyncReport("w", failed=[Failed(str(number), "gone") for number in range(250)])
    row = health([passed(report, PassKind.ALL_PAGES, NOON, NOON, None)])

    assert row["pages_failed"] == 250
    assert len(row["failed"]) == 100


def test_a_wiki_never_passed_over_has_no_lag_and_no_date() -> None:
    report = health([])

    assert (report["as_of"], report["closed"], report["error"]) == (None, 0, "")
    assert report["pages_failed"] == 0


def test_a_report_becomes_a_pass() -> None:
    report = SyncReport("w", added=2, requests=7, error=WikiUnavailable("It went away."))
    report.failed.append(Failed("9", "x" * 1000))
    report.spaces = {"A": Space(3, 1)}
    pass_ = passed(report, PassKind.ALL_PAGES, NOON, NOON, None)

    assert (pass_.counts["added"], pass_.counts["failed"], pass_.counts["requests"]) == (2, 1, 7)
    assert pass_.failed == {"9": "x" * 300}
    assert (pass_.spaces, pass_.error, pass_.complete) == ({"A": (3, 1)}, "It went away.", False)


class Passes:
    """A log in a list."""

    def __init__(self, *passes: Pass) -> None:
        self.passes = list(passes)

    def record(self, pass_: Pass) -> None:
        self.passes.append(pass_)

    def last_complete(self, wiki: str) -> datetime | None:
        full = [p for p in self.passes if p.complete and p.kind is PassKind.ALL_PAGES]
        return max((p.began for p in full if p.wiki == wiki), default=None)

    def since(self, when: datetime) -> list[Pass]:
        return [pass_ for pass_ in self.passes if pass_.ended > when]


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
