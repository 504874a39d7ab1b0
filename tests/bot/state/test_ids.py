"""An id from a button or from another row never refers to something else later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer
from footnote_bot.bot.flags.model import Complaint, End
from footnote_bot.bot.model import Answer
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_before, forget_person
from footnote_bot.bot.state.written import DatabaseWrittenAnswers

from .test_flags import NOW, flagged, written_answer


def recorded_of(database: Database, person: str) -> RecordedAnswer:
    question = AskedQuestion("How?", person, MessageRef("T1", "C1", person, person), private=False)
    return DatabaseAnswers(database).keep(question, Answer("So.", (), 0.9), NOW, None, {})


def test_nobodys_answer_gets_the_id_of_one_that_was_forgotten(database: Database) -> None:
    first, forgotten = recorded_of(database, "U1"), recorded_of(database, "U2")
    forget_person(database, "U2")
    next_one = recorded_of(database, "U3")

    assert first.id < forgotten.id < next_one.id


def test_the_first_answer_after_a_long_time_has_an_id_of_its_own(database: Database) -> None:
    old = recorded_of(database, "U1")
    for _ in range(2):
        forget_before(database, NOW + timedelta(days=1))

    assert recorded_of(database, "U1").id > old.id


def test_a_flag_on_what_was_sent_for_a_forgotten_flag_is_another_one(database: Database) -> None:
    """A notice names its flag in its ts: if that named the flag on the notice itself, the search
    for its question would never end."""
    before = flagged(database)
    forget_person(database, "U1")
    store, sent = DatabaseAnswers(database), recorded_of(database, "U2")
    flag = store.raise_flag(sent.id, "U2", Complaint.WRONG, "", NOW)

    assert flag.id > before.id


def test_a_written_answer_is_not_taken_for_one_that_has_ended(database: Database) -> None:
    store = DatabaseWrittenAnswers(database)
    flag = flagged(database)
    before = store.write(written_answer(flag, "So."))
    store.end(before.id, End.LAPSED, "", NOW)
    (ended,) = store.unannounced()
    store.announced(ended, "C1", "1.0")
    after = store.write(replace(written_answer(flag, "Or so."), flag=None))

    assert store.announcement(before.id) is None
    assert after.id > before.id
