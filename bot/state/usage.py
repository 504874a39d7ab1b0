"""The language model's usage, in the database: the port `bot.answering.llm.usage.Usage`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from footnote_bot.bot.answering.llm.usage import Cap, Payer, Spent
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import inbox, usage
from footnote_bot.bot.workspaces.model import parts_of


class DatabaseUsage:
    """The usage of all processes together. A person without a message in the inbox was forgotten
    since they asked, and nothing is counted for them.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, day: date, caps: Mapping[Payer, Cap], spent: Spent) -> bool:
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
        tokens, cost = usage.c.tokens + by.tokens, usage.c.cost + by.cost
        with self._database.begin() as connection:
            for payer in sorted(caps):
                update = sa.update(usage).where(*_row(day, payer))
                connection.execute(update.values(tokens=tokens, cost=cost))

    def _add(
        self, connection: sa.Connection, day: date, payer: Payer, spent: Spent, cap: Cap
    ) -> bool:
        """Add the usage if it stays under the cap; return whether it was added. One statement
        checks and adds: it sees what another process added meanwhile, and the row is locked until
        the end."""
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
    kind, name = payer
    return usage.c.day == day, usage.c.kind == kind, usage.c.payer == name
