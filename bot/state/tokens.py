"""People's tokens for their agents, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.agents.model import PersonalToken
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import tokens


@dataclass(frozen=True, slots=True)
class DatabaseTokens:
    """The port `bot.agents.ports.TokenStore`."""

    database: Database

    def add(self, token: PersonalToken, digest: str) -> bool:
        """Store the token by its digest; return False if the person has one of this name."""
        named = tokens.c.name == token.name
        with self.database.begin() as connection:
            own = sa.select(tokens.c.name).where(named, *_of(token.team, token.person))
            if connection.scalar(own) is not None:
                return False
            connection.execute(sa.insert(tokens).values(digest=digest, **asdict(token)))
            return True

    def of(self, team: str, person: str) -> Sequence[PersonalToken]:
        """Return the person's tokens, the oldest first."""
        query = sa.select(tokens).where(*_of(team, person)).order_by(tokens.c.made, tokens.c.name)
        return [_token(row) for row in self.database.all(query)]

    def found(self, digest: str) -> PersonalToken | None:
        """Return the token with this digest; None if there is none."""
        query = sa.select(tokens).where(tokens.c.digest == digest)
        return next(map(_token, self.database.all(query)), None)

    def revoke(self, team: str, person: str, name: str = "") -> int:
        """Delete the person's token of this name (empty: all); return how many there were."""
        named = [tokens.c.name == name] if name else []
        with self.database.begin() as connection:
            delete = sa.delete(tokens).where(*_of(team, person), *named)
            return connection.execute(delete).rowcount


def _of(team: str, person: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return the conditions for the person's tokens."""
    return tokens.c.team == team, tokens.c.person == person


def _token(row: sa.Row[Any]) -> PersonalToken:
    return PersonalToken(row.team, row.person, row.name, row.made, row.expires)
