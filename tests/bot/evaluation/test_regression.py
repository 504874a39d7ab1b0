"""People's verdicts on answers, as questions. On the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer
from footnote_bot.bot.evaluation.questions import cases_of
from footnote_bot.bot.evaluation.regression import regression
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint, FlagAction, FlagState
from footnote_bot.bot.model import (
    Answer,
    NoAnswer,
    Reason,
    Result,
    Source,
    Verification,
)
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.stores import in_threads

NOTHING = NoAnswer(Reason.NOTHING_FITS, "Nothing.", (Source("A", "", "u", "", "w", "near", "1"),))


def answer(*pages: str) -> Answer:
    return Answer(
        "So. [1]", tuple(Source("A", "", "u", "So.", "w", page, "1") for page in pages), 1
    )


class Office:
    """The people who ask and complain."""

    def __init__(self, database: Database) -> None:
        self.store = DatabaseAnswers(database)
        self.feedback = Feedback(in_threads(self.store), lambda: datetime(2026, 11, 24, tzinfo=UTC))
        self._asked = 0

    async def record(
        self,
        result: Result,
        question: str = "How long?",
        *,
        by: str = "U1",
        thread: str = "",
    ) -> RecordedAnswer:
        self._asked += 1
        place = MessageRef("T", "C", f"{self._asked}.0", thread or f"{self._asked}.0")
        return await self.feedback.record(AskedQuestion(question, by, place, private=False), result)

    async def settled(
        self, recorded: RecordedAnswer, complaint: Complaint, state: FlagState, by: str = "U2"
    ) -> None:
        flag = await self.feedback.complain(recorded.id, by, complaint, "a comment about Bob")
        if state is not FlagState.OPEN:
            self.store.move(flag.id, state, FlagAction(state.value), "U9", flag.raised)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return regression(self.store.flags(), self.store.praised(), self.store.earlier)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


OPEN, FIXED, FINE = FlagState.OPEN, FlagState.FIXED, FlagState.NOT_WRONG
TAKEN, ANSWERED = FlagState.TAKEN, FlagState.ANSWERED


@pytest.mark.parametrize(
    ("complaint", "state", "relevant", "answerable"),
    [
        (Complaint.WRONG, OPEN, {}, None),
        (Complaint.WRONG, FIXED, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.WRONG, FINE, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.OUTDATED, OPEN, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.OUTDATED, FIXED, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.INCOMPLETE, OPEN, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.WRONG_PAGE, OPEN, {"w/a": 0.0, "w/b": 0.0}, None),
        (Complaint.WRONG_PAGE, FIXED, {"w/a": 0.0, "w/b": 0.0}, None),
        (Complaint.WRONG_PAGE, FINE, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.UNSAID, OPEN, {}, None),
        (Complaint.UNSAID, FIXED, {"w/a": 1.0, "w/b": 1.0}, True),
        (Complaint.UNSAID, TAKEN, {}, None),
        (Complaint.WRONG, ANSWERED, {}, True),
        (Complaint.OUTDATED, ANSWERED, {"w/a": 1.0, "w/b": 1.0}, True),
    ],
)
async def test_each_complaint_says_what_it_means_for_the_pages(
    complaint: Complaint,
    state: FlagState,
    relevant: dict[str, float],
    answerable: bool | None,
    office: Office,
) -> None:
    await office.settled(await office.record(answer("a", "b")), complaint, state)
    (row,) = office.rows

    assert (row["relevant"], row["answerable"]) == (relevant, answerable)
    assert (row["type"], row["question"]) == (complaint.value, "How long?")
    assert "Bob" not in str(row)
    assert "U1" not in str(row)


@pytest.mark.parametrize(("state", "answerable"), [(OPEN, True), (FIXED, True), (FINE, False)])
async def test_a_silence_that_is_flagged_has_an_answer_unless_it_was_right(
    state: FlagState, answerable: bool, office: Office
) -> None:
    await office.settled(await office.record(NOTHING), Complaint.WRONG, state)
    (row,) = office.rows

    assert (row["relevant"], row["answerable"]) == ({}, answerable)


async def test_the_pages_that_a_reviewer_named_are_right_from_then_on(office: Office) -> None:
    recorded = await office.record(answer("a"))
    await office.settled(recorded, Complaint.WRONG_PAGE, ANSWERED)
    (flag,) = await office.feedback.all_flags()
    verified = Verification("Ben", date(2026, 11, 24))
    office.store.asked_again(flag, replace(answer("b"), verified=verified), flag.raised)
    (row,) = office.rows

    assert (row["relevant"], row["answerable"]) == ({"w/a": 0.0, "w/b": 1.0}, True)


async def test_praise_makes_pages_relevant_but_praise_of_silence_says_nothing(
    office: Office,
) -> None:
    await office.feedback.praise((await office.record(answer("a"))).id, "U2")
    await office.feedback.praise((await office.record(NOTHING, "And why?")).id, "U2")
    await office.record(answer("b"), "What nobody spoke of?")
    (row,) = office.rows

    assert row == {
        "id": "answer-1", "question": "How long?", "relevant": {"w/a": 1.0}, "answerable": True,
        "type": "praised", "history": [], "private": False, "flags": [],
    }  # fmt: skip


async def test_a_flag_that_was_taken_back_says_nothing(office: Office) -> None:
    recorded = await office.record(answer("a"))
    await office.feedback.complain(recorded.id, "U2", Complaint.WRONG_PAGE)
    await office.feedback.praise(recorded.id, "U2")

    assert [(row["type"], row["relevant"]) for row in office.rows] == [("praised", {"w/a": 1.0})]


async def test_a_settled_flag_outweighs_an_open_one_and_that_one_praise(office: Office) -> None:
    recorded = await office.record(answer("a"))
    await office.feedback.praise(recorded.id, "U3")
    assert office.rows[0]["relevant"] == {"w/a": 1.0}

    await office.feedback.complain(recorded.id, "U4", Complaint.OUTDATED)
    await office.feedback.complain(recorded.id, "U5", Complaint.WRONG)
    assert office.rows[0]["relevant"] == {}
    assert office.rows[0]["answerable"] is True

    await office.settled(recorded, Complaint.WRONG_PAGE, FINE)
    assert office.rows[0]["relevant"] == {"w/a": 1.0}


async def test_the_same_question_is_one_row(office: Office) -> None:
    await office.settled(await office.record(answer("a")), Complaint.WRONG_PAGE, OPEN)
    await office.feedback.praise((await office.record(answer("b"), "how long")).id, "U2")
    (row,) = office.rows

    assert row["relevant"] == {"w/a": 0.0, "w/b": 1.0}
    assert (row["id"], row["flags"]) == ("answer-1", [1])


async def test_a_follow_up_brings_what_was_said_before_it(office: Office) -> None:
    first = await office.record(answer("a"), "How long is leave?", thread="1.0")
    await office.record(NOTHING, "Really?", by="U9", thread="1.0")
    last = await office.record(answer("b"), "And sick leave?", thread="1.0")
    await office.feedback.praise(last.id, "U2")
    (row,) = office.rows
    (case,) = cases_of([(1, "flags", row)])

    assert [(turn.role, turn.text) for turn in case.history] == [
        ("asker", "How long is leave?"), ("bot", "So. [1]"), ("other", "Really?"),
        ("bot", "Nothing."),
    ]  # fmt: skip
    assert await office.feedback.store.earlier(first) == []
    assert case.turn == 2


async def test_a_question_whose_words_are_lost_is_left_out(office: Office) -> None:
    """An empty question would make the whole set unreadable."""
    await office.settled(await office.record(answer("a"), ""), Complaint.WRONG, OPEN)
    lost = await office.record(answer("a"), "")
    await office.feedback.praise(lost.id, "U2")
    await office.settled(
        await office.record(answer("a"), "How?", thread="2.0"), Complaint.WRONG, OPEN
    )

    assert [row["question"] for row in office.rows] == ["How?"]
    assert [len(row["history"]) for row in office.rows] == [1]
