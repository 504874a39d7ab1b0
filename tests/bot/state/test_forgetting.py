"""No personal data is stored for ever; every table has its retention."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from footnote_bot.bot.answering.llm.usage import Cap, Spent
from footnote_bot.bot.conversation.model import (
    BY_ITSELF,
    AskedQuestion,
    Forgotten,
    MessageKind,
    MessageRef,
    MessageState,
)
from footnote_bot.bot.errors import AskerForgotten
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.model import NoAnswer, Reason
from footnote_bot.bot.operations.model import Order
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.digests import DatabaseDigests
from footnote_bot.bot.state.forgetting import AGES, forget_before, forget_person
from footnote_bot.bot.state.in_threads import AsyncAnswers
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.job_log import DatabaseJobs
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.schema import channels, metadata, usage
from footnote_bot.bot.state.usage import DatabaseUsage
from tests.long import few

from .test_inbox import MESSAGE, NOW

_FILLED = ("inbox", "answers", "verdicts", "flags", "jobs", "usage", "digests")
SILENCE = NoAnswer(Reason.NOTHING_FITS, "Nothing.")


def asked_by(person: str, ts: str = "1.0") -> AskedQuestion:
    return AskedQuestion("Where is it?", person, MessageRef("T1", "C1", ts, ts), private=False)


async def fill(database: Database) -> Feedback:
    """Insert a row of each kind by one person or another."""
    clock = lambda: NOW  # noqa: E731 - stands still
    process = Process(database, clock)
    process.beat()
    inbox = DatabaseInbox(database, clock, process)
    first, _ = inbox.receive(MESSAGE), inbox.receive(replace(MESSAGE, event="Ev2", ts="2.0"))
    assert first is not None
    inbox.finish(first, MessageState.DONE)
    feedback = Feedback(AsyncAnswers(DatabaseAnswers(database)), clock)
    own = await feedback.record(asked_by("U1"), SILENCE)
    other = await feedback.record(asked_by("U2", "3.0"), SILENCE)
    for recorded in (own, other):
        for person in ("U1", "U3"):
            await feedback.complain(recorded.id, person, Complaint.WRONG, "words")
    DatabaseJobs(database, clock, process).add(Order(), "U1", "C1")
    DatabaseDigests(database, process).begin(NOW)
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


def values(database: Database) -> set[object]:
    """Return all values of all rows."""
    with database.begin() as connection:
        return {
            value
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            for value in row
        }


def test_every_table_has_a_rule() -> None:
    assert AGES.keys() == set(metadata.sorted_tables)


def test_what_was_written_of_anybody_long_ago_is_in_no_table(database: Database) -> None:
    """Each table gets a row with a name in every text, so new tables and columns are checked, too.
    A reviewer's written answer ends on the day that its author set."""
    with database.begin() as connection:
        for table in metadata.sorted_tables:
            row = {column.name: _held(column.type) for column in table.columns}
            connection.execute(table.insert().values(row))
    full = rows(database)
    forget_before(database, NOW)
    with database.begin() as connection:
        unforgetting = {
            table.name
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            if "U1" in str(row.person if table is channels else tuple(row))
        }

    assert all(full.values())
    installed = {"installations", "org_workspaces"}
    assert unforgetting == {"keys", "processes", "syncs", "written", *installed}


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


async def test_old_rows_are_deleted_and_others_stay(database: Database) -> None:
    await fill(database)
    before = rows(database)
    forget_before(database, NOW - timedelta(days=1))
    same = rows(database)
    forget_before(database, NOW + timedelta(seconds=1))
    after = rows(database)

    assert same | {"keys": 0} == before  # SQLite's last ids
    assert all(before[name] for name in _FILLED)
    assert {name for name, number in after.items() if number} - {"keys"} == {"processes"}


async def test_a_forgotten_person_is_in_no_row_and_others_are_as_they_were(
    database: Database,
) -> None:
    feedback = await fill(database)
    forgotten = forget_person(database, "U1")
    with database.begin() as connection:
        rows = [
            tuple(row)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
        ]

    assert forgotten == Forgotten(questions=2, verdicts=2, flags=2)
    assert not any("U1" in row for row in rows)
    assert sorted((flag.person[:1], flag.comment) for flag in await feedback.all_flags()) == [
        ("-", ""),
        ("U", "words"),
    ]
    assert await feedback.recorded(2) is not None
    assert await feedback.recorded(1) is None


async def test_what_is_made_for_somebody_while_they_are_forgotten_leaves_no_row(
    database: Database,
) -> None:
    """An answer in the making, and the tokens of its language model."""
    await fill(database)
    usage, today = DatabaseUsage(database), NOW.date()
    payers = {("person", "U1"): Cap(5), ("day", ""): Cap()}
    assert usage.take(today, payers, Spent(5, 0.0))
    forget_person(database, "U1")
    before = rows(database)
    feedback = Feedback(AsyncAnswers(DatabaseAnswers(database)), lambda: NOW)
    with pytest.raises(AskerForgotten):
        await feedback.record(asked_by("U1", "2.0"), SILENCE)
    usage.correct(today, payers, Spent(-2, 0.0))
    again = usage.take(today, payers, Spent(5, 0.0))
    await feedback.record(asked_by("U2", "9.0"), SILENCE)

    assert again
    assert "U1" not in values(database)
    assert rows(database) == before | {"answers": before["answers"] + 1}


