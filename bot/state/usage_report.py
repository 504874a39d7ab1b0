"""The stored questions and usage: the port `bot.operations.usage_report.KeptUsage`; and pseudonyms
of people."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime

import sqlalchemy as sa

from bot.operations.usage_report import AskedOnce, TokensUsed
from bot.state.database import Database
from bot.state.figures import IS_ANSWERED, IS_QUESTION
from bot.state.schema import answers, keys, usage
from bot.state.teams import further
from bot.workspaces.model import own_id, parts_of

_KEY = "pseudonyms"
_DIRECT = "D"
"""Prefix of Slack's ids of direct-message channels."""


class DatabaseUsageReport:
    """Questions and usage in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def asked(self, since: datetime) -> Iterator[AskedOnce]:
        query = sa.select(
            answers.c.given,
            answers.c.team,
            answers.c.channel,
            answers.c.asker,
            sa.case((IS_ANSWERED, 1), else_=0).label("answered"),
        ).where(answers.c.given >= since, IS_QUESTION)
        with self._database.look() as connection:
            further_workspaces = further(connection)
            for row in connection.execute(query):
                workspace = row.team if row.team in further_workspaces else ""
                channel, person = own_id(workspace, row.channel), own_id(workspace, row.asker)
                yield AskedOnce(row.given, channel, person, _is_direct(channel), bool(row.answered))

    def used(self, kind: str, since: date) -> Iterator[TokensUsed]:
        query = sa.select(usage).where(usage.c.kind == kind, usage.c.day >= since)
        with self._database.look() as connection:
            for row in connection.execute(query):
                direct = kind == "channel" and _is_direct(row.payer)
                yield TokensUsed(row.day, row.payer, row.tokens, row.cost, direct)


def _is_direct(channel: str) -> bool:
    return parts_of(channel)[1].startswith(_DIRECT)


def pseudonyms(database: Database) -> Callable[[str], str]:
    """Return a function from a person's id to a pseudonym, which is always the same in this
    database and differs in others. Anybody who can read the database can find the person.

    Raises:
        StateUnavailable
    """
    row = {"name": _KEY, "value": secrets.token_hex(32)}
    with database.begin() as connection:
        insert = database.insert(keys).values(row).on_conflict_do_nothing()
        connection.execute(insert)
        key = connection.scalar(sa.select(keys.c.value).where(keys.c.name == _KEY)) or ""

    def name(person: str) -> str:
        code = hmac.digest(bytes.fromhex(key), person.encode(), hashlib.sha256)
        return f"person-{code.hex()[:8]}"

    return name
