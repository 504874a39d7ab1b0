"""What parsing one page or file may cost, and the errors that say it cost too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` of a processor, ``wall_seconds`` by the clock, ``megabytes`` of memory."""

    seconds: int
    wall_seconds: float
    megabytes: int = 512


PAGE: Final = Limits(seconds=20, wall_seconds=600)
"""Of 250 pages of a real handbook the slowest takes 0.1 s; 300 KB of `[` take some 5 s, and twice
that where other work shares the processor's caches."""
FILE: Final = Limits(seconds=20, wall_seconds=600)
"""A PDF of 600 pages takes some 10 s. By the clock it may be thirty times as long, for whatever
else the machine does comes first: what is read must not depend on that."""


class ParsingFailed(Exception):
    """No result, for a reason that an operator can read. It holds no word of the page."""


class TooCostly(ParsingFailed):
    """It would take more time or memory than one page or file may. Again, it would as well."""


class TooLong(TooCostly):
    """It takes more of a processor's time than it may, whatever else the machine does."""


class ParsingStopped(ParsingFailed):
    """Somebody stopped the sync meanwhile."""


class ParserBroken(ParsingFailed):
    """A defect of ours: the parser raised what it should not. ``trace`` is for the log."""

    def __init__(self, kind: str, trace: str) -> None:
        super().__init__(f"cannot be converted ({kind}; see the log)")
        self.kind = kind
        self.trace = trace

    def __reduce__(self) -> tuple[type[ParserBroken], tuple[str, str]]:
        return ParserBroken, (self.kind, self.trace)


class Parse(Protocol):
    """Calls a parser with its arguments, within limits."""

    def __call__(
        self, limits: Limits, parser: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        """
        Raises:
            ParsingFailed: see its kinds.
        """
        ...


def here(_limits: Limits, parser: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T:
    """Parse in this process and without limits: for one file that its owner hands in, and for
    tests."""
    return parser(*arguments, **named)
