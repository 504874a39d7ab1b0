"""Posted weekly digests, recorded so that only one process posts each."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.schema import digests


class DatabaseDigests:
    """Digests in the database, identified by when they were ``due``. The methods block for a
    moment: call them in a thread.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    def begin(self, due: datetime) -> bool:
        """Return whether this process should post the digest. No other process begins it while this
        one lives. If a dead process began it before, it may be in Slack already."""
        mine = {"holder": self._process.name}
        open_ = sa.not_(digests.c.done) & self._process.may_take(digests.c.holder)
        begin = self._database.upsert(digests, {"due": due}, mine, open_).values(done=False)
        with self._database.begin() as connection:
            return connection.scalar(begin.returning(digests.c.due)) is not None

    def done(self, due: datetime) -> None:
        """Record that the digest was posted, or that there is none this week."""
        self._database.run(sa.update(digests).where(digests.c.due == due).values(done=True))