async def test_who_flagged_and_was_forgotten_is_told_nothing_that_is_kept(
    database: Database,
) -> None:
    feedback = await fill(database)
    flag = next(flag for flag in await feedback.all_flags() if flag.person == "U3")
    question = replace(asked_by("U3", "fixed-1"), flag=flag.id)
    told_once = await feedback.record(question, SILENCE)
    forget_person(database, "U3")

    assert await feedback.recorded(told_once.id) is None
    with pytest.raises(AskerForgotten):
        await feedback.record(question, SILENCE)
    assert "U3" not in values(database)


async def test_a_question_is_forgotten_where_somebody_who_flagged_its_answer_was_told(
    database: Database,
) -> None:
    """Also if they flagged the notice about their flag, and got another one."""
    feedback = await fill(database)
    words = replace(asked_by("U3"), question="Who is ill?", private=True)
    first, other = [flag for flag in await feedback.all_flags() if flag.person == "U3"]
    told_once = await feedback.record(_sent(words, first.id), SILENCE)
    again = await feedback.complain(told_once.id, "U3", Complaint.WRONG)
    told_again = await feedback.record(_sent(words, again.id), SILENCE)
    about_another = await feedback.record(_sent(words, other.id), SILENCE)
    forget_person(database, "U1")
    stored = [
        await feedback.recorded(recorded.id) for recorded in (told_once, told_again, about_another)
    ]

    assert [recorded.asked.question for recorded in stored if recorded] == ["", "", "Who is ill?"]


def _sent(words: AskedQuestion, flag: int) -> AskedQuestion:
    ts = f"{BY_ITSELF}{flag}-261126"
    return replace(words, place=MessageRef("T1", "D3", ts, ts), flag=flag)


@pytest.mark.parametrize("seed", few(range(8), 3))
def test_whichever_comes_first_nothing_is_left_of_who_is_forgotten(
    database: Database, seed: int
) -> None:
    """Answers are stored and their cost is counted while another thread forgets the asker."""
    inbox = DatabaseInbox(database, lambda: NOW)
    messages = [
        inbox.receive(replace(MESSAGE, event=f"Ev{n}", ts=f"{n}.0", thread=f"{n}.0"))
        for n in range(1, 9)
    ]
    answers, usage = DatabaseAnswers(database), DatabaseUsage(database)
    chance = random.Random(seed)  # noqa: S311 - no secret
    pauses = [chance.random() * 0.01 for _ in range(len(messages) + 1)]

    def answer(number: int) -> None:
        time.sleep(pauses[number])
        usage.take(NOW.date(), {("person", "U1"): Cap()}, Spent(1, 0.0))
        with suppress(AskerForgotten):
            answers.keep(asked_by("U1", f"{number}.0"), SILENCE, NOW, None, {})

    with ThreadPoolExecutor(9) as pool:
        works = [pool.submit(answer, n) for n in range(1, 9)]
        time.sleep(pauses[0])
        forget_person(database, "U1")
        for work in works:
            work.result()

    assert "U1" not in values(database)


def test_the_cost_of_a_direct_channel_is_forgotten_with_who_wrote_in_it(
    database: Database,
) -> None:
    """Nobody else writes there, so the channel identifies them. The cost of each day stays."""
    inbox, costs = DatabaseInbox(database, lambda: NOW), DatabaseUsage(database)
    inbox.receive(replace(MESSAGE, kind=MessageKind.DIRECT, channel="D1"))
    inbox.receive(replace(MESSAGE, event="Ev2", ts="2.0", thread="2.0", channel="C1"))
    payers = ("person", "U1"), ("channel", "D1"), ("channel", "C1"), ("day", "")
    costs.take(NOW.date(), dict.fromkeys(payers, Cap()), Spent(1, 0.0))
    forget_person(database, "U1")
    rows = database.all(sa.select(usage.c.kind, usage.c.payer))

    assert sorted(map(tuple, rows)) == [("channel", "C1"), ("day", "")]


async def test_two_forgotten_people_may_have_flagged_one_answer(database: Database) -> None:
    feedback = await fill(database)
    forget_person(database, "U1")
    forget_person(database, "U3")

    assert [flag.comment for flag in await feedback.all_flags()] == ["", ""]


async def test_a_forgotten_message_is_not_received_again(database: Database) -> None:
    await fill(database)
    forget_person(database, "U1")
    inbox = DatabaseInbox(database, lambda: NOW)

    assert inbox.unfinished() == []
    assert inbox.receive(MESSAGE) is None


async def test_what_was_forgotten_does_not_come_back_with_an_edit(database: Database) -> None:
    """The edit may be older than the deletion, and come late."""
    await fill(database)
    forget_person(database, "U1")
    inbox = DatabaseInbox(database, lambda: NOW)
    edit = replace(MESSAGE, event="Ev9", text="what I had forgotten", edited="3.0")
    deletion = replace(MESSAGE, event="Ev10", text="", deleted=True)

    assert inbox.receive(edit) is None
    assert inbox.update(edit) is None
    assert inbox.unfinished() == []
    assert "what I had forgotten" not in values(database)
    assert inbox.receive(deletion) is not None
