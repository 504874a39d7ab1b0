"""The workspace whose rows a store reads, where several share the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.state.schema import installations, keys, org_workspaces, usage
from bot.workspaces.model import parts_of

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


_GONE = "gone "
"""How the names of `keys` begin that record a workspace in which Footnote is installed no more."""
_LONGEST = 32
"""Characters that the column holds."""
_WERE = sa.select(keys.c.value).where(keys.c.name.startswith(_GONE))
_ARE = sa.union(sa.select(installations.c.id), sa.select(org_workspaces.c.team))


def further(connection: sa.Connection) -> frozenset[str]:
    """Return the further workspaces that there are or were: those whose people and channels have
    the workspace before their ids in reports."""
    payers = connection.scalars(sa.select(usage.c.payer).where(usage.c.payer.contains("/")))
    were = {parts_of(payer)[0] for payer in payers}.union(connection.scalars(_WERE))
    return frozenset(were.union(connection.scalars(_ARE)))


def left(connection: sa.Connection) -> frozenset[str]:
    """Return the further workspaces in which Footnote is installed no more: a question that was not
    answered before will not be."""
    return frozenset(connection.scalars(_WERE)).difference(connection.scalars(_ARE))


def gone(team: str) -> dict[str, str]:
    """Return the row of `keys` that records that a further workspace is gone, for its rows stay.
    Of the longest ids the name has the end, which tells them apart."""
    return {"name": f"{_GONE}{team[len(_GONE) - _LONGEST :]}", "value": team}
