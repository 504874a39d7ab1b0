"""The limits of parsing one page or file, and the errors when it exceeds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits: ``seconds`` of a processor, ``wall_seconds`` by the clock, and memory."""

    seconds: int
    wall_seconds: float
    megabytes: int = 512


PAGE: Final = Limits(seconds=20, wall_seconds=600)
"""The slowest of 250 pages of a real handbook takes 0.1 s; 300 KB of `[` take some 5 s, and twice
that if other work shares the processor's caches."""
FILE: Final = Limits(seconds=20, wall_seconds=600)
"""A PDF of 600 pages takes some 10 s. By the clock it may take thirty times as long, because all
other work on the machine has priority, on which the result must not depend."""


class ParsingFailed(Exception):
    """Parsing failed. The message is for the operator, and holds no word of the page."""


class TooCostly(ParsingFailed):
    """The page would exceed a limit of time or memory. Trying again would not help."""


class TooLong(TooCostly):
    """The page exceeds the limit of processor time, whatever else the machine does."""


class ParsingStopped(ParsingFailed):
    """The sync was stopped meanwhile."""


class ParserBroken(ParsingFailed):
    """A defect of Footnote: the parser raised an unexpected error. ``trace`` is for the log."""

    def __init__(self, kind: str, trace: str) -> None:
        super().__init__(f"cannot be converted ({kind}; see the log)")
        self.kind = kind
        self.trace = trace

    def __reduce__(self) -> tuple[type[ParserBroken], tuple[str, str]]:
        return ParserBroken, (self.kind, self.trace)


class Parse(Protocol):
    """A port that calls a parser within limits."""

    def __call__(
        self, limits: Limits, parser: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Call the parser.

        Raises:
            ParsingFailed: see its subclasses.
        """
        ...


def here(_limits: Limits, parser: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T:
    """Parse in this process and without limits: for a trusted file, and for tests."""
    return parser(*arguments, **named)
