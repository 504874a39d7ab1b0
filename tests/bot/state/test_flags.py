"""Flags and written answers, if two people act at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.flags.model import Complaint, Flag
from footnote_bot.bot.model import Answer
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.written import DatabaseWrittenAnswers
from footnote_bot.indexers.model import OPEN

from .test_inbox import Slow, until_it_waits

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


def flagged(database: Database) -> Flag:
    question = AskedQuestion("How?", "U1", MessageRef("T1", "C1", "1.0", "1.0"), private=False)
    store = DatabaseAnswers(database)
    recorded = store.keep(question, Answer("So.", (), 0.9), NOW, None, {})
    return store.raise_flag(recorded.id, "U2", Complaint.WRONG, "It is not so.", NOW)


def written_answer(flag: Flag, text: str) -> WrittenAnswer:
    return WrittenAnswer(
        id=0,
        question="How?",
        text=text,
        author="U3",
        author_name="eve",
        written=NOW,
        expires=NOW + timedelta(days=1),
        sources=(),
        fingerprints=(),
        acl=OPEN,
        flag=flag.id,
    )


def test_a_thumb_that_comes_together_with_a_reason_does_not_take_it_away(
    database: Database,
) -> None:
    """Both look for a flag before there is one, and either may be the later to raise it."""
    flag, store = flagged(database), DatabaseAnswers(database)
    again = store.raise_flag(flag.recorded.id, "U2", Complaint.UNSAID, "", NOW)

    assert again == flag
    assert len(store.steps(flag.id)) == 1


def test_only_one_of_two_answers_written_to_a_flag_at_once_is_stored(
    database: Database,
) -> None:
    flag = flagged(database)
    slow = Slow(database._engine)
    slow.written, slow.commit = Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(DatabaseWrittenAnswers(slow).write, written_answer(flag, "So."))
        slow.written.wait()
        two = pool.submit(DatabaseWrittenAnswers(database).write, written_answer(flag, "Or so."))
        until_it_waits(database, two)
        slow.commit.set()
        writing.result()

    assert two.result().text == "Or so."
    assert [answer.text for answer in DatabaseWrittenAnswers(database).valid(NOW)] == ["Or so."]
