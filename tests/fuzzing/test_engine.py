"""The fuzzer finds bugs, and every target runs."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import strategies as st

from .__main__ import fuzz, main
from .engine import Run
from .model import Target
from .targets import TARGETS


class Refused(Exception):
    """An error that the reader documents."""


def target_of(read: object, *, most: int = 1_000) -> Target:
    return Target("numbers", st.integers(0, 10_000), read, lambda _: most, (Refused,))  # type: ignore[arg-type]


def run(target: Target, **limits: float) -> Run:
    run = Run(target, 1, **limits)
    run.run_round(7, time.monotonic)
    return run


def test_an_error_that_is_not_documented_is_found_once_with_its_smallest_example() -> None:
    def read(number: int) -> int:
        if number > 100:
            raise KeyError(number)
        return 0

    (finding,) = run(target_of(read)).findings.values()

    assert (finding.target, finding.what, finding.example) == ("numbers", "KeyError: 101", "101")
    assert finding.place.startswith("tests/fuzzing/test_engine.py:")


def test_a_known_finding_does_not_hide_another() -> None:
    def read(number: int) -> int:
        if number > 5_000:
            raise KeyError
        if number > 2_000:
            raise ValueError
        return 0

    fuzzed = Run(target_of(read), 1)
    fuzzed.run_round(7, time.monotonic)
    fuzzed.run_round(8, time.monotonic)

    assert {kind for kind, _ in fuzzed.findings} == {"KeyError", "ValueError"}


def test_a_refusal_that_is_documented_is_counted_and_no_finding() -> None:
    def read(number: int) -> int:
        if number % 2:
            raise Refused
        return 0

    fuzzed = run(target_of(read))

    assert 0 < fuzzed.refused < fuzzed.executions
    assert not fuzzed.findings


def test_an_example_that_takes_too_long_is_stopped_and_found() -> None:
    def read(number: int) -> int:
        while number == 0:
            pass
        return 0

    ((kind, _),) = run(target_of(read), seconds=0.05).findings

    assert kind == "Overtime"


def test_no_handler_of_the_reader_keeps_the_time_limit() -> None:
    def read(number: int) -> int:
        try:
            for _ in itertools.count():
                if number:
                    break
        except Exception:  # noqa: BLE001 - as careless libraries do
            return 0
        return 0

    ((kind, _),) = run(target_of(read), seconds=0.05).findings

    assert kind == "Overtime"


def test_more_text_than_there_may_be_is_found() -> None:
    ((kind, _),) = run(target_of(lambda number: number, most=50)).findings

    assert kind == "TooMuch"


def test_the_report_counts_and_tells_the_findings(tmp_path: Path) -> None:
    report = tmp_path / "build" / "report.json"

    assert fuzz(0.002, (target_of(lambda _: 0),), 3, report)
    assert not fuzz(0.002, (target_of(lambda _: 0), target_of(lambda number: number)), 3, report)
    summary = json.loads(report.read_text(encoding="utf-8"))
    assert summary["seed"] == 3
    assert [len(row["findings"]) for row in summary["targets"]] == [0, 1]
    assert all(row["executions"] >= 1 for row in summary["targets"])


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_target_reads_examples_and_finds_nothing_at_once(target: Target) -> None:
    fuzzed = Run(target, 1)
    fuzzed.run_round(5, time.monotonic, examples=8)

    assert fuzzed.executions >= 8
    assert not fuzzed.findings
    assert fuzzed.refused < fuzzed.executions, "it would prove nothing"


def test_its_help_starts_no_run() -> None:
    asked = CliRunner().invoke(main, ["--help"])

    assert asked.exit_code == 0
    assert "Fuzzing for" not in asked.output
    assert "--minutes" in asked.output
