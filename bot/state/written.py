"""Written answers in the database: the port `bot.flags.ports.WrittenAnswers`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.flags.model import Announcement, End, FlagAction
from footnote_bot.bot.state import answer_json
from footnote_bot.bot.state.answers import note_action
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import answers, flags, written
from footnote_bot.bot.state.teams import Team, id_of, of_team

_SAME_FIELDS = (
    "question", "text", "author", "author_name", "expires", "flag", "channel", "by_admin",
)  # fmt: skip
"""Fields of a written answer whose columns have the same name and value."""


class DatabaseWrittenAnswers:
    """Written answers in the database."""

    def __init__(self, database: Database, team: Team | None = None) -> None:
        self._database = database
        self._team = team
        self._of_team = of_team(written.c.team, team)

    def write(self, answer: WrittenAnswer) -> WrittenAnswer:
        """Store the answer, in place of an earlier one for the same flag; return it with its id."""
        values = {name: getattr(answer, name) for name in _SAME_FIELDS} | {
            "at": answer.written,
            "sources": answer_json.dump_sources(answer.sources),
            "says": json.dumps(answer.fingerprints),
            "acl": str(answer.acl),
            "team": id_of(self._team),
            **self._database.new_id(written),
        }
        with self._database.begin() as connection:
            if answer.flag is not None:
                # A concurrent writer waits here, and then replaces this answer.
                flag = sa.select(flags.c.id).where(flags.c.id == answer.flag)
                connection.execute(flag.with_for_update())
                connection.execute(
                    sa.update(written)
                    .where(written.c.flag == answer.flag, written.c.ended == "")
                    .values(ended=End.REPLACED.value, ended_by=answer.author, announce_due=True)
                )
            id_ = connection.scalars(
                sa.insert(written).values(values).returning(written.c.id)
            ).one()
        return replace(answer, id=id_)

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]:
        """Return the answers that have neither ended nor expired, newest first."""
        return self._written(written.c.expires > now)

    def expired(self, now: datetime) -> Sequence[WrittenAnswer]:
        """Return the answers that have expired and not ended, newest first."""
        return self._written(written.c.expires <= now)

    def end(
        self,
        id_: int,
        why: End,
        person: str,
        when: datetime,
        *,
        retract_since: datetime | None = None,
    ) -> bool:
        """End a written answer; return False if it ended before. Answers that repeat it and were
        given after ``retract_since`` become due to be retracted (None: they stay)."""
        end = (
            sa.update(written)
            .where(self._of_team, written.c.id == id_, written.c.ended == "")
            .values(ended=why.value, ended_by=person, announce_due=True)
            .returning(written.c.flag)
        )
        repeats_it = answers.c.answer.contains(answer_json.IS_WRITTEN.format(id_), autoescape=True)
        with self._database.begin() as connection:
            row = connection.execute(end).one_or_none()
            if row is None:
                return False
            if why is End.WITHDRAWN and row.flag is not None:
                note_action(connection, row.flag, FlagAction.ANSWER_WITHDRAWN, person, when)
            if retract_since is not None:
                invalidate = sa.update(answers).where(
                    repeats_it, answers.c.given >= retract_since, answers.c.retracted.is_(None)
                )
                connection.execute(invalidate.values(falling=True))
        return True

    def vouch(self, id_: int, *, by_admin: bool) -> None:
        """Record whether the answer's author is an admin now."""
        vouch = sa.update(written).where(written.c.id == id_)
        self._database.run(vouch.values(by_admin=by_admin))

    def announcement(self, id_: int) -> Announcement | None:
        """Return the announcement of the written answer; None if the answer is gone."""
        return next(iter(self._announcements(written.c.id == id_)), None)

    def unannounced(self) -> Sequence[Announcement]:
        """Return the announcements that are missing or out of date, oldest first."""
        return self._announcements(written.c.announce_due)

    def announced(self, announcement: Announcement, channel: str, ts: str) -> None:
        """Record where the announcement was posted. If it says that the answer ended, the answer is
        deleted, but its id is never given again."""
        unchanged = (
            written.c.id == announcement.written.id,
            written.c.ended == (announcement.ended or ""),
        )
        if announcement.ended:
            with self._database.begin() as connection:
                self._database.note_last_id(connection, written)
                connection.execute(sa.delete(written).where(*unchanged))
            return
        with self._database.begin() as connection:
            # Record it even if the answer ended meanwhile: the posted message needs an update.
            where = written.c.id == announcement.written.id
            values = {"announced_in": channel, "announcement": ts}
            connection.execute(sa.update(written).where(where).values(values))
            connection.execute(sa.update(written).where(*unchanged).values(announce_due=False))

    def _written(self, condition: sa.ColumnElement[bool]) -> list[WrittenAnswer]:
        """Return the answers that meet the ``condition`` and have not ended, newest first."""
        query = sa.select(written).where(self._of_team, condition, written.c.ended == "")
        rows = self._database.all(query.order_by(written.c.id.desc()))
        return [_written_answer(row) for row in rows]

    def _announcements(self, condition: sa.ColumnElement[bool]) -> list[Announcement]:
        """Return the announcements of answers that meet the ``condition``, oldest first."""
        query = sa.select(written).where(self._of_team, condition).order_by(written.c.id)
        return [
            Announcement(
                _written_answer(row),
                row.announced_in,
                row.announcement,
                End(row.ended) if row.ended else None,
                row.ended_by,
            )
            for row in self._database.all(query)
        ]


def _written_answer(row: Any) -> WrittenAnswer:
    name = f"written answer {row.id}"
    sources, fingerprints, acl = answer_json.load_basis(row.sources, row.says, row.acl, name)
    return WrittenAnswer(
        id=row.id,
        written=row.at,
        sources=sources,
        fingerprints=fingerprints,
        acl=acl,
        **{name: getattr(row, name) for name in _SAME_FIELDS},
    )
