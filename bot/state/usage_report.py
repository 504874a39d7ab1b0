"""The stored questions and usage: the port `bot.operations.usage_report.KeptUsage`; and pseudonyms
of people."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from bot.moments import day_of
from bot.operations.usage_report import QuestionsAsked, TokensUsed
from bot.state.database import Database
from bot.state.figures import IS_ANSWERED, IS_QUESTION
from bot.state.schema import answers, keys, usage
from bot.state.teams import further
from bot.workspaces.model import own_id, parts_of

_KEY = "pseudonyms"
_DIRECT = "D"
"""Prefix of Slack's ids of direct-message channels."""


_COUNTS = sa.select(
    sa.func.count().label("questions"),
    sa.func.count(sa.case((IS_ANSWERED, 1))).label("answered"),
).where(IS_QUESTION)


class DatabaseUsageReport:
    """Questions and usage in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def asked(self, kind: str, since: datetime) -> Iterator[QuestionsAsked]:
        with self._database.look() as connection:
            if kind == "day":
                yield from _by_day(connection, since)
                return
            column = answers.c.channel if kind == "channel" else answers.c.asker
            query = _COUNTS.add_columns(answers.c.team, column.label("id"))
            query = query.where(answers.c.given >= since).group_by(answers.c.team, column)
            further_workspaces = further(connection)
            for row in connection.execute(query):
                subject = own_id(row.team if row.team in further_workspaces else "", row.id)
                direct = kind == "channel" and _is_direct(subject)
                yield QuestionsAsked(subject, row.questions, row.answered, direct)

    def used(self, kind: str, since: date) -> Iterator[TokensUsed]:
        query = sa.select(usage).where(usage.c.kind == kind, usage.c.day >= since)
        with self._database.look() as connection:
            for row in connection.execute(query):
                direct = kind == "channel" and _is_direct(row.payer)
                yield TokensUsed(row.day, row.payer, row.tokens, row.cost, direct)


def _by_day(connection: sa.Connection, since: datetime) -> Iterator[QuestionsAsked]:
    """Count day by day: a database does not know this machine's time zone."""
    while first := connection.scalar(
        sa.select(sa.func.min(answers.c.given)).where(answers.c.given >= since)
    ):
        day = day_of(first)
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time()).astimezone()
        within = _COUNTS.where(answers.c.given >= since, answers.c.given < midnight)
        row = connection.execute(within).one()
        if row.questions:
            yield QuestionsAsked(day.isoformat(), row.questions, row.answered)
        since = midnight


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
