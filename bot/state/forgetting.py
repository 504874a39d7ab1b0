"""Retention: each table of the database has its rule here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import (
    BY_ITSELF,
    Forgotten,
    MessageKind,
    MessageRef,
    MessageState,
    Way,
)
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.rows import CARD_DUE
from footnote_bot.bot.state.schema import (
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
    tokens,
    usage,
    verdicts,
    written,
)
from footnote_bot.bot.state.spool import Spool
from footnote_bot.bot.state.teams import Team, of_team
from footnote_bot.bot.workspaces.model import own_id

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
    channels: None,  # hold settings, which stay; the person's name goes
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
    tokens: tokens.c.expires,
}
"""The column with a row's age; None: age does not delete it."""


def forget_before(database: Database, when: datetime) -> int:
    """Delete rows older than ``when`` and return their number. Events that Slack delivers again
    would count as new, so ``when`` is at least hours ago.

    Raises:
        StateUnavailable
    """
    with database.begin() as connection:
        database.note_last_id(connection, answers, flags)
        set_long_ago = sa.update(channels).where(channels.c.changed < when)
        connection.execute(set_long_ago.values(person=NOBODY))
        deleted = sum(
            connection.execute(sa.delete(table).where(age < _limit(age, when))).rowcount
            for table, age in AGES.items()
            if age is not None
        )
    database.empty_log(deleted=True)
    return deleted


def forgetting(
    database: Database, spool: Spool, days: int, clock: Callable[[], datetime]
) -> Callable[[], int]:
    """Return a function that deletes rows and files older than so many days, and returns their
    number. It raises StateUnavailable."""

    def forget() -> int:
        when = clock() - timedelta(days=days)
        return forget_before(database, when) + spool.forget_before(when)

    return forget


def _limit(age: sa.Column[Any], when: datetime) -> date:
    """Return the limit as a date for date columns: a day cannot be compared with a time."""
    return when.date() if isinstance(age.type, sa.Date) else when


def forget_person(database: Database, person: str, team: Team | None = None) -> Forgotten:
    """Delete the person's questions, their answers and the person's feedback. A flag on somebody
    else's answer stays, without name and words, because the page may still be wrong. An answer sent
    to somebody who flagged an answer to ``person`` stays, without the question. An answer that
    ``person`` wrote for others stays, without a name. The receipt of an event stays, or the bot
    would answer its next delivery. ``team`` is the person's workspace, if several share the
    database: an id names one person only within a workspace.

    Raises:
        StateUnavailable
    """
    team_answers = sa.select(answers.c.id).where(of_team(answers.c.team, team))
    own_answers = team_answers.where(answers.c.asker == person)
    workspace = team.folder if team else ""
    full_id = own_id(workspace, person)
    with database.begin() as connection:
        unname = partial(_unname, connection, person)
        database.note_last_id(connection, answers, flags)
        payers = [
            full_id,
            *(own_id(workspace, id_) for id_ in _direct_channels(connection, person, team)),
        ]
        questions = _empty_messages(connection, person, team)
        own_votes = verdicts.c.answer.in_(team_answers), verdicts.c.person == person
        judged = connection.execute(sa.delete(verdicts).where(*own_votes)).rowcount
        flagged = _forget_flags(connection, person, team_answers)
        connection.execute(sa.delete(answers).where(answers.c.id.in_(own_answers)))
        connection.execute(sa.delete(reminders).where(reminders.c.recipient == full_id))
        connection.execute(sa.delete(usage).where(usage.c.payer.in_(payers)))
        own_tokens = of_team(tokens.c.team, team), tokens.c.person == person
        connection.execute(sa.delete(tokens).where(*own_tokens))
        unname(written, "author", of_team(written.c.team, team), author_name=NOBODY)
        unname(written, "ended_by", of_team(written.c.team, team))
        unname(channels, "person", of_team(channels.c.team, team))
        unname(jobs, "person", of_team(jobs.c.team, team))
        _forget_in_audit(connection, person, team)
    database.empty_log(deleted=True)
    return Forgotten(questions, judged, flagged)


