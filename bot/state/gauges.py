"""Counts for metrics, from the database."""

from __future__ import annotations

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import MessageState
from footnote_bot.bot.flags.model import FlagState, Verdict
from footnote_bot.bot.metrics.sampling import StateCounts
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import flags, inbox, verdicts
from footnote_bot.bot.state.teams import left


def state_counts(database: Database) -> StateCounts:
    """Count verdicts, flags and unfinished messages in the database.

    Raises:
        StateUnavailable
    """
    # A deleted question keeps the time at which it was asked.
    came = sa.case((inbox.c.gone, inbox.c.changed), else_=inbox.c.received)
    waiting = (
        sa.select(inbox.c.state, sa.func.count(), sa.func.min(came).label("oldest"))
        .where(inbox.c.state.in_(MessageState.unfinished()))
        .group_by(inbox.c.state)
    )
    by_verdict = sa.select(verdicts.c.verdict, sa.func.count()).group_by(verdicts.c.verdict)
    by_state = sa.select(flags.c.state, sa.func.count()).group_by(flags.c.state)
    with database.look() as connection:
        unserved = sorted(left(connection))
        rows = connection.execute(waiting.where(inbox.c.team.not_in(unserved))).all()
        return StateCounts(
            verdicts={Verdict(name): count for name, count in connection.execute(by_verdict)},
            flags={FlagState(name): count for name, count in connection.execute(by_state)},
            waiting={MessageState(row.state): row[1] for row in rows},
            oldest=min((row.oldest for row in rows), default=None),
        )
