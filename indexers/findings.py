"""What operators are told: what a check found, and why somebody may read a page or not.

Standard library only, like `indexers.model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Works, and something is left out or may go wrong."""
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One plain sentence on ``about`` (a wiki by name, the index, Slack), and what to do."""

    level: Level
    about: str
    says: str
    todo: str = ""


def ok(about: str, says: str) -> Finding:
    return Finding(Level.OK, about, says)


def warning(about: str, says: str, todo: str) -> Finding:
    return Finding(Level.WARNING, about, says, todo)


def failure(about: str, says: str, todo: str = "") -> Finding:
    return Finding(Level.FAILURE, about, says, todo)


@dataclass(frozen=True, slots=True)
class GateInWords:
    """``where`` it stands, whether the person passed it, and ``why``."""

    where: str
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the answers have of a page. ``admits`` is whether the indexed rights let the
    person in, ``current`` whether those are the rights that the wiki tells now."""

    admits: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Access:
    """Whether ``person`` may read a page, as its wiki says now.

    ``may_read`` None: it cannot be told, and ``why`` says why; otherwise ``gates`` do.
    ``read`` is whether the page is among those that are read at all, ``space_read`` whether
    its space is. ``indexed`` None: it
    is not indexed, or that cannot be told, and ``untold`` says why.
    """

    wiki: str
    person: str
    may_read: bool | None
    gates: tuple[GateInWords, ...] = ()
    why: str = ""
    page: str = ""
    title: str = ""
    url: str = ""
    read: bool = True
    space_read: bool = True
    indexed: Indexed | None = None
    untold: str = ""

    @property
    def deciding(self) -> GateInWords | None:
        """The first gate that is not passed."""
        return next((gate for gate in self.gates if not gate.passed), None)
