"""Installations by OAuth in the database: the port `bot.workspaces.model.Installations`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import installations, keys, oauth_states, org_workspaces
from footnote_bot.bot.state.teams import uninstalled_row
from footnote_bot.bot.workspaces.model import Installation

_WAS_INSTALLED = {"name": "workspaces", "value": "several"}
"""The row of `keys` that records that there was an installation once."""


class DatabaseInstallations:
    """The port `bot.workspaces.model.Installations` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, installation: Installation) -> None:
        """Store the installation in place of an earlier one, and that there was one."""
        upsert = self._database.upsert(installations, {"id": installation.id}, asdict(installation))
        note_installed = self._database.insert(keys).values(_WAS_INSTALLED).on_conflict_do_nothing()
        with self._database.begin() as connection:
            connection.execute(note_installed)
            connection.execute(upsert)

    def was_installed(self) -> bool:
        """Return whether there was an installation at any time: rows of its workspace may remain
        after it is deleted.

        Raises:
            StateUnavailable
        """
        query = sa.select(keys.c.name).where(keys.c.name == _WAS_INSTALLED["name"])
        return self._database.scalar(query) is not None

    def rotate(self, before: Installation, after: Installation) -> bool:
        """Replace the token of ``before`` by that of ``after``; False: ``before`` is not stored."""
        values = {
            "token": after.token,
            "refresh_token": after.refresh_token,
            "expires": after.expires,
        }
        rotate = sa.update(installations).where(*_is_same(before)).values(values)
        return bool(self._database.run(rotate))

    def find(self, id_: str) -> Installation | None:
        return next(iter(self._select(installations.c.id == id_)), None)

    def all(self) -> Sequence[Installation]:
        return self._select(sa.true())

    def delete(self, installation: Installation) -> bool:
        """Delete the installation, and record that its workspaces are uninstalled; return False if
        it is not stored any more."""
        workspaces = sa.select(org_workspaces.c.team).where(
            org_workspaces.c.organization == installation.id
        )
        with self._database.begin() as connection:
            teams = {installation.id, *connection.scalars(workspaces)}
            delete = sa.delete(installations).where(*_is_same(installation))
            if not connection.execute(delete).rowcount:
                return False
            rows = [uninstalled_row(team) for team in sorted(teams)]
            connection.execute(self._database.insert(keys).on_conflict_do_nothing(), rows)
        self._database.empty_log(deleted=True)  # the row held the workspace's token
        return True

    def note_workspace(self, team: str, organization: str) -> None:
        """Record that the organization's installation covers the workspace."""
        values = {"organization": organization}
        self._database.run(self._database.upsert(org_workspaces, {"team": team}, values))

    def workspaces_of(self, organization: str) -> Sequence[str]:
        """Return the workspaces that were recorded for the organization."""
        query = (
            sa.select(org_workspaces.c.team)
            .where(org_workspaces.c.organization == organization)
            .order_by(org_workspaces.c.team)
        )
        return [row.team for row in self._database.all(query)]

    def use(self, state: str, expires: datetime, now: datetime) -> bool:
        """Record until ``expires`` that an OAuth state was used; return False if it was before."""
        row = {"state": sha256(state.encode()).hexdigest(), "expires": expires}
        insert = self._database.insert(oauth_states).values(row).on_conflict_do_nothing()
        with self._database.begin() as connection:
            connection.execute(sa.delete(oauth_states).where(oauth_states.c.expires <= now))
            return connection.scalar(insert.returning(oauth_states.c.state)) is not None

    def _select(self, condition: sa.ColumnElement[bool]) -> list[Installation]:
        query = sa.select(installations).where(condition).order_by(installations.c.id)
        return [Installation(**row._asdict()) for row in self._database.all(query)]


def _is_same(installation: Installation) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for the row of exactly this installation with this token."""
    return (
        installations.c.id == installation.id,
        installations.c.token == installation.token,
        installations.c.installed == installation.installed,
    )
