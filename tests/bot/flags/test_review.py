"""Reviewers handle flags; every action is stored with its person and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Card, Complaint, Due, Flag, FlagAction, FlagState, Verdict
from footnote_bot.bot.flags.review import Review
from footnote_bot.bot.model import Answer
from tests.fakes.answers import MemoryAnswers
from tests.fakes.stores import MemoryInbox

ANSWER = Answer("So.", (), 0.9)


class Office:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
        store = MemoryAnswers(MemoryInbox(lambda: self.now))
        self.feedback = Feedback(store, lambda: self.now)
        self.review = Review(store, lambda: self.now)

    async def flagged(self, ts: str = "1.0") -> Flag:
        question = AskedQuestion("How?", "U1", MessageRef("T", "C", ts, ts), private=False)
        recorded = await self.feedback.record(question, ANSWER)
        return await self.feedback.complain(recorded.id, "U2", Complaint.WRONG)

    async def again(self, flag: Flag) -> Flag:
        stored = await self.review.flags.flag(flag.id)
        assert stored is not None
        return stored

    async def history(self, flag: Flag) -> list[tuple[str, str]]:
        return [(step.action.value, step.person) for step in await self.review.flags.steps(flag.id)]


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_flag_that_is_taken_is_open_and_has_a_holder(office: Office) -> None:
    flag = await office.flagged()

    assert await office.review.act(FlagAction.TAKEN, flag, "U3")
    assert await office.review.act(FlagAction.TAKEN, flag, "U4")
    assert ((await office.again(flag)).state, (await office.again(flag)).holder) == (
        FlagState.TAKEN,
        "U4",
    )
    assert await office.feedback.open_flags() == [await office.again(flag)]
    assert await office.history(flag) == [("raised", "U2"), ("taken", "U3"), ("taken", "U4")]


async def test_who_settles_first_settles_it(office: Office) -> None:
    flag = await office.flagged()

    assert await office.review.act(FlagAction.NOT_WRONG, flag, "U3")
    assert not await office.review.act(FlagAction.FIXED, flag, "U4")
    assert not await office.review.act(FlagAction.TAKEN, flag, "U4")
    assert (await office.again(flag)).state is FlagState.NOT_WRONG
    assert await office.feedback.open_flags() == []


async def test_a_flag_that_was_settled_too_soon_is_opened_again(office: Office) -> None:
    flag = await office.flagged()

    assert not await office.review.act(FlagAction.REOPENED, flag, "U3")
    assert await office.review.act(FlagAction.FIXED, flag, "U3")
    assert await office.review.act(FlagAction.REOPENED, flag, "U3")
    assert (await office.again(flag)).state is FlagState.OPEN


async def test_what_its_person_took_back_is_over(office: Office) -> None:
    flag = await office.flagged()
    await office.review.act(FlagAction.TAKEN, flag, "U3")

    assert await office.feedback.take_back(flag.recorded.id, "U2", Verdict.GOOD) == (False, None)
    taken_back, withdrawn = await office.feedback.take_back(flag.recorded.id, "U2", Verdict.BAD)
    assert taken_back
    assert withdrawn is not None
    assert withdrawn.state is FlagState.WITHDRAWN
    assert not await office.review.act(FlagAction.REOPENED, flag, "U3")
    assert not await office.review.act(FlagAction.ANSWERED, flag, "U3")


async def test_the_work_after_an_action_is_due_until_it_is_done(office: Office) -> None:
    flag = await office.flagged()
    dues = [(await office.again(flag)).due]
    await office.review.flags.shown(await office.again(flag))
    dues.append((await office.again(flag)).due)
    await office.review.act(FlagAction.FIXED, flag, "U3")
    dues.append((await office.again(flag)).due)
    await office.review.asked_again(await office.again(flag), ANSWER)
    await office.review.notified(await office.again(flag), somebody=True)
    dues.append((await office.again(flag)).due)
    await office.review.flags.shown(await office.again(flag))

    every = frozenset(Due)
    assert dues == [{Due.SHOW}, frozenset(), every, {Due.SHOW}]
    assert await office.review.flags.due() == []
    assert (await office.again(flag)).again == ANSWER


async def test_what_happens_while_a_card_is_drawn_makes_it_due_again(office: Office) -> None:
    flag = await office.flagged()
    drawn = await office.again(flag)
    await office.review.act(FlagAction.TAKEN, flag, "U3")
    await office.review.flags.shown(drawn)

    assert Due.SHOW in (await office.again(flag)).due


async def test_what_calls_for_it_while_it_is_done_makes_it_due_again(office: Office) -> None:
    flag = await office.flagged()
    await office.review.act(FlagAction.FIXED, flag, "U3")
    question = await office.again(flag)
    office.now += timedelta(seconds=20)
    await office.review.act(FlagAction.ANSWERED, flag, "U4")
    await office.review.asked_again(question, ANSWER)
    await office.review.notified(question, somebody=True)
    before = (await office.again(flag)).due
    await office.review.asked_again(await office.again(flag), ANSWER)
    await office.review.notified(await office.again(flag), somebody=True)

    assert before == frozenset(Due)
    assert (await office.again(flag)).due == {Due.SHOW}


async def test_who_flagged_is_not_told_of_what_was_settled_too_soon(office: Office) -> None:
    flag = await office.flagged()
    await office.review.act(FlagAction.FIXED, flag, "U3")
    await office.review.act(FlagAction.REOPENED, flag, "U3")
    reopened = (await office.again(flag)).due
    await office.review.act(FlagAction.FIXED, flag, "U3")
    await office.feedback.complain(flag.recorded.id, "U2", Complaint.WRONG)

    assert Due.TELL not in reopened
    assert Due.TELL not in (await office.again(flag)).due


async def test_a_thumb_without_a_reason_keeps_the_reason_given_before(office: Office) -> None:
    flag = await office.flagged()
    again = await office.feedback.complain(flag.recorded.id, "U2", Complaint.UNSAID)
    other = await office.feedback.complain(flag.recorded.id, "U3", Complaint.UNSAID)

    assert again == flag
    assert other.complaint is Complaint.UNSAID


async def test_a_flag_waits_from_its_last_action(office: Office) -> None:
    flag = await office.flagged()
    office.now += timedelta(days=5)
    await office.review.act(FlagAction.TAKEN, flag, "U3")
    await office.review.flags.carded(flag.id, Card("C0REVIEW", "9.0"), "U4")
    office.now += timedelta(days=6)
    too_soon = await office.review.waiting(timedelta(days=7))
    office.now += timedelta(days=1)
    (waiting,) = await office.review.waiting(timedelta(days=7))

    assert too_soon == []
    assert (waiting.holder, waiting.owner) == ("U3", "U4")


async def test_nobody_is_reminded_twice_within_a_day(office: Office) -> None:
    first, other = await office.review.may_remind("U1"), await office.review.may_remind("U2")
    office.now += timedelta(hours=23)
    second = await office.review.may_remind("U1")
    office.now += timedelta(hours=1)

    assert (first, other, second) == (True, True, False)
    assert await office.review.may_remind("U1")
