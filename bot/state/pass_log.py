"""Passes in the database: the port `bot.operations.passes.PassLog`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import passes


class DatabasePassLog:
    """Passes in the database.

    Passes later than ``clock`` do not count: a clock that was once wrong wrote them, and they would
    count as the latest until that time comes.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def record(self, pass_: Pass) -> None:
        details = {
            "counts": dict(pass_.counts),
            "failed": dict(pass_.failed),
            "spaces": dict(pass_.spaces),
            "warnings": list(pass_.warnings),
            "lags": {space: list(lags) for space, lags in pass_.lags.items()},
        }
        values = {
            "wiki": pass_.wiki,
            "rhythm": pass_.kind.value,
            "began": pass_.began,
            "ended": pass_.ended,
            "complete": pass_.complete,
            "error": pass_.error,
            "told": json.dumps(details),
        }
        self._database.run(sa.insert(passes).values(values))

    def last_complete(self, wiki: str) -> datetime | None:
        """Return when the wiki's last complete pass over all pages began; None without one."""
        query = sa.select(sa.func.max(passes.c.began)).where(
            passes.c.wiki == wiki,
            passes.c.rhythm == PassKind.ALL_PAGES.value,
            passes.c.complete,
            passes.c.began <= self._clock(),
        )
        began: datetime | None = self._database.scalar(query)
        return began

    def since(self, when: datetime) -> list[Pass]:
        ended = passes.c.ended.between(when, self._clock())
        query = sa.select(passes).where(ended).order_by(passes.c.ended)
        return [_pass(row) for row in self._database.all(query)]


def _pass(row: Any) -> Pass:
    details = json.loads(row.told)
    return Pass(
        wiki=row.wiki,
        kind=PassKind(row.rhythm),
        began=row.began,
        ended=row.ended,
        complete=row.complete,
        error=row.error,
        counts=details.get("counts", {}),
        failed=details.get("failed", {}),
        spaces={key: (pages, closed) for key, (pages, closed) in details["spaces"].items()},
        # Rows of earlier checkouts have none of these.
        warnings=tuple(details.get("warnings", ())),
        lags=details.get("lags", {}),
    )
