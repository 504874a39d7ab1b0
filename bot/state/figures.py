"""Statistics, counted in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import BY_ITSELF, MessageState
from footnote_bot.bot.flags.model import FlagAction, Flagged, FlagState, Often, Verdict, Volume
from footnote_bot.bot.metrics.sampling import StateCounts
from footnote_bot.bot.model import Reason, Result, Source, named
from footnote_bot.bot.state import answer_json
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import answers, cited, flag_steps, flags, inbox, verdicts
from footnote_bot.bot.state.teams import Team, of_team, uninstalled_workspaces

_has = answers.c.answer.contains
ASKS_BACK = _has(answer_json.ASKS_BACK)
IS_QUESTION = sa.and_(
    answers.c.ts.not_like(f"{BY_ITSELF}%"),
    ~_has(answer_json.HAS_REASON.format(Reason.NO_QUESTION.value)),
)
_IS_UNSURE = _has(answer_json.DENIES) | _has(answer_json.IS_CLOSEST)
IS_ANSWERED = ~(_has(answer_json.IS_NONE) | _IS_UNSURE)
"""What `tone_of` calls plain."""
IS_NEAREST = ~IS_ANSWERED & (_IS_UNSURE | _has(answer_json.NAMES_SECTIONS))
"""What `tone_of` calls nearest."""
IS_GAP = IS_QUESTION & (_IS_UNSURE | _has(answer_json.HAS_REASON.format(Reason.NOTHING_FITS.value)))
"""The question is one that the wiki did not answer."""


class DatabaseFigures:
    """Statistics of answers: the port `bot.flags.ports.Figures`."""

    def __init__(self, database: Database, team: Team | None = None) -> None:
        self._database = database
        self._of_team = of_team(answers.c.team, team)

    def volume(self, since: datetime) -> Volume:
        """Count the questions since then by how they were answered, and the verdicts on them."""
        is_counted = sa.and_(self._of_team, answers.c.given >= since, IS_QUESTION, ~ASKS_BACK)
        count = sa.select(
            sa.func.count(),
            sa.func.count(sa.case((IS_ANSWERED, 1))),
            sa.func.count(sa.case((IS_NEAREST, 1))),
        ).where(is_counted)
        count_verdicts = (
            sa.select(verdicts.c.verdict, sa.func.count())
            .join(answers, verdicts.c.answer == answers.c.id)
            .where(is_counted)
            .group_by(verdicts.c.verdict)
        )
        with self._database.read() as connection:
            questions, answered, nearest = connection.execute(count).one()
            votes = {row.verdict: row[1] for row in connection.execute(count_verdicts)}
        good, bad = votes.get(Verdict.GOOD, 0), votes.get(Verdict.BAD, 0)
        return Volume(questions, answered, nearest, good, bad)

    def flagged(self, since: datetime) -> Flagged:
        """Count the flags that were raised since then, and those that were fixed since then."""
        join = sa.select(flags.c.id).join(answers, flags.c.answer == answers.c.id)
        in_team = join.where(self._of_team)
        opened = sa.select(sa.func.count()).where(
            flags.c.id.in_(in_team),
            flags.c.raised >= since,
            flags.c.state != FlagState.WITHDRAWN.value,
        )
        fixed = sa.select(sa.func.count(flag_steps.c.flag.distinct())).where(
            flag_steps.c.flag.in_(in_team),
            flag_steps.c.at >= since,
            flag_steps.c.deed.in_([FlagAction.FIXED.value, FlagAction.ANSWERED.value]),
        )
        with self._database.read() as connection:
            return Flagged(connection.scalar(opened) or 0, connection.scalar(fixed) or 0)

    def cited_often(self, since: datetime, *, at_least: int, most: int) -> Sequence[Often]:
        """Return up to ``most`` pages that ``at_least`` so many valid answers since then cite."""
        times = sa.func.count().label("times")
        count = (
            sa.select(cited.c.wiki, cited.c.page, times, sa.func.max(answers.c.id).label("latest"))
            .join(answers, cited.c.answer == answers.c.id)
            .where(
                self._of_team,
                answers.c.given >= since,
                answers.c.retracted.is_(None),
                IS_QUESTION,
                ~ASKS_BACK,
                IS_ANSWERED,
            )
            .group_by(cited.c.wiki, cited.c.page)
            .having(times >= at_least)
            .order_by(times.desc(), cited.c.wiki, cited.c.page)
            .limit(most)
        )
        with self._database.read() as connection:
            rows = connection.execute(count).all()
            texts = sa.select(answers.c.id, answers.c.answer).where(
                answers.c.id.in_({row.latest for row in rows})
            )
            latest = {
                row.id: answer_json.load(row.answer, f"answer {row.id}")
                for row in connection.execute(texts)
            }
        return [
            Often(source, row.times)
            for row in rows
            if (source := _source(latest[row.latest], row.wiki, row.page))
        ]


def _source(result: Result, wiki: str, page: str) -> Source | None:
    """Return the result's first source on this page; None if it has none."""
    sources = (source for source in named(result) if (source.wiki, source.page) == (wiki, page))
    return next(sources, None)


def state_counts(database: Database) -> StateCounts:
    """Count verdicts, flags and unfinished messages in the database, for metrics.

    Raises:
        StateUnavailable
    """
    # A deleted question keeps the time at which it was asked.
    received = sa.case((inbox.c.gone, inbox.c.changed), else_=inbox.c.received)
    waiting = (
        sa.select(inbox.c.state, sa.func.count(), sa.func.min(received).label("oldest"))
        .where(inbox.c.state.in_(MessageState.unfinished()))
        .group_by(inbox.c.state)
    )
    by_verdict = sa.select(verdicts.c.verdict, sa.func.count()).group_by(verdicts.c.verdict)
    by_state = sa.select(flags.c.state, sa.func.count()).group_by(flags.c.state)
    with database.read() as connection:
        unserved = sorted(uninstalled_workspaces(connection))
        rows = connection.execute(waiting.where(inbox.c.team.not_in(unserved))).all()
        return StateCounts(
            verdicts={Verdict(name): count for name, count in connection.execute(by_verdict)},
            flags={FlagState(name): count for name, count in connection.execute(by_state)},
            waiting={MessageState(row.state): row[1] for row in rows},
            oldest=min((row.oldest for row in rows), default=None),
        )
