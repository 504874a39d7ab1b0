"""Installations by OAuth in the database: the ports of `bot.workspaces.ports`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from bot.state.database import Database
from bot.state.schema import installations, keys, oauth_states, org_workspaces
from bot.workspaces.model import Installation

MOST_STATES = 1000
"""Installations that are begun at a time: anybody who reaches the page may begin one."""
_EVER = {"name": "workspaces", "value": "several"}


class DatabaseInstallations:
    """The port `bot.workspaces.ports.Installations` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, installation: Installation) -> None:
        values = asdict(installation)
        anew = self._database.insert(installations).values(values)
        ever = self._database.insert(keys).values(_EVER).on_conflict_do_nothing()
        with self._database.begin() as connection:
            connection.execute(ever)
            connection.execute(anew.on_conflict_do_update(index_elements=["id"], set_=values))

    def ever(self) -> bool:
        """Return whether there was ever one: then rows of its workspace may be left, also when it
        is gone.

        Raises:
            StateUnavailable
        """
        query = sa.select(keys.c.name).where(keys.c.name == _EVER["name"])
        with self._database.look() as connection:
            return connection.scalar(query) is not None

    def rotate(self, before: Installation, after: Installation) -> bool:
        values = {
            "token": after.token,
            "refresh_token": after.refresh_token,
            "expires": after.expires,
        }
        with self._database.begin() as connection:
            rotate = sa.update(installations).where(*_same(before)).values(values)
            return bool(connection.execute(rotate).rowcount)

    def find(self, id_: str) -> Installation | None:
        return next(iter(self._found(installations.c.id == id_)), None)

    def all(self) -> Sequence[Installation]:
        return self._found(sa.true())

    def delete(self, installation: Installation) -> bool:
        with self._database.begin() as connection:
            delete = sa.delete(installations).where(*_same(installation))
            return bool(connection.execute(delete).rowcount)

    def note_workspace(self, team: str, organization: str) -> None:
        values = {"organization": organization}
        note = (
            self._database.insert(org_workspaces)
            .values(team=team, **values)
            .on_conflict_do_update(index_elements=["team"], set_=values)
        )
        with self._database.begin() as connection:
            connection.execute(note)

    def workspaces_of(self, organization: str) -> Sequence[str]:
        query = (
            sa.select(org_workspaces.c.team)
            .where(org_workspaces.c.organization == organization)
            .order_by(org_workspaces.c.team)
        )
        with self._database.look() as connection:
            return connection.scalars(query).all()

    def _found(self, condition: sa.ColumnElement[bool]) -> list[Installation]:
        query = sa.select(installations).where(condition).order_by(installations.c.id)
        with self._database.look() as connection:
            return [Installation(**row) for row in connection.execute(query).mappings()]


class DatabaseInstallStates:
    """The port `bot.workspaces.ports.InstallStates` in the database.

    slack_sdk's own store reads a state and then deletes it: on PostgreSQL two requests at the same
    moment would both pass. It keeps expired ones for ever, too.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def issue(self, state: str, expires: datetime) -> None:
        states = oauth_states.c
        oldest = sa.select(states.state).order_by(states.expires.desc(), states.state)
        with self._database.begin() as connection:
            connection.execute(sa.delete(oauth_states).where(states.expires <= self._clock()))
            surplus = connection.scalars(oldest.offset(MOST_STATES - 1)).all()
            if surplus:
                connection.execute(sa.delete(oauth_states).where(states.state.in_(surplus)))
            values = {"state": _digest(state), "expires": expires}
            connection.execute(sa.insert(oauth_states).values(values))

    def consume(self, state: str) -> bool:
        used = sa.delete(oauth_states).where(
            oauth_states.c.state == _digest(state), oauth_states.c.expires > self._clock()
        )
        with self._database.begin() as connection:
            return bool(connection.execute(used).rowcount)


def _digest(state: str) -> str:
    return sha256(state.encode(errors="replace")).hexdigest()


def _same(installation: Installation) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for the row of this very installation with this very token."""
    return (
        installations.c.id == installation.id,
        installations.c.token == installation.token,
        installations.c.installed == installation.installed,
    )
