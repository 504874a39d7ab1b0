"""People judge answers; a bad verdict is a flag. On the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.conversation.model import AskedQuestion, MessageRef, Tally
from bot.flags.feedback import Feedback
from bot.flags.model import Card, Complaint, FlagState
from bot.model import Answer, Clarify, NoAnswer, Reading, Reason, Source, Timings
from bot.state.answers import DatabaseAnswers
from bot.state.database import Database
from bot.state.in_threads import AsyncAnswers

SOURCE = Source(
    title="Leave",
    heading="Annual leave > Carry over",
    url="https://wiki.example.com/leave#carry-over",
    quote="Ask in `#people`.",
    wiki="handbook",
    page="leave.md",
    revision="r1",
    owner="people-team",
    updated=date(2025, 3, 1),
    outdated=True,
)
ANSWER = Answer("Ask in `#people`. [1]", (SOURCE,), 0.8, Timings(1.0, 2.0, 3.0))
ASKED = AskedQuestion(
    "Who knows about leave? 🏖️", "U1", MessageRef("T1", "C1", "1.1", "1.0"), private=False
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def feedback(database: Database, clock: Clock) -> Feedback:
    return Feedback(AsyncAnswers(DatabaseAnswers(database)), clock)


async def test_an_answer_comes_back_as_it_was_given(feedback: Feedback, clock: Clock) -> None:
    recorded = await feedback.record(ASKED, ANSWER, as_of=clock.now - timedelta(hours=1))
    await feedback.posted(recorded.id, "2.0")

    assert await feedback.recorded(recorded.id) == replace(recorded, message="2.0")


async def test_no_answer_comes_back_as_it_was_given(feedback: Feedback) -> None:
    nothing = NoAnswer(Reason.NOTHING_FITS, "I searched handbook.", (replace(SOURCE, quote=""),))
    recorded = await feedback.record(ASKED, nothing)

    assert await feedback.recorded(recorded.id) == recorded


async def test_a_thread_knows_the_latest_question_in_return(feedback: Feedback) -> None:
    back = Clarify(
        "This or that?", (Reading("This", "This?", SOURCE), Reading("That", "?", SOURCE))
    )
    place = ASKED.place
    await feedback.record(ASKED, back)
    later = await feedback.record(replace(ASKED, place=replace(place, ts="1.2")), back)
    await feedback.record(replace(ASKED, place=replace(place, ts="1.3")), ANSWER)

    assert await feedback.asked_back(place.team, place.channel, place.thread) == later
    assert await feedback.asked_back(place.team, place.channel, "2.0") is None
    assert await feedback.asked_back(place.team, "C2", place.thread) is None


async def test_answering_the_same_message_again_keeps_one_answer(feedback: Feedback) -> None:
    first = await feedback.record(ASKED, ANSWER)
    second = await feedback.record(ASKED, replace(ANSWER, text="Better. [1]"))

    assert first.id == second.id
    assert await feedback.recorded(first.id) == second


async def test_a_bad_verdict_is_an_open_flag(feedback: Feedback) -> None:
    recorded = await feedback.record(ASKED, ANSWER)
    flag = await feedback.complain(recorded.id, "U2", Complaint.OUTDATED, "  since March  ")

    assert await feedback.open_flags() == [flag]
    assert (flag.recorded, flag.person, flag.comment) == (recorded, "U2", "since March")
    assert await feedback.tally(recorded.id) == Tally(bad=1)


async def test_a_second_vote_replaces_the_first(feedback: Feedback) -> None:
    recorded = await feedback.record(ASKED, ANSWER)
    await feedback.praise(recorded.id, "U2")
    await feedback.praise(recorded.id, "U3")
    await feedback.complain(recorded.id, "U2", Complaint.WRONG)

    assert await feedback.tally(recorded.id) == Tally(good=1, bad=1)


async def test_a_second_complaint_replaces_the_first_on_the_same_card(feedback: Feedback) -> None:
    recorded = await feedback.record(ASKED, ANSWER)
    first = await feedback.complain(recorded.id, "U2", Complaint.WRONG, "no")
    await feedback.store.carded(first.id, Card("CREVIEW", "9.0"), "")
    second = await feedback.complain(recorded.id, "U2", Complaint.INCOMPLETE, "half")

    assert await feedback.open_flags() == [second]
    assert (second.id, second.card) == (first.id, Card("CREVIEW", "9.0"))
    assert second.complaint is Complaint.INCOMPLETE


async def test_praise_takes_back_ones_own_flag_alone(feedback: Feedback) -> None:
    recorded = await feedback.record(ASKED, ANSWER)
    await feedback.complain(recorded.id, "U2", Complaint.WRONG)
    other = await feedback.complain(recorded.id, "U3", Complaint.WRONG)

    withdrawn = await feedback.praise(recorded.id, "U2")

    assert withdrawn is not None
    assert withdrawn.state is FlagState.WITHDRAWN
    assert await feedback.open_flags() == [other]
    assert await feedback.praise(recorded.id, "U2") is None
    assert len(await feedback.all_flags()) == 2


async def test_a_denial_is_a_question_that_the_wiki_did_not_answer(
    feedback: Feedback, clock: Clock
) -> None:
    denial = await feedback.record(ASKED, replace(ANSWER, composed=True, denial=True))
    await feedback.record(replace(ASKED, place=replace(ASKED.place, ts="1.2")), ANSWER)

    assert await feedback.store.unanswered(clock.now - timedelta(days=1)) == [denial]
