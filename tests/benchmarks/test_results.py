"""Scripts read results.json: its form is a contract, and RESULTS.md says the same."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from benchmarks import report, results
from benchmarks.registry import BENCHMARKS
from benchmarks.rows import Figure, Goal, RowJson

COMMITTED: dict[str, Any] = json.loads(results.RESULTS.read_text(encoding="utf-8"))


NOW: results.Measured = {"date": "2026-11-24", "machine": "a machine", "load": 0.1}


def row(benchmark: str, value: float = 1.0, goal: Goal | None = None) -> RowJson:
    return Figure("wall", value, "s", goal or A_GOAL).row(benchmark)


def measure(old: results.Results, benchmark: str, *rows: RowJson) -> results.Results:
    return results.merged(old, benchmark, rows, NOW, ["first", "second"])


A_GOAL = Goal("<", 3)
EMPTY: results.Results = {"machine": "", "date": "", "versions": {}, "measured": {}, "rows": []}


def test_every_row_has_its_six_fields() -> None:
    for row in COMMITTED["rows"]:
        assert list(row) == ["name", "value", "unit", "goal", "met", "command"]
        assert isinstance(row["value"], int | float), row
        assert (row["goal"] is None) == (row["met"] is None), row
        assert row["command"].startswith("python -m benchmarks "), row


def test_the_file_says_where_and_when() -> None:
    assert COMMITTED["machine"]
    assert COMMITTED["date"]


def test_no_two_rows_share_a_name() -> None:
    names = [row["name"] for row in COMMITTED["rows"]]

    assert len(names) == len(set(names))


def test_the_report_says_what_the_file_says() -> None:
    rendered = report.render(results.read(), BENCHMARKS)

    assert report.REPORT.read_text(encoding="utf-8") == rendered


def test_a_benchmark_replaces_its_own_rows_and_no_others() -> None:
    first_results = measure(measure(EMPTY, "first", row("first")), "second", row("second", 1))
    second_results = measure(first_results, "second", row("second", 2))

    assert second_results["rows"] == [row("first"), row("second", 2)]


def test_rows_of_a_benchmark_that_is_no_more_leave() -> None:
    old: results.Results = {**EMPTY, "rows": [row("gone")]}

    assert measure(old, "first", row("first"))["rows"] == [row("first")]


@pytest.mark.parametrize(("value", "met"), [(2.99, True), (2.9951, False), (3.0, False)])
def test_a_goal_is_held_against_the_value_that_is_shown(value: float, met: bool) -> None:
    """2.9951 seconds are shown as 3.0, which is not below 3."""
    assert row("first", value, Goal("<", 3))["met"] is met


@pytest.mark.parametrize(
    ("goal", "text"),
    [(Goal("<=", 0.5), "<= 0.5"), (Goal(">=", 0.97, later=True), "later: >= 0.97")],
)
def test_a_goal_says_whether_it_is_due(goal: Goal, text: str) -> None:
    assert row("first", 1, goal)["goal"] == text


def test_what_has_neither_goal_nor_reader_is_not_kept() -> None:
    aimless = Figure("wall", 1.0, "s").row("first")
    cited = Figure("answer.p50", 1.0, "ms").row("slack")
    kept = results.merged(EMPTY, "first", [aimless, cited], NOW, ["first"])

    assert kept["rows"] == [cited]


def test_every_cited_name_is_that_of_a_row() -> None:
    names = [row["name"] for row in COMMITTED["rows"] if row["goal"] is None]

    assert all(results.is_cited(name) for name in names)
    assert all(any(fnmatchcase(name, each) for name in names) for each in results.CITED)
