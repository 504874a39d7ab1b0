"""The ids of new rows: no row gets the id of a deleted one.

Buttons in the chat, the receipts of choices and the texts of other rows name an answer, a flag or a
written answer by its id, also after it is deleted. PostgreSQL never gives an id twice. SQLite gives
the id of the last row to the next one once that row is deleted.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import keys


def new_id(database: Database, table: sa.Table) -> dict[str, Any]:
    """Return the id for a new row as a column's value; nothing if the database counts by itself."""
    if not database.is_sqlite:
        return {}
    last = sa.select(sa.func.max(table.c.id)).correlate(None).scalar_subquery()
    noted = sa.select(sa.cast(keys.c.value, sa.Integer)).where(keys.c.name == _name(table))
    most = sa.func.max(sa.func.coalesce(last, 0), sa.func.coalesce(noted.scalar_subquery(), 0))
    return {"id": most + 1}


def note_last_id(database: Database, connection: sa.Connection, *tables: sa.Table) -> None:
    """Record the last id of each table. Call it before rows are deleted."""
    if not database.is_sqlite:
        return
    for table in tables:
        last = connection.scalar(sa.select(sa.func.max(table.c.id)))
        if last is not None:
            note = database.upsert(keys, {"name": _name(table)}, {"value": str(last)})
            connection.execute(note)


def _name(table: sa.Table) -> str:
    return f"last id in {table.name}"
