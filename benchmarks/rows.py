"""Rows of a benchmark: each is a figure with its goal and its command."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

_DECIMALS = {"s": 2, "ms": 2, "ratio": 3, "MB": 0, "share": 4}
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    ">=": operator.ge,
}


class RowJson(TypedDict):
    """A row as results.json holds it."""

    name: str
    value: float
    unit: str
    goal: str | None
    met: bool | None
    command: str


@dataclass(frozen=True, slots=True)
class Goal:
    """The goal of a figure. ``later``: a later step of the project should reach it, so missing it
    today is no failure."""

    test: Literal["<", "<=", "==", ">="]
    bound: float
    later: bool = False

    def met(self, value: float) -> bool:
        return _TESTS[self.test](value, self.bound)

    def __str__(self) -> str:
        return f"{'later: ' if self.later else ''}{self.test} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, in ``unit``: s, ms, MB, share (0 to 1), ratio, or the thing counted."""

    name: str
    value: float
    unit: str
    goal: Goal | None = None

    def row(self, benchmark: str) -> RowJson:
        """Return the figure as a row. The value is rounded before it is compared with the goal, so
        that a row never contradicts itself."""
        value = round(self.value, _DECIMALS[self.unit]) if self.unit in _DECIMALS else self.value
        return {
            "name": f"{benchmark}.{self.name}",
            "value": value,
            "unit": self.unit,
            "goal": str(self.goal) if self.goal else None,
            "met": self.goal.met(value) if self.goal else None,
            "command": f"python -m benchmarks {benchmark}",
        }


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark. ``about`` is a sentence or two for RESULTS.md: the procedure, and the meaning of
    the figures.

    ``run`` raises `benchmarks.material.MissingMaterial` if its material is missing.
    """

    name: str
    about: str
    run: Callable[[], Sequence[Figure]]
