"""What reviewers wrote, in the database: the port `bot.feedback.ports.WrittenAnswers`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.feedback.model import Written
from bot.state import answer_json
from bot.state.database import Database
from bot.state.schema import flags, written
from indexers.model import Acl


class DatabaseWrittenAnswers:
    """Its methods block for a moment: call them in a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, one: Written) -> Written:
        values = {
            "flag": one.flag,
            "question": one.question,
            "text": one.text,
            "author": one.author,
            "author_name": one.author_name,
            "at": one.written,
            "expires": one.expires,
            "sources": answer_json.dump_sources(one.sources),
            "says": json.dumps(one.says),
            "acl": str(one.acl),
        }
        with self._database.begin() as connection:
            if one.flag is not None:
                # Who writes at the same moment waits, and then replaces it.
                flag = sa.select(flags.c.id).where(flags.c.id == one.flag)
                connection.execute(flag.with_for_update())
                connection.execute(sa.delete(written).where(written.c.flag == one.flag))
            id_ = connection.scalars(
                sa.insert(written).values(values).returning(written.c.id)
            ).one()
        return replace(one, id=id_)

    def valid(self, now: datetime) -> Sequence[Written]:
        return self._written(written.c.expires > now)

    def expired(self, now: datetime) -> Sequence[Written]:
        return self._written(written.c.expires <= now)

    def remove(self, id_: int) -> None:
        with self._database.begin() as connection:
            connection.execute(sa.delete(written).where(written.c.id == id_))

    def _written(self, condition: sa.ColumnElement[bool]) -> list[Written]:
        query = sa.select(written).where(condition).order_by(written.c.id.desc())
        with self._database.begin() as connection:
            return [_one(row) for row in connection.execute(query)]


def _one(row: Any) -> Written:
    return Written(
        id=row.id,
        question=row.question,
        text=row.text,
        author=row.author,
        author_name=row.author_name,
        written=row.at,
        expires=row.expires,
        sources=answer_json.load_sources(row.sources),
        says=tuple(json.loads(row.says)),
        acl=Acl.parse(row.acl),
        flag=row.flag,
    )
