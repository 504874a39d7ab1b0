"""Findings for operators: the result of a check, and why somebody may read a page or not.

Standard library only, like `indexers.model`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Works, but something is left out or may go wrong."""
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: a plain sentence about a wiki (by name), the index or Slack, and what to do."""

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
    """A gate in words: ``where`` it is, whether the person passed it, and ``why``."""

    where: str
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """The indexed state of a page. ``admits``: the indexed rights admit the person; ``current``:
    they are the rights that the wiki reports now."""

    admits: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Access:
    """A person's access to a page, as its wiki reports it now.

    ``may_read`` None: it is unknown, and ``why`` says why; otherwise the ``gates`` decide.
    ``read``: the settings select the page; ``space_read``: they select its space. ``indexed`` None:
    the page is not indexed, or that is unknown, and ``untold`` says why.
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
        """Return the first gate that is not passed."""
        return next((gate for gate in self.gates if not gate.passed), None)


@dataclass(frozen=True, slots=True)
class Damage:
    """The damage of an index. ``why`` is a clause for the operator; ``index`` names the damaged one
    while it is still read as far as possible, and is empty afterwards."""

    why: str
    index: str = ""

    @property
    def words(self) -> str:
        """Say what happened, what it means and what to do."""
        so_far = "what can still be read of it" if self.index else "the pages that were read again"
        return (
            f"The index is being rebuilt: {self.why}. Until every wiki has been read again, by"
            f" `footnote sync` or the running bot, answers come from {so_far}."
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, text: str) -> Damage:
        """Return the damage that `to_json` wrote. A damaged file also counts as damage."""
        try:
            fields = json.loads(text)
            return cls(str(fields["why"]), str(fields["index"]))
        except (ValueError, KeyError, TypeError):
            return cls("the old one is damaged")
