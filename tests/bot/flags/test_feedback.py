"""People judge answers; a bad verdict is a flag."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, Tally
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Card, Complaint, FlagState
from footnote_bot.bot.model import Answer
from tests.fakes.answers import MemoryAnswers
from tests.fakes.stores import MemoryInbox

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
ANSWER = Answer("Ask in `#people`. [1]", (), 0.8)
ASKED = AskedQuestion(
    "Who knows about leave?", "U1", MessageRef("T1", "C1", "1.1", "1.0"), private=False
)


@pytest.fixture
def feedback() -> Feedback:
    return Feedback(MemoryAnswers(MemoryInbox(lambda: NOW)), lambda: NOW)


async def test_a_bad_verdict_is_an_open_flag(feedback: Feedback) -> None:
    recorded = await feedback.record(ASKED, ANSWER)
    flag = await feedback.complain(recorded.id, "U2", Complaint.OUTDATED, "  since March  ")

    assert await feedback.open_flags() == [flag]
    assert (flag.recorded, flag.person, flag.comment) == (recorded, "U2", "since March")
    assert await feedback.tally(recorded.id) == Tally(bad=1)


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
