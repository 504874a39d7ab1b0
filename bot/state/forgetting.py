"""Retention: each table of the database has its rule here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.conversation.model import (
    BY_ITSELF,
    Forgotten,
    MessageKind,
    MessageRef,
    MessageState,
    Way,
)
from bot.state.database import Database
from bot.state.schema import (
    answers,
    channels,
    cited,
    digests,
    edited_questions,
    flag_steps,
    flags,
    inbox,
    installations,
    jobs,
    keys,
    locks,
    oauth_states,
    org_workspaces,
    passes,
    processes,
    reminders,
    shown,
    shown_pages,
    shown_readers,
    threads,
    usage,
    verdicts,
    written,
)
from bot.state.spool import Spool
from bot.state.teams import Team, of_team
from bot.workspaces.model import own_id

NOBODY = ""

AGES: dict[sa.Table, sa.Column[Any] | None] = {
    inbox: inbox.c.changed,
    edited_questions: None,  # go with their message
    answers: answers.c.given,
    verdicts: None,  # go with their answer
    flags: None,  # go with their answer
    flag_steps: None,  # go with their flag
    cited: None,  # go with their answer
    reminders: reminders.c.at,
    digests: digests.c.due,
    written: None,  # stay until the day that their author set
    threads: threads.c.changed,
    channels: None,  # hold settings, which stay, but for who set them
    passes: passes.c.ended,
    jobs: jobs.c.changed,
    usage: usage.c.day,
    processes: None,  # go when they are dead
    locks: None,  # hold only a wiki's and a process's name
    shown: shown.c.at,
    shown_pages: None,  # go with their entry
    shown_readers: None,  # go with their entry
    keys: None,  # hold nothing about anybody
    installations: None,  # stay until Footnote is uninstalled there
    org_workspaces: None,  # go with their installation
    oauth_states: oauth_states.c.expires,
}
"""The column with a row's age; None: it needs none."""


def forget_before(database: Database, when: datetime, audited: datetime | None = None) -> int:
    """Delete what is older than ``when`` and return how many rows; of the audit trail what is older
    than ``audited``, if that is given. Events that Slack delivers again would count as new, so
    ``when`` is at least hours ago.

    Raises:
        StateUnavailable
    """
    with database.begin() as connection:
        set_long_ago = sa.update(channels).where(channels.c.changed < when)
        connection.execute(set_long_ago.values(person=NOBODY))
        return sum(
            connection.execute(
                sa.delete(table).where(
                    age < _of(age, audited if table is shown and audited else when)
                )
            ).rowcount
            for table, age in AGES.items()
            if age is not None
        )


def forgetting(
    database: Database, spool: Spool, days: int, audit_days: int, clock: Callable[[], datetime]
) -> Callable[[], int]:
    """Return a function that deletes what is older than so many days, from database and files, and
    returns how much. It raises StateUnavailable."""

    def forget() -> int:
        now = clock()
        when = now - timedelta(days=days)
        audited = now - timedelta(days=audit_days)
        return forget_before(database, when, audited) + spool.forget_before(when)

    return forget


def _of(age: sa.Column[Any], when: datetime) -> date:
    """Return a date for date columns: a day cannot be compared with a time."""
    return when.date() if isinstance(age.type, sa.Date) else when


