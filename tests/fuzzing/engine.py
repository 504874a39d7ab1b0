"""Run targets with hypothesis for a time, and collect what breaks."""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from .model import SECONDS, Finding, Overtime, Target, TooMuch

ROOT = Path(__file__).parents[2]
_ROUND = 200
"""Examples between two checks of the time."""
_SHOWN = 2_000
"""The most characters of an example in the report."""


@dataclass
class Run:
    """A run of a target. ``executions`` counts the examples that were read or refused; ``refused``
    counts the refused ones."""

    target: Target
    begun_with: int
    seconds: float = SECONDS
    executions: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def rounds(self, clock: Callable[[], float], until: float) -> None:
        """Try new examples in each round until ``clock`` returns ``until``."""
        seeds = random.Random(self.begun_with)  # noqa: S311 - of examples, no secrets
        while clock() < until:
            self.run_round(seeds.getrandbits(64), clock)

    def run_round(self, number: int, clock: Callable[[], float], examples: int = _ROUND) -> None:
        """Try a number of examples, and shrink one that breaks something."""
        known_findings = frozenset(self.findings)

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(self.target.examples)
        def execute(example: Any) -> None:
            self._execute(example, known_findings, clock)

        try:
            execute()
        except Exception:
            if self.findings.keys() == known_findings:
                raise  # a bug of the fuzzer

    def _execute(
        self, example: Any, known_findings: frozenset[tuple[str, str]], clock: Callable[[], float]
    ) -> None:
        self.executions += 1
        begun = clock()
        try:
            with _limited(self.seconds):
                size = self.target.read(example)
            _bounded(size, self.target.most(example))
        except self.target.refusals:
            self.refused += 1
        except Overtime as late:  # not raised: shrinking it would take hours
            self._note(late, example)
        except Exception as error:
            if self._note(error, example) not in known_findings:
                raise
        finally:
            self.slowest = max(self.slowest, clock() - begun)

    def _note(self, error: BaseException, example: Any) -> tuple[str, str]:
        where = [
            frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)
        ]
        place = f"{Path(where[-1].filename).relative_to(ROOT)}:{where[-1].lineno}" if where else ""
        key = (type(error).__name__, place)
        message = f"{type(error).__name__}: {str(error)[:200]}"
        finding = Finding(self.target.name, message, place, repr(example)[:_SHOWN])
        before = self.findings.get(key)
        if before is None or len(finding.example) <= len(before.example):
            self.findings[key] = finding
        return key


def _bounded(size: int, most: int) -> None:
    if size > most:
        raise TooMuch(f"{size} characters, more than {most}")


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(ROOT) and ".venv" not in path.parts


@contextmanager
def _limited(seconds: float) -> Generator[None]:
    """Raise Overtime after a number of processor seconds."""

    def late(_number: int, _frame: object) -> None:
        raise Overtime(f"more than {seconds:g} s of a processor")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