def _empty_messages(connection: sa.Connection, person: str, team: Team | None) -> int:
    """Remove name and text from the person's messages, and finish them. Return their number."""
    unfinished = inbox.c.state.in_(MessageState.unfinished())
    empty = sa.update(inbox).where(of_team(inbox.c.team, team), inbox.c.person == person)
    state = sa.case((unfinished, MessageState.DONE.value), else_=inbox.c.state)
    return connection.execute(empty.values(person=NOBODY, text="", state=state)).rowcount


def _forget_flags(
    connection: sa.Connection, person: str, team_answers: sa.Select[tuple[int]]
) -> int:
    """Delete the flags on the person's answers, and remove the person from all other flags on
    ``team_answers`` (their ids). Return how many flags the person had raised."""
    own_answers = team_answers.where(answers.c.asker == person)
    in_team = flags.c.answer.in_(team_answers)
    raised = sa.and_(in_team, flags.c.person == person)
    number = connection.scalar(sa.select(sa.func.count()).select_from(flags).where(raised))
    delete = sa.delete(flags).where(flags.c.answer.in_(own_answers)).returning(flags.c.id)
    _forget_sent_questions(connection, connection.scalars(delete).all())
    # Two forgotten people may have flagged one answer.
    pseudonym = sa.literal("-") + sa.cast(flags.c.id, sa.String)
    connection.execute(
        sa.update(flags).where(raised).values(person=pseudonym, comment="", **CARD_DUE)
    )
    _unname(connection, person, flags, "holder", in_team, **CARD_DUE)
    _unname(connection, person, flags, "owner", in_team, **CARD_DUE)
    of_team_flags = flag_steps.c.flag.in_(sa.select(flags.c.id).where(in_team))
    with_own_steps = sa.select(flag_steps.c.flag).where(
        of_team_flags, flag_steps.c.person == person
    )
    connection.execute(sa.update(flags).where(flags.c.id.in_(with_own_steps)).values(CARD_DUE))
    _unname(connection, person, flag_steps, "person", of_team_flags)
    return number or 0


def _direct_channels(connection: sa.Connection, person: str, team: Team | None) -> Sequence[str]:
    """Return the channels of direct messages with the person: their ids identify the person."""
    own_messages = sa.and_(of_team(inbox.c.team, team), inbox.c.person == person)
    direct = sa.select(inbox.c.channel).where(
        own_messages, inbox.c.kind == MessageKind.DIRECT.value
    )
    return connection.scalars(direct.distinct()).all()


def _forget_sent_questions(connection: sa.Connection, flag_ids: Collection[int]) -> None:
    """Delete the question, which is in the asker's words, from answers that were sent for these
    flags, and from answers that were sent for flags on such an answer. Flags are locked before
    answers, as everywhere."""
    sent_for_flag = sa.select(answers.c.id, answers.c.ts).where(answers.c.ts.like(f"{BY_ITSELF}%"))
    sent: list[int] = []
    while flag_ids:
        rows = connection.execute(sent_for_flag)
        ids = [row.id for row in rows if MessageRef("", "", row.ts, "").flag in flag_ids]
        update = sa.update(flags).where(flags.c.answer.in_(ids)).values(CARD_DUE)
        flag_ids = connection.scalars(update.returning(flags.c.id)).all()
        sent += ids
    connection.execute(sa.update(answers).where(answers.c.id.in_(sent)).values(question=""))


def _unname(
    connection: sa.Connection,
    person: str,
    table: sa.Table,
    column: str,
    in_team: sa.ColumnElement[bool],
    **others: Any,
) -> None:
    """Replace the person by nobody in ``column``, in rows ``in_team``; set ``others``, too."""
    update = sa.update(table).where(in_team, table.c[column] == person)
    connection.execute(update.values({column: NOBODY, **others}))


def _forget_in_audit(connection: sa.Connection, person: str, team: Team | None) -> None:
    """Remove the person from the audit trail; its entries stay. The channel of a direct message,
    and a question that only the person and the bot know, would identify the person."""
    in_team = of_team(shown.c.team, team)
    own_entries = sa.and_(in_team, shown.c.person == person)
    update = sa.update(shown).where(own_entries, shown.c.way != Way.CHANNEL.value)
    connection.execute(update.values(channel="", ts=""))
    _unname(connection, person, shown, "person", in_team)
    in_team_entries = shown_readers.c.shown.in_(sa.select(shown.c.id).where(in_team))
    connection.execute(
        sa.delete(shown_readers).where(in_team_entries, shown_readers.c.person == person)
    )
