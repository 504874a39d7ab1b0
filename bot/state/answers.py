"""Answers, verdicts on them, and flags with their history, in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import AskedQuestion, RecordedAnswer, Tally
from footnote_bot.bot.errors import AskerForgotten
from footnote_bot.bot.flags.model import (
    Card,
    Complaint,
    Due,
    Flag,
    FlagAction,
    FlagState,
    Step,
    Verdict,
)
from footnote_bot.bot.model import Result
from footnote_bot.bot.state import answer_json
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import IS_GAP
from footnote_bot.bot.state.rows import CARD_DUE, flag_of, is_at, is_in_thread, recorded_of
from footnote_bot.bot.state.schema import (
    answers,
    cited,
    flag_steps,
    flags,
    inbox,
    reminders,
    verdicts,
)
from footnote_bot.bot.state.teams import Team, of_team
from footnote_bot.bot.workspaces.model import own_id
from footnote_bot.indexers.model import KnownPage

_DUE = {Due.ASK: flags.c.ask_due, Due.TELL: flags.c.tell_due}
_SETTLED = [state.value for state in FlagState if state.settled]
_RECIPIENT = 32
"""Length of the column, in characters."""


class DatabaseAnswers:
    """The port `bot.flags.ports.AnswerStore` in the database."""

    def __init__(self, database: Database, team: Team | None = None) -> None:
        self._database = database
        self._of_team = of_team(answers.c.team, team)
        self._workspace = team.folder if team else ""

    def keep(
        self,
        asked: AskedQuestion,
        answer: Result,
        answered: datetime,
        as_of: datetime | None,
        pages: Mapping[tuple[str, str], KnownPage],
    ) -> RecordedAnswer:
        """Store an answer, in place of an earlier one to the same message, with the state of its
        ``pages`` (by wiki and key). If the question was edited, delete its good verdicts.

        Raises:
            AskerForgotten: the asker's data was deleted meanwhile.
        """
        place = asked.place
        key = {"team": place.team, "channel": place.channel, "ts": place.ts}
        with self._database.begin() as connection:
            if _is_forgotten(connection, asked):
                raise AskerForgotten("The person who asked had their data deleted.")
            values = {
                "question": asked.question,
                "answer": answer_json.dump(answer),
                "asker": asked.asker,
                "private": asked.private,
                "open": asked.open,
                "given": answered,
                "as_of": as_of,
                "falling": False,
                "retracted": None,
            }
            upsert = self._database.upsert(answers, key, values)
            new = {"thread": place.thread, "message": "", **self._database.new_id(answers)}
            question_before = sa.select(answers.c.question).where(is_at(answers, place))
            is_other_question = connection.scalar(question_before) not in (None, asked.question)
            keep = upsert.values(new).returning(answers.c.id, answers.c.message)
            row = connection.execute(keep).one()
            if is_other_question:
                good = verdicts.c.verdict == Verdict.GOOD.value
                connection.execute(sa.delete(verdicts).where(verdicts.c.answer == row.id, good))
            connection.execute(sa.delete(cited).where(cited.c.answer == row.id))
            if pages:
                connection.execute(sa.insert(cited), _cited_rows(row.id, pages))
        return RecordedAnswer(row.id, asked, answer, answered, as_of, row.message)

    def posted(self, answer: int, message: str) -> None:
        """Record which message carries the answer's buttons."""
        update = sa.update(answers).where(answers.c.id == answer)
        self._database.run(update.values(message=message))

    def recorded(self, answer: int) -> RecordedAnswer | None:
        """Return the answer with this id; None if there is none."""
        return next(iter(self._answers(answers.c.id == answer)), None)

    def recorded_in(self, channel: str, message: str) -> RecordedAnswer | None:
        """Return the answer in this message; None if it holds none."""
        is_message = answers.c.channel == channel, answers.c.message == message
        return next(iter(self._answers(*is_message)), None)

    def vote(self, answer: int, person: str, verdict: Verdict, when: datetime) -> None:
        """Record a verdict, in place of the person's earlier one on the answer."""
        key = {"answer": answer, "person": person}
        values = {"verdict": verdict.value, "changed": when}
        self._database.run(self._database.upsert(verdicts, key, values))

    def unvote(self, answer: int, person: str, verdict: Verdict) -> bool:
        """Delete the person's verdict; return False if they have none, or another one."""
        unvote = sa.delete(verdicts).where(
            verdicts.c.answer == answer,
            verdicts.c.person == person,
            verdicts.c.verdict == verdict.value,
        )
        return bool(self._database.run(unvote))

    def tally(self, answer: int) -> Tally:
        """Count the good and the bad verdicts on the answer."""
        count = (
            sa.select(verdicts.c.verdict, sa.func.count().label("votes"))
            .where(verdicts.c.answer == answer)
            .group_by(verdicts.c.verdict)
        )
        counts = {row.verdict: row.votes for row in self._database.all(count)}
        return Tally(good=counts.get(Verdict.GOOD, 0), bad=counts.get(Verdict.BAD, 0))

    def praised(self, *, by_others: bool = False) -> Sequence[RecordedAnswer]:
        """Return the answers with a good verdict (``by_others``: of somebody but the asker)."""
        praise = sa.select(verdicts.c.answer).where(
            verdicts.c.answer == answers.c.id, verdicts.c.verdict == Verdict.GOOD.value
        )
        if by_others:
            praise = praise.where(verdicts.c.person != answers.c.asker)
        return self._answers(praise.exists())

    def unanswered(self, since: datetime) -> Sequence[RecordedAnswer]:
        """Return the answers since then that left the question open, without retracted ones."""
        return self._answers(IS_GAP, answers.c.given >= since, answers.c.retracted.is_(None))

    def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:
        """Return the answers before this one in its thread, oldest first."""
        place = recorded.asked.place
        in_thread = is_in_thread(answers, place.team, place.channel, place.thread)
        return self._answers(in_thread, answers.c.id < recorded.id)

    def in_thread(self, team: str, channel: str, thread: str) -> Sequence[RecordedAnswer]:
        return self._answers(is_in_thread(answers, team, channel, thread))

    def _answers(self, *conditions: sa.ColumnElement[bool]) -> list[RecordedAnswer]:
        query = sa.select(answers).where(self._of_team, *conditions).order_by(answers.c.id)
        return [recorded_of(row) for row in self._database.all(query)]

    def raise_flag(
        self, answer: int, person: str, complaint: Complaint, comment: str, when: datetime
    ) -> Flag:
        """Raise the person's flag on the answer, or change and reopen their earlier one."""
        values = {
            "complaint": complaint.value,
            "comment": comment,
            "state": FlagState.OPEN.value,
            "holder": "",
            "tell_due": False,
            "raised": when,
            "changed": when,
        }
        # Without a reason an open flag stays as it is.
        changes_if = flags.c.state.in_(_SETTLED) if complaint is Complaint.UNSAID else None
        key = {"answer": answer, "person": person}
        upsert = self._database.upsert(flags, key, values | CARD_DUE, changes_if)
        new = {"card_channel": "", "card_ts": "", "edition": 1, **self._database.new_id(flags)}
        with self._database.begin() as connection:
            id_ = connection.scalar(upsert.values(new).returning(flags.c.id))
            if id_ is not None:
                _note(connection, id_, FlagAction.RAISED, person, when)
        return self._flags(flags.c.answer == answer, flags.c.person == person)[0]

    def flag(self, id_: int) -> Flag | None:
        return next(iter(self._flags(flags.c.id == id_)), None)

    def flag_of(self, answer: int, person: str) -> Flag | None:
        """Return the person's flag on the answer; None if they raised none."""
        return next(iter(self._flags(flags.c.answer == answer, flags.c.person == person)), None)

    def flags(self, *states: FlagState) -> Sequence[Flag]:
        """Return the flags in one of ``states``, or all, oldest first."""
        return self._flags(flags.c.state.in_(states) if states else sa.true())

    def flags_by(self, person: str, *states: FlagState) -> Sequence[Flag]:
        """Return the flags in one of ``states`` that the person raised, oldest first."""
        return self._flags(flags.c.person == person, flags.c.state.in_(states))

    def due(self) -> Sequence[Flag]:
        """Return the flags with due work: to update a card, ask a question or tell a person."""
        return self._flags(sa.or_(flags.c.edition > flags.c.shown, *_DUE.values()))

    def carded(self, flag: int, card: Card, owner: str) -> None:
        """Record the message that is the flag's card, and the id of the page's ``owner``."""
        self._change(flag, {"card_channel": card.channel, "card_ts": card.ts, "owner": owner})

    def move(  # noqa: PLR0913 - who did what when, and what follows from it
        self,
        flag: int,
        state: FlagState,
        action: FlagAction,
        person: str,
        when: datetime,
        *,
        due: Sequence[Due] = (),
        unless: Sequence[FlagState] = (),
    ) -> bool:
        """Put the flag into ``state``, record who did what, and make the card and the work ``due``.
        Return False if the flag is in a state of ``unless``, or gone."""
        values: dict[str, Any] = {"state": state.value, "changed": when, **CARD_DUE}
        values |= {_DUE[work].name: True for work in due}
        if not state.settled:
            values["holder"] = person if state is FlagState.TAKEN else ""
            # The flag is not settled after all, so nobody is told.
            values["tell_due"] = False
        move = (
            sa.update(flags).where(flags.c.id == flag, flags.c.state.not_in(unless)).values(values)
        )
        with self._database.begin() as connection:
            if not connection.execute(move).rowcount:
                return False
            _note(connection, flag, action, person, when)
        return True

    def asked_again(self, flag: Flag, result: Result, when: datetime) -> None:
        """Record the new answer for the flag; asking stays due if the flag changed meanwhile."""
        values = {
            "again": answer_json.dump(result),
            "again_at": when,
            "ask_due": _still_due(flags.c.ask_due, flags.c.edition != flag.edition),
            **CARD_DUE,
        }
        self._change(flag.id, values, FlagAction.ASKED_AGAIN, when)

    def shown(self, flag: Flag) -> None:
        """Record that the card shows this edition of the flag."""
        self._change(flag.id, {"shown": flag.edition})

    def notified(self, flag: Flag, when: datetime, *, somebody: bool) -> None:
        """Record that the person was told what came of the flag (``somebody`` false: there is
        nobody to tell). Telling stays due if the flag changed meanwhile."""
        tell_due = _still_due(flags.c.tell_due, flags.c.changed != flag.changed)
        values = {"tell_due": tell_due, **CARD_DUE}
        self._change(flag.id, values, FlagAction.TOLD if somebody else None, when)

    def lapsed(self, flag: int, when: datetime) -> None:
        """Record that the bot no longer gives the answer that was written for the flag."""
        self._change(flag, CARD_DUE, FlagAction.LAPSED, when)

    def steps(self, flag: int) -> Sequence[Step]:
        """Return the flag's history, oldest first."""
        query = sa.select(flag_steps).where(flag_steps.c.flag == flag).order_by(flag_steps.c.id)
        rows = self._database.all(query)
        return [Step(FlagAction(row.deed), row.person, row.at) for row in rows]

    def remind(self, recipient: str, when: datetime, *, unless_since: datetime) -> bool:
        """Record a reminder and return True, unless there was one after ``unless_since``."""
        key = {"recipient": own_id(self._workspace, recipient)[-_RECIPIENT:]}
        ahead = when + (when - unless_since)  # a clock that was ahead may be set back
        due = (reminders.c.at <= unless_since) | (reminders.c.at >= ahead)
        upsert = self._database.upsert(reminders, key, {"at": when}, due)
        with self._database.begin() as connection:
            return connection.scalar(upsert.returning(reminders.c.recipient)) is not None

    def _change(
        self,
        flag: int,
        values: Mapping[str, Any],
        action: FlagAction | None = None,
        when: datetime | None = None,
    ) -> None:
        """Set columns of a flag, and record the ``action``, if any, in its history."""
        with self._database.begin() as connection:
            connection.execute(sa.update(flags).where(flags.c.id == flag).values(dict(values)))
            if action and when:
                _note(connection, flag, action, "", when)

    def _flags(self, *conditions: sa.ColumnElement[bool]) -> list[Flag]:
        query = (
            sa.select(flags, answers)
            .join(answers, flags.c.answer == answers.c.id)
            .where(self._of_team, *conditions)
            .order_by(flags.c.raised, flags.c.id)
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        return [flag_of(row) for row in self._database.all(query)]


def _is_forgotten(connection: sa.Connection, asked: AskedQuestion) -> bool:
    """Return whether the asker was forgotten. The rows read are locked until the answer is stored:
    forgetting the asker waits for that, and then deletes it."""
    asker_of_message = sa.select(inbox.c.person).where(is_at(inbox, asked.place))
    raiser_of_flag = sa.select(flags.c.person).where(flags.c.id == asked.flag)
    if connection.scalar(asker_of_message.with_for_update(read=True)) not in (None, asked.asker):
        return True
    if asked.flag is None:
        return False
    return connection.scalar(raiser_of_flag.with_for_update(read=True)) != asked.asker


def _cited_rows(answer: int, pages: Mapping[tuple[str, str], KnownPage]) -> list[dict[str, Any]]:
    return [
        {
            "answer": answer,
            "wiki": wiki,
            "page": page,
            "revision": state.revision,
            "acl": str(state.acl),
        }
        for (wiki, page), state in pages.items()
    ]


def _still_due(due: sa.Column[bool], has_changed: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the new value of a due column whose work was done: false, unless the flag has changed
    meanwhile. Then the column stays as it is, because the work may be due again."""
    return sa.case((has_changed, due), else_=sa.false())


def _note(
    connection: sa.Connection, flag: int, action: FlagAction, person: str, when: datetime
) -> None:
    """Record an action in the flag's history."""
    connection.execute(
        sa.insert(flag_steps).values(flag=flag, deed=action.value, person=person, at=when)
    )


def note_action(
    connection: sa.Connection, flag: int, action: FlagAction, person: str, when: datetime
) -> None:
    """Record an action in the flag's history, and make its card due."""
    connection.execute(sa.update(flags).where(flags.c.id == flag).values(CARD_DUE))
    _note(connection, flag, action, person, when)
