"""Work in the database that one process does for all: reindex jobs, and weekly digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.operations.model import Job, JobState, Order
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.schema import digests, jobs
from footnote_bot.bot.state.teams import Team, id_of, of_team
from footnote_bot.indexers.model import SyncScope

_OPEN = (JobState.WAITING, JobState.RUNNING, JobState.CANCELLING)


@dataclass(frozen=True, slots=True)
class DatabaseJobs:
    """Reindex jobs: the port `bot.operations.ports.Jobs`."""

    database: Database
    clock: Callable[[], datetime]
    process: Process
    team: Team | None = None

    def add(self, order: Order, person: str, channel: str) -> Job | None:
        """Add a job, which waits until it is `ready`; None if one for the same wiki is not done."""
        wiki = order.part.wiki if order.part else ""
        values = {
            "wiki": wiki,
            "space": order.part.space if order.part else "",
            "page": order.part.page if order.part else "",
            "full": order.full,
            "dry_run": order.dry_run,
            "person": person,
            "channel": channel,
            "message": "",
            "state": JobState.WAITING.value,
            "attempts": 0,
            "holder": self.process.name,
            "changed": self.clock(),
            "team": id_of(self.team),
        }
        overlaps = sa.true() if not wiki else jobs.c.wiki.in_(["", wiki])
        with self.database.begin() as connection:
            # Two jobs added at the same moment may both pass: they then run one after the other.
            if connection.scalar(sa.select(jobs.c.id).where(jobs.c.state.in_(_OPEN), overlaps)):
                return None
            id_ = connection.scalar(sa.insert(jobs).values(values).returning(jobs.c.id))
        return Job(int(id_ or 0), order, person, channel)

    def take(self) -> Job | None:
        """Take the next job that waits, or that a dead process or this one left unfinished; None if
        there is none."""
        with self.database.begin() as connection:
            # A waiting job that this process holds is not `ready` yet.
            mine = (jobs.c.holder == self.process.name) & (jobs.c.state != JobState.WAITING.value)
            free = mine | self.process.is_dead(jobs.c.holder)
            available = jobs.c.state.in_(_OPEN) & of_team(jobs.c.team, self.team) & free
            for id_ in connection.scalars(
                sa.select(jobs.c.id).where(available).order_by(jobs.c.id)
            ):
                take = (
                    sa.update(jobs)
                    .where(jobs.c.id == id_, available)
                    .values(
                        holder=self.process.name,
                        attempts=jobs.c.attempts + 1,
                        state=sa.case(
                            (jobs.c.state == JobState.WAITING.value, JobState.RUNNING.value),
                            else_=jobs.c.state,
                        ),
                        changed=self.clock(),
                    )
                    .returning(jobs)
                )
                if row := connection.execute(take).one_or_none():
                    return _job(row)
        return None

    def ready(self, job: int) -> None:
        """Let any process take the job."""
        self._change(jobs.c.id == job, holder="")

    def shown(self, job: int, channel: str, message: str) -> None:
        """Record the message that shows the job."""
        self._change(jobs.c.id == job, channel=channel, message=message)

    def cancel(self, job: int) -> bool:
        """Mark a job to be cancelled; return False if it has ended."""
        open_ = (jobs.c.id == job) & jobs.c.state.in_(_OPEN)
        return self._change(open_, state=JobState.CANCELLING.value) > 0

    def is_cancelled(self, job: int) -> bool:
        query = sa.select(jobs.c.state).where(jobs.c.id == job)
        return bool(self.database.scalar(query) == JobState.CANCELLING.value)

    def ended(self, job: int) -> None:
        """Record that the work on the job has ended."""
        self._change(jobs.c.id == job, state=JobState.ENDED.value)

    def release(self) -> None:
        """Release this process's unfinished jobs, so that another process takes them."""
        mine = (
            jobs.c.state.in_(_OPEN)
            & of_team(jobs.c.team, self.team)
            & (jobs.c.holder == self.process.name)
        )
        self._change(mine, holder="")

    def _change(self, condition: sa.ColumnElement[bool], **values: str) -> int:
        """Set ``values`` in the jobs that meet the ``condition``; return how many there are."""
        change = sa.update(jobs).where(condition).values(changed=self.clock(), **values)
        return self.database.run(change)


class DatabaseDigests:
    """Posted weekly digests, identified by when they were ``due``, so that only one process posts
    each.

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


def _job(row: Any) -> Job:
    part = SyncScope(row.wiki, row.space, row.page) if row.wiki else None
    return Job(
        id=row.id,
        order=Order(part, full=row.full, dry_run=row.dry_run),
        person=row.person,
        channel=row.channel,
        message=row.message,
        attempts=row.attempts,
    )
