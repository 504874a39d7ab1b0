"""Answers, verdicts and flags in the database: the port `bot.feedback.ports.Ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.feedback.model import (
    Asked,
    Card,
    Complaint,
    Flag,
    FlagState,
    Given,
    Place,
    Tally,
    Verdict,
)
from bot.model import Result
from bot.state import answer_json
from bot.state.database import Database
from bot.state.schema import answers, flags, verdicts


class DatabaseLedger:
    """Its methods block for a moment: call them in a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, asked: Asked, answer: Result, given: datetime, as_of: datetime | None) -> Given:
        said = {
            "question": asked.question,
            "answer": answer_json.dump(answer),
            "asker": asked.asker,
            "private": asked.private,
            "open": asked.open,
            "given": given,
            "as_of": as_of,
        }
        where = asdict(asked.place)
        keep = (
            self._database.insert(answers)
            .values(said | where | {"message": ""})
            .on_conflict_do_update(index_elements=["team", "channel", "ts"], set_=said)
            .returning(answers.c.id, answers.c.message)
        )
        with self._database.begin() as connection:
            row = connection.execute(keep).one()
        return Given(row.id, asked, answer, given, as_of, row.message)

    def posted(self, given: int, message: str) -> None:
        self._run(sa.update(answers).where(answers.c.id == given).values(message=message))

    def given(self, given: int) -> Given | None:
        with self._database.begin() as connection:
            row = connection.execute(sa.select(answers).where(answers.c.id == given)).one_or_none()
        return None if row is None else _given(row)

    def vote(self, given: int, person: str, verdict: Verdict, when: datetime) -> None:
        said = {"verdict": verdict.value, "changed": when}
        self._run(
            self._database.insert(verdicts)
            .values(answer=given, person=person, **said)
            .on_conflict_do_update(index_elements=["answer", "person"], set_=said)
        )

    def tally(self, given: int) -> Tally:
        count = (
            sa.select(verdicts.c.verdict, sa.func.count())
            .where(verdicts.c.answer == given)
            .group_by(verdicts.c.verdict)
        )
        with self._database.begin() as connection:
            counts = {row.verdict: row[1] for row in connection.execute(count)}
        return Tally(good=counts.get(Verdict.GOOD, 0), bad=counts.get(Verdict.BAD, 0))

    def raise_flag(
        self, given: int, person: str, complaint: Complaint, comment: str, when: datetime
    ) -> Flag:
        said = {
            "complaint": complaint.value,
            "comment": comment,
            "state": FlagState.OPEN.value,
            "raised": when,
            "changed": when,
        }
        self._run(
            self._database.insert(flags)
            .values(answer=given, person=person, card_channel="", card_ts="", **said)
            .on_conflict_do_update(index_elements=["answer", "person"], set_=said)
        )
        return self._flags(flags.c.answer == given, flags.c.person == person)[0]

    def carded(self, flag: int, card: Card) -> None:
        self._run(
            sa.update(flags)
            .where(flags.c.id == flag)
            .values(card_channel=card.channel, card_ts=card.ts)
        )

    def move(self, flag: int, state: FlagState, when: datetime) -> None:
        self._run(sa.update(flags).where(flags.c.id == flag).values(state=state, changed=when))

    def flag_of(self, given: int, person: str) -> Flag | None:
        found = self._flags(flags.c.answer == given, flags.c.person == person)
        return found[0] if found else None

    def flags(self, state: FlagState | None) -> Sequence[Flag]:
        return self._flags(sa.true() if state is None else flags.c.state == state)

    def praised(self) -> Sequence[Given]:
        good = verdicts.c.verdict == Verdict.GOOD.value
        return self._answers(answers.c.id.in_(sa.select(verdicts.c.answer).where(good)))

    def earlier(self, given: Given) -> Sequence[Given]:
        place = given.asked.place
        return self._answers(
            answers.c.team == place.team,
            answers.c.channel == place.channel,
            answers.c.thread == place.thread,
            answers.c.id < given.id,
        )

    def in_thread(self, team: str, channel: str, thread: str) -> Sequence[Given]:
        return self._answers(
            answers.c.team == team, answers.c.channel == channel, answers.c.thread == thread
        )

    def forget_before(self, when: datetime) -> int:
        with self._database.begin() as connection:
            return connection.execute(sa.delete(answers).where(answers.c.given < when)).rowcount

    def _answers(self, *conditions: sa.ColumnElement[bool]) -> list[Given]:
        query = sa.select(answers).where(*conditions).order_by(answers.c.id)
        with self._database.begin() as connection:
            return [_given(row) for row in connection.execute(query)]

    def _flags(self, *conditions: sa.ColumnElement[bool]) -> list[Flag]:
        query = (
            sa.select(flags, answers)
            .join(answers, flags.c.answer == answers.c.id)
            .where(*conditions)
            .order_by(flags.c.raised, flags.c.id)
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        with self._database.begin() as connection:
            return [_flag(row) for row in connection.execute(query)]

    def _run(self, statement: sa.Executable) -> None:
        with self._database.begin() as connection:
            connection.execute(statement)


def _given(row: Any, prefix: str = "") -> Given:
    def value(name: str) -> Any:
        return getattr(row, prefix + name)

    return Given(
        id=value("id"),
        asked=Asked(
            question=value("question"),
            asker=value("asker"),
            place=Place(value("team"), value("channel"), value("ts"), value("thread")),
            private=value("private"),
            # Those from before there was this column are open unless they are private.
            open=value("open") and not value("private"),
        ),
        answer=answer_json.load(value("answer")),
        given=value("given"),
        as_of=value("as_of"),
        message=value("message"),
    )


def _flag(row: Any) -> Flag:
    return Flag(
        id=row.flags_id,
        given=_given(row, "answers_"),
        person=row.flags_person,
        complaint=Complaint(row.flags_complaint),
        comment=row.flags_comment,
        state=FlagState(row.flags_state),
        raised=row.flags_raised,
        card=Card(row.flags_card_channel, row.flags_card_ts) if row.flags_card_ts else None,
    )
