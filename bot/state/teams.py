"""The workspace whose rows a store reads, if several share the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.state.schema import installations, keys, org_workspaces, usage
from footnote_bot.bot.workspaces.model import parts_of

BEFORE = ""
"""The workspace in rows that were written before rows had one."""


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace among those that share the database. The ``home`` is the first one, so it also
    has the rows that were written before rows had a workspace."""

    id: str
    home: bool = False

    @property
    def folder(self) -> str:
        """Return the name of the folder of its files; empty for the home."""
        return "" if self.home else self.id


def of_team(column: sa.Column[Any], team: Team | None) -> sa.ColumnElement[bool]:
    """Return the condition that a row is the workspace's. None: only one workspace uses the
    database, so every row is."""
    if team is None:
        return sa.true()
    return column.in_([team.id, BEFORE]) if team.home else column == team.id


def id_of(team: Team | None) -> str:
    """Return the id in rows of the workspace."""
    return team.id if team else BEFORE


_GONE = "gone "
"""Prefix of the names in `keys` that record workspaces in which Footnote is no longer installed."""
_LONGEST = 32
"""Length of the column, in characters."""
_FORMER = sa.select(keys.c.value).where(keys.c.name.startswith(_GONE))
_CURRENT = sa.union(sa.select(installations.c.id), sa.select(org_workspaces.c.team))


def further_workspaces_in(connection: sa.Connection) -> frozenset[str]:
    """Return the further workspaces, current and former ones: reports put the workspace before the
    ids of their people and channels."""
    payers = connection.scalars(sa.select(usage.c.payer).where(usage.c.payer.contains("/")))
    former = {parts_of(payer)[0] for payer in payers}.union(connection.scalars(_FORMER))
    return frozenset(former.union(connection.scalars(_CURRENT)))


def uninstalled_workspaces(connection: sa.Connection) -> frozenset[str]:
    """Return the further workspaces in which Footnote is no longer installed: their unanswered
    questions stay unanswered."""
    return frozenset(connection.scalars(_FORMER)).difference(connection.scalars(_CURRENT))


def uninstalled_row(team: str) -> dict[str, str]:
    """Return the row of `keys` that records that Footnote was uninstalled in a further workspace,
    because the workspace's rows stay. The name holds only the end of the longest ids, which tells
    them apart."""
    return {"name": f"{_GONE}{team[len(_GONE) - _LONGEST :]}", "value": team}
