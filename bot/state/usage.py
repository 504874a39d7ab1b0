"""The language model's usage in the database, the reports about it and about questions, and the
pseudonyms of people."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

import sqlalchemy as sa

from footnote_bot.bot.answering.llm.usage import Cap, Payer, Spent
from footnote_bot.bot.moments import day_of
from footnote_bot.bot.operations.usage_report import QuestionOutcome, QuestionsAsked, TokensUsed
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import ASKS_BACK, IS_ANSWERED, IS_NEAREST, IS_QUESTION
from footnote_bot.bot.state.forgetting import NOBODY
from footnote_bot.bot.state.schema import answers, inbox, keys, usage
from footnote_bot.bot.state.teams import further_workspaces_in
from footnote_bot.bot.workspaces.model import own_id, parts_of


class DatabaseUsage:
    """The usage of all processes together: the port `bot.answering.llm.usage.Usage`. A person
    without a message in the inbox was forgotten since they asked, and nothing is counted for them.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, day: date, caps: Mapping[Payer, Cap], spent: Spent) -> bool:
        """Add ``spent`` to each payer's usage of the day and return True; if one would exceed its
        cap, add it to none and return False."""
        with self._database.begin() as connection:
            # The order is always the same, so that two transactions never deadlock.
            for payer in sorted(caps):
                if _is_forgotten(connection, payer):
                    continue
                if not self._add(connection, day, payer, spent, caps[payer]):
                    connection.rollback()
                    return False
        return True

    def correct(self, day: date, caps: Mapping[Payer, Cap], by: Spent) -> None:
        """Add ``by``, which may be negative, to each payer's usage of the day, whatever its cap."""
        tokens, cost = usage.c.tokens + by.tokens, usage.c.cost + by.cost
        with self._database.begin() as connection:
            for payer in sorted(caps):
                update = sa.update(usage).where(*_row(day, payer))
                connection.execute(update.values(tokens=tokens, cost=cost))

    def _add(
        self, connection: sa.Connection, day: date, payer: Payer, spent: Spent, cap: Cap
    ) -> bool:
        """Add the usage if it stays under the cap; return whether it was added. One statement does
        both: it sees what another process added meanwhile, and locks the row until the end."""
        if not cap.holds(spent):
            return False
        kind, name = payer
        row = {"day": day, "kind": kind, "payer": name, "tokens": spent.tokens, "cost": spent.cost}
        tokens, cost = usage.c.tokens + spent.tokens, usage.c.cost + spent.cost
        bounds = [(tokens, cap.tokens), (cost, cap.cost)]
        upsert = (
            self._database.insert(usage)
            .values(row)
            .on_conflict_do_update(
                index_elements=list(usage.primary_key),
                set_={"tokens": tokens, "cost": cost},
                where=sa.and_(sa.true(), *(total <= bound for total, bound in bounds if bound)),
            )
        )
        return connection.scalar(upsert.returning(usage.c.day)) is not None


def _is_forgotten(connection: sa.Connection, payer: Payer) -> bool:
    """Return whether the payer was forgotten. The message read is locked until the end of the
    transaction, so forgetting the person waits."""
    kind, name = payer
    workspace, person = parts_of(name)
    of_workspace = inbox.c.team == workspace if workspace else sa.true()
    message = sa.select(inbox.c.id).where(of_workspace, inbox.c.person == person).limit(1)
    return kind == "person" and connection.scalar(message.with_for_update(read=True)) is None


def _row(day: date, payer: Payer) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for the payer's row of the day."""
    kind, name = payer
    return usage.c.day == day, usage.c.kind == kind, usage.c.payer == name


_KEY = "pseudonyms"
_DIRECT = "D"
"""Prefix of Slack's ids of direct-message channels."""


_QUESTIONS = sa.union_all(
    sa.select(
        answers.c.team,
        answers.c.channel,
        answers.c.asker.label("person"),
        answers.c.given.label("at"),
        sa.case(
            (ASKS_BACK, QuestionOutcome.ASKED_BACK.value),
            (IS_ANSWERED, QuestionOutcome.ANSWERED.value),
            (IS_NEAREST, QuestionOutcome.NEAREST.value),
            else_=QuestionOutcome.UNANSWERED.value,
        ).label("outcome"),
    ).where(IS_QUESTION),
    sa.select(inbox.c.team, inbox.c.channel, inbox.c.person, inbox.c.received, inbox.c.state).where(
        inbox.c.state.in_(
            [
                QuestionOutcome.FAILED.value,
                QuestionOutcome.REFUSED.value,
                QuestionOutcome.STOPPED.value,
            ]
        ),
        inbox.c.person != NOBODY,
        ~sa.exists().where(
            answers.c.team == inbox.c.team,
            answers.c.channel == inbox.c.channel,
            answers.c.ts == inbox.c.ts,
        ),
    ),
).subquery()
"""The questions, each once: those with a result, and those whose work ended without one."""


class DatabaseUsageReport:
    """The stored questions and usage: the port `bot.operations.usage_report.KeptUsage`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def asked(self, kind: str, since: datetime) -> Iterator[QuestionsAsked]:
        """Yield the number of questions by outcome and ``kind``: day, channel or person."""
        with self._database.read() as connection:
            if kind == "day":
                yield from _by_day(connection, since)
                return
            columns = _QUESTIONS.c.team, _QUESTIONS.c[kind].label("id"), _QUESTIONS.c.outcome
            query = sa.select(*columns, sa.func.count().label("questions"))
            query = query.where(_QUESTIONS.c.at >= since).group_by(*columns)
            further_workspaces = further_workspaces_in(connection)
            for row in connection.execute(query):
                subject = own_id(row.team if row.team in further_workspaces else "", row.id)
                direct = kind == "channel" and _is_direct(subject)
                yield QuestionsAsked(subject, QuestionOutcome(row.outcome), row.questions, direct)

    def used(self, kind: str, since: date) -> Iterator[TokensUsed]:
        """Yield each day's usage of each payer of this ``kind``: day, channel or person."""
        query = sa.select(usage).where(usage.c.kind == kind, usage.c.day >= since)
        with self._database.read() as connection:
            for row in connection.execute(query):
                direct = kind == "channel" and _is_direct(row.payer)
                yield TokensUsed(row.day, row.payer, row.tokens, row.cost, direct)


def _by_day(connection: sa.Connection, since: datetime) -> Iterator[QuestionsAsked]:
    """Yield the number of questions by outcome and day, a day of this machine's time zone."""
    query = sa.select(_QUESTIONS.c.at, _QUESTIONS.c.outcome).where(_QUESTIONS.c.at >= since)
    rows = connection.execution_options(yield_per=1000).execute(query)
    counts = Counter((day_of(row.at), row.outcome) for row in rows)
    for (day, outcome), questions in sorted(counts.items()):
        yield QuestionsAsked(day.isoformat(), QuestionOutcome(outcome), questions)


def _is_direct(channel: str) -> bool:
    """Return whether the id, perhaps behind a workspace's, is of a direct-message channel."""
    return parts_of(channel)[1].startswith(_DIRECT)


def pseudonyms(database: Database) -> Callable[[str], str]:
    """Return a function that returns the pseudonym of a person's id: always the same in this
    database, and another one in others. Anybody who can read the database can find the person.

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