def forget_person(database: Database, person: str, team: Team | None = None) -> Forgotten:
    """Delete what ``person`` asked, got and said. A flag on somebody else's answer stays, without
    name and words, because the page may still be wrong; what was sent to somebody who flagged an
    answer to ``person`` stays, without the question; an answer that they wrote for others stays,
    without a name. The receipt of an event stays too, or its next delivery would be answered.
    ``team`` is their workspace, where several share the database: an id names one person there.

    Raises:
        StateUnavailable
    """
    ours = sa.select(answers.c.id).where(of_team(answers.c.team, team))
    own = ours.where(answers.c.asker == person)
    of_ours = flags.c.answer.in_(ours)
    raised = sa.and_(of_ours, flags.c.person == person)
    with database.begin() as connection:
        alone = _channels_alone(connection, person, team)
        questions = connection.execute(
            sa.update(inbox)
            .where(of_team(inbox.c.team, team), inbox.c.person == person)
            .values(
                person=NOBODY,
                text="",
                state=sa.case(
                    (
                        inbox.c.state.in_([MessageState.RECEIVED, MessageState.WORKING]),
                        MessageState.DONE.value,
                    ),
                    else_=inbox.c.state,
                ),
            )
        ).rowcount
        theirs = verdicts.c.answer.in_(ours), verdicts.c.person == person
        judged = connection.execute(sa.delete(verdicts).where(*theirs)).rowcount
        flagged = connection.scalar(sa.select(sa.func.count()).select_from(flags).where(raised))
        on_own = sa.delete(flags).where(flags.c.answer.in_(own)).returning(flags.c.id)
        gone = connection.scalars(on_own).all()
        # Two forgotten people may have flagged one answer.
        nobody = sa.literal("-") + sa.cast(flags.c.id, sa.String)
        # The recorded edition is one less than the flag's, so their cards are updated.
        anew = {"edition": flags.c.edition + 1}
        _forget_what_was_sent(connection, gone, anew)
        connection.execute(sa.update(flags).where(raised).values(person=nobody, comment="", **anew))
        unname = partial(_unname, connection, person)
        unname(flags, "holder", of_ours, **anew)
        unname(flags, "owner", of_ours, **anew)
        our_flags = sa.select(flags.c.id).where(of_ours)
        of_theirs = sa.and_(flag_steps.c.flag.in_(our_flags), flag_steps.c.person == person)
        taken = sa.select(flag_steps.c.flag).where(of_theirs)
        connection.execute(sa.update(flags).where(flags.c.id.in_(taken)).values(anew))
        unname(flag_steps, "person", flag_steps.c.flag.in_(our_flags))
        among_all = own_id(team.folder if team else "", person)
        connection.execute(sa.delete(reminders).where(reminders.c.recipient == among_all))
        unname(written, "author", of_team(written.c.team, team), author_name=NOBODY)
        unname(written, "ended_by", of_team(written.c.team, team))
        connection.execute(sa.delete(answers).where(answers.c.id.in_(own)))
        # Others chose among the readings of their questions. After their own rows, as whoever
        # records such a choice looks at those first.
        chosen = ours.where(answers.c.own_asker == person)
        connection.execute(sa.update(flags).where(flags.c.answer.in_(chosen)).values(anew))
        unname(answers, "own_asker", of_team(answers.c.team, team), own_words="")
        _forget_in_audit(connection, person, team)
        payers = [among_all, *(own_id(team.folder if team else "", one) for one in alone)]
        connection.execute(sa.delete(usage).where(usage.c.payer.in_(payers)))
        unname(channels, "person", of_team(channels.c.team, team))
        unname(jobs, "person", of_team(jobs.c.team, team))
    return Forgotten(questions, judged, flagged or 0)


def _channels_alone(connection: sa.Connection, person: str, team: Team | None) -> Sequence[str]:
    """Return the channels of the person's direct messages, which name them."""
    theirs = sa.and_(of_team(inbox.c.team, team), inbox.c.person == person)
    direct = sa.select(inbox.c.channel).where(theirs, inbox.c.kind == MessageKind.DIRECT.value)
    return connection.scalars(direct.distinct()).all()


def _forget_what_was_sent(
    connection: sa.Connection, of_flags: Collection[int], anew: Mapping[str, Any]
) -> None:
    """Delete the question of the answers that were sent to people who raised ``of_flags``, which is
    in the words of who asked, and of those that were sent after a flag on these. Flags are locked
    before answers, as everywhere."""
    by_itself = sa.select(answers.c.id, answers.c.ts).where(answers.c.ts.like(f"{BY_ITSELF}%"))
    sent: list[int] = []
    while of_flags:
        rows = connection.execute(by_itself)
        found = [row.id for row in rows if MessageRef("", "", row.ts, "").flag in of_flags]
        again = sa.update(flags).where(flags.c.answer.in_(found)).values(anew)
        of_flags = connection.scalars(again.returning(flags.c.id)).all()
        sent += found
    connection.execute(sa.update(answers).where(answers.c.id.in_(sent)).values(question=""))


def _unname(
    connection: sa.Connection,
    person: str,
    table: sa.Table,
    column: str,
    ours: sa.ColumnElement[bool],
    **more: Any,
) -> None:
    """Put nobody in the place of the person in ``column`` of the rows that are ``ours``."""
    theirs = sa.update(table).where(ours, table.c[column] == person)
    connection.execute(theirs.values({column: NOBODY, **more}))


def _forget_in_audit(connection: sa.Connection, person: str, team: Team | None) -> None:
    """Remove the person from the audit trail, whose entries stay. The channel of a direct message,
    and the question that only they and the bot know of, would name them."""
    ours = of_team(shown.c.team, team)
    theirs = sa.and_(ours, shown.c.person == person)
    alone = sa.update(shown).where(theirs, shown.c.way != Way.CHANNEL.value)
    connection.execute(alone.values(channel="", ts=""))
    _unname(connection, person, shown, "person", ours)
    read = shown_readers.c.shown.in_(sa.select(shown.c.id).where(ours))
    connection.execute(sa.delete(shown_readers).where(read, shown_readers.c.person == person))
