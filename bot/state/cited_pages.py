"""The pages that answers cite, in the database: the port `bot.flags.ports.CitedPages`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.flags.model import Cited, FlagState
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.rows import CARD_DUE, recorded_of
from footnote_bot.bot.state.schema import answers, cited, flags
from footnote_bot.bot.state.teams import Team, of_team
from footnote_bot.indexers.model import KnownPage


class DatabaseCitedPages:
    """Cited pages in the database."""

    def __init__(self, database: Database, team: Team | None = None) -> None:
        self._database = database
        self._of_team = of_team(answers.c.team, team)

    def wikis(self) -> Sequence[str]:
        """Return the wikis of all cited pages."""
        query = sa.select(cited.c.wiki).join(answers, cited.c.answer == answers.c.id)
        return [row.wiki for row in self._database.all(query.where(self._of_team).distinct())]

    def cited(self, wiki: str, since: datetime) -> Sequence[Cited]:
        """Return the wiki's pages cited by unretracted answers since then, or by flagged ones."""
        flagged = sa.select(flags.c.answer)
        query = (
            sa.select(cited, answers.c.asker, answers.c.channel, answers.c.private, answers.c.open)
            .join(answers, cited.c.answer == answers.c.id)
            .where(
                self._of_team,
                cited.c.wiki == wiki,
                sa.or_(
                    sa.and_(answers.c.given >= since, answers.c.retracted.is_(None)),
                    cited.c.answer.in_(flagged),
                ),
            )
            .order_by(cited.c.answer, cited.c.page)
        )
        return [Cited(**row._asdict()) for row in self._database.all(query)]

    def seen(self, page: Cited, current: KnownPage, *, changed: bool) -> None:
        """Record the page's ``current`` state; if it ``changed``, open flags ask again."""
        values = {"revision": current.revision, "acl": str(current.acl)}
        with self._database.begin() as connection:
            connection.execute(sa.update(cited).where(*_row(page)).values(values))
            if changed:
                _make_due(connection, page.answer)

    def invalidate(self, page: Cited, since: datetime | None) -> None:
        """Delete the row of a page that is gone, or closed to people who saw it. The answer becomes
        due to be retracted if it was given after ``since`` (None: it stays)."""
        of_answer = sa.select(flags.c.id).where(flags.c.answer == page.answer)
        with self._database.begin() as connection:
            # Lock in the order in which forgetting and answering again lock.
            connection.execute(of_answer.order_by(flags.c.id).with_for_update())
            answer = sa.select(answers.c.id).where(answers.c.id == page.answer)
            connection.execute(answer.with_for_update())
            if not connection.execute(sa.delete(cited).where(*_row(page))).rowcount:
                return  # the question was answered again since the row was read
            _make_due(connection, page.answer)
            if since is not None:
                connection.execute(
                    sa.update(answers)
                    .where(
                        answers.c.id == page.answer,
                        answers.c.given >= since,
                        answers.c.retracted.is_(None),
                    )
                    .values(falling=True)
                )

    def invalidated(self) -> Sequence[RecordedAnswer]:
        """Return the posted answers that are due to be retracted."""
        invalidated = self._of_team, answers.c.falling, answers.c.message != ""
        query = sa.select(answers).where(*invalidated)
        return [recorded_of(row) for row in self._database.all(query.order_by(answers.c.id))]

    def is_invalid(self, recorded: RecordedAnswer) -> bool:
        """Return whether the answer is still due to be retracted, and no newer one replaced it."""
        return (
            self._database.scalar(sa.select(answers.c.id).where(*_is_still_invalid(recorded)))
            is not None
        )

    def retracted(self, recorded: RecordedAnswer, when: datetime) -> bool:
        """Record that the answer was retracted; return False if that was no longer due."""
        update = (
            sa.update(answers)
            .where(*_is_still_invalid(recorded))
            .values(falling=False, retracted=when)
        )
        return bool(self._database.run(update))


def _row(page: Cited) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that find the page's row if it is still as it was read."""
    return (
        cited.c.answer == page.answer,
        cited.c.wiki == page.wiki,
        cited.c.page == page.page,
        cited.c.revision == page.revision,
        cited.c.acl == page.acl,
    )


def _is_still_invalid(recorded: RecordedAnswer) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that this version of the answer is due to be retracted."""
    return answers.c.id == recorded.id, answers.c.falling, answers.c.given == recorded.answered


def _make_due(connection: sa.Connection, answer: int) -> None:
    """Make the flags' cards due, which may show less now; open flags ask their question again."""
    of_answer = sa.update(flags).where(flags.c.answer == answer)
    connection.execute(of_answer.values(CARD_DUE))
    unsettled = flags.c.state.in_([state for state in FlagState if not state.settled])
    connection.execute(of_answer.where(unsettled).values(ask_due=True))
