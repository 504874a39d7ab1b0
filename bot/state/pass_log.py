"""Passes in the database: the port `bot.operations.passes.PassLog`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.operations.passes import Pass, PassKind
from bot.state.database import Database
from bot.state.schema import passes


class DatabasePassLog:
    """Passes in the database.

    Passes that lie ahead of ``clock`` do not count: a clock that was once wrong wrote them, and
    they would pass for the latest until it is right again.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def record(self, one: Pass) -> None:
        told = {
            "counts": dict(one.counts),
            "failed": dict(one.failed),
            "spaces": dict(one.spaces),
            "warnings": list(one.warnings),
            "lags": {space: list(lags) for space, lags in one.lags.items()},
        }
        values = {
            "wiki": one.wiki,
            "rhythm": one.kind.value,
            "began": one.began,
            "ended": one.ended,
            "complete": one.complete,
            "error": one.error,
            "told": json.dumps(told),
        }
        self._database.run(sa.insert(passes).values(values))

    def last_complete(self, wiki: str) -> datetime | None:
        query = sa.select(sa.func.max(passes.c.began)).where(
            passes.c.wiki == wiki,
            passes.c.rhythm == PassKind.ALL_PAGES.value,
            passes.c.complete,
            passes.c.began <= self._clock(),
        )
        found: datetime | None = self._database.scalar(query)
        return found

    def since(self, when: datetime) -> list[Pass]:
        known = passes.c.ended.between(when, self._clock())
        query = sa.select(passes).where(known).order_by(passes.c.ended)
        return [_pass(row) for row in self._database.all(query)]


def _pass(row: Any) -> Pass:
    told = json.loads(row.told)
    spaces = {key: (pages, closed) for key, (pages, closed) in told.pop("spaces").items()}
    warnings = tuple(told.pop("warnings", ()))
    return Pass(
        wiki=row.wiki,
        kind=PassKind(row.rhythm),
        began=row.began,
        ended=row.ended,
        complete=row.complete,
        error=row.error,
        spaces=spaces,
        warnings=warnings,
        **told,
    )
