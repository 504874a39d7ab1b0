"""Nothing about people is kept for ever; every table says for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.answering.composing.usage import Cap, Spent
from bot.feedback.feedback import Feedback
from bot.feedback.model import Asked, Complaint, Place
from bot.model import NoAnswer, Reason
from bot.operations.jobs import Order
from bot.state.database import Database
from bot.state.forgetting import AGES, Forgotten, forget_before, forget_person
from bot.state.inbox import Inbox
from bot.state.job_log import DatabaseJobs
from bot.state.ledger import DatabaseLedger
from bot.state.process import Process
from bot.state.schema import channels, metadata
from bot.state.usage import DatabaseUsage

from .test_inbox import LETTER, NOW

SILENCE = NoAnswer(Reason.NOTHING_FITS, "Nothing.")


def asked(person: str, ts: str = "1.0") -> Asked:
    return Asked("Where is it?", person, Place("T1", "C1", ts, ts), private=False)


def fill(database: Database) -> Feedback:
    """A row of each kind, by one person or another."""
    clock = lambda: NOW  # noqa: E731 - stands still
    process = Process(database, clock)
    process.beat()
    inbox = Inbox(database, clock, process)
    first, _ = inbox.receive(LETTER), inbox.receive(replace(LETTER, event="Ev2", ts="2.0"))
    assert first is not None
    inbox.done(first)
    feedback = Feedback(DatabaseLedger(database), clock)
    own = feedback.record(asked("U1"), SILENCE)
    other = feedback.record(asked("U2", "3.0"), SILENCE)
    for given in (own, other):
        for person in ("U1", "U3"):
            feedback.complain(given.id, person, Complaint.WRONG, "words")
    DatabaseJobs(database, clock, process).add(Order(), "U1", "C1")
    DatabaseUsage(database).take(
        (NOW - timedelta(days=1)).date(),
        {("person", "U1"): Cap(), ("day", ""): Cap()},
        Spent(10, 0.0),
    )
    return feedback


def rows(database: Database) -> dict[str, int]:
    with database.begin() as connection:
        return {
            table.name: len(connection.execute(table.select()).all())
            for table in metadata.sorted_tables
        }


def test_every_table_has_a_rule() -> None:
    assert AGES.keys() == set(metadata.sorted_tables)


def test_what_was_written_of_anybody_long_ago_is_in_no_table(database: Database) -> None:
    """A row of every table, with a name in every text: what a new table or column holds is
    found here, too. What a reviewer wrote ends on the day that they set."""
    with database.begin() as connection:
        for table in metadata.sorted_tables:
            row = {column.name: _held(column.type) for column in table.columns}
            connection.execute(table.insert().values(row))
    full = rows(database)
    forget_before(database, NOW)
    with database.begin() as connection:
        left = {
            table.name
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            if "U1" in str(row.person if table is channels else tuple(row))
        }

    assert all(full.values())
    assert left == {"processes", "syncs", "written"}


def _held(kind: sa.types.TypeEngine[Any]) -> Any:
    long_ago = NOW - timedelta(days=100)
    match kind:
        case sa.String():
            return "U1"
        case sa.Boolean():
            return False
        case sa.Integer():
            return 1
        case sa.Float():
            return 0.5
        case sa.Date():
            return long_ago.date()
        case _:
            return long_ago


def test_what_is_old_goes_and_what_is_not_stays(database: Database) -> None:
    fill(database)
    before = rows(database)
    forget_before(database, NOW - timedelta(days=1))
    same = rows(database)
    forget_before(database, NOW + timedelta(seconds=1))
    after = rows(database)

    assert same == before
    assert all(before[name] for name in ("inbox", "answers", "verdicts", "flags", "jobs", "usage"))
    assert {name for name, number in after.items() if number} == {"processes"}


def test_a_forgotten_person_is_in_no_row_and_others_are_as_they_were(database: Database) -> None:
    feedback = fill(database)
    forgotten = forget_person(database, "U1")
    with database.begin() as connection:
        left = [
            tuple(row)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
        ]

    assert forgotten == Forgotten(questions=2, verdicts=2, flags=2)
    assert not any("U1" in row for row in left)
    assert sorted((flag.person[:1], flag.comment) for flag in feedback.all_flags()) == [
        ("-", ""),
        ("U", "words"),
    ]
    assert feedback.given(2) is not None
    assert feedback.given(1) is None


def test_two_forgotten_people_may_have_flagged_one_answer(database: Database) -> None:
    feedback = fill(database)
    forget_person(database, "U1")
    forget_person(database, "U3")

    assert [flag.comment for flag in feedback.all_flags()] == ["", ""]


def test_what_was_forgotten_is_not_received_again(database: Database) -> None:
    fill(database)
    forget_person(database, "U1")
    inbox = Inbox(database, lambda: NOW)

    assert inbox.unfinished() == []
    assert inbox.receive(LETTER) is None
