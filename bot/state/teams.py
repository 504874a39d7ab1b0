"""The workspace whose rows a store reads, where several share the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

BEFORE = ""
"""The workspace of rows from before they carried one."""


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace among those that share the database. The ``home`` is the one that was there
    first, so it has the rows from before they carried a workspace, too."""

    id: str
    home: bool = False

    @property
    def folder(self) -> str:
        """Return the name of the folder of its files; empty for the home."""
        return "" if self.home else self.id


def of_team(column: sa.Column[Any], team: Team | None) -> sa.ColumnElement[bool]:
    """Return the condition that a row is the workspace's. None: no other shares the database, so
    every row is."""
    if team is None:
        return sa.true()
    return column.in_([team.id, BEFORE]) if team.home else column == team.id


def id_of(team: Team | None) -> str:
    """Return what rows of the workspace carry."""
    return team.id if team else BEFORE
