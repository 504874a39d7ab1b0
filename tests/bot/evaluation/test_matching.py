"""Regular expressions of a question set: their time is limited, and their process ends."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from footnote_bot.bot.evaluation import matching
from footnote_bot.bot.evaluation.facts import facts_of
from footnote_bot.bot.evaluation.lines import BadSet
from footnote_bot.bot.evaluation.matching import Matcher

EXPONENTIAL = "(a|aa)+$"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Collect the processes that were started."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def popen(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:
        started.append(start(*arguments, **named))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    return started


def test_an_expression_that_takes_exponential_time_is_named_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "SECONDS", 0.05)
    facts = facts_of({"facts": [["thirty", EXPONENTIAL]]}, "q.jsonl, line 3")

    assert facts
    with pytest.raises(BadSet) as error:
        facts.all_in(f"{'a' * 60}b")
    assert str(error.value) == (
        "q.jsonl, line 3: the regular expression '(a|aa)+$' takes more than 0.05 s on an answer"
    )
    assert facts.all_in("thirty aa")


def test_one_process_finds_all_of_a_set_and_ends_with_it(
    processes: list[subprocess.Popen[bytes]],
) -> None:
    matcher = Matcher()
    thirty, days = re.compile("thirty"), re.compile("days?")

    assert matcher.matching((thirty, days), "thirty weeks") == {thirty}
    assert matcher.matching((thirty, days), "three days") == {days}
    (process,) = processes
    assert process.poll() is None

    del matcher
    assert process.returncode is not None


def test_what_was_found_before_is_known(processes: list[subprocess.Popen[bytes]]) -> None:
    matcher = Matcher()
    patterns = (re.compile("thirty"),)
    first = matcher.matching(patterns, "thirty days")
    processes[0].kill()

    assert matcher.matching(patterns, "thirty days") == first == set(patterns)
