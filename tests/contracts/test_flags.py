"""The contract of FlagStore: it stores flags, the actions on them and the work that is due, in
memory and in each database, for one workspace alone or for one of several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.flags.model import Card, Complaint, Due, Flag, FlagAction, FlagState, Step
from footnote_bot.bot.flags.ports import FlagStore
from footnote_bot.bot.model import Answer, NoAnswer, Reason

from .conftest import Answered

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
ANSWER, NOTHING = Answer("So.", (), 0.9), NoAnswer(Reason.NOTHING_FITS, "I searched hr.", ())
ANNA, BEN, EVE = "U0ANNA", "U0BEN", "U0EVE"
OPEN, TAKEN, FIXED = FlagState.OPEN, FlagState.TAKEN, FlagState.FIXED

Raise = Callable[..., Awaitable[Flag]]


@pytest.fixture
def flags(answered: Answered) -> FlagStore:
    """The port, and nothing beyond it."""
    return answered.store


@pytest.fixture
def flag(answered: Answered) -> Raise:
    """Raise a flag on the answer to the question at ``ts``."""

    async def raise_flag(
        person: str = BEN,
        complaint: Complaint = Complaint.WRONG,
        comment: str = "",
        *,
        ts: str = "1.0",
        hours: int = 0,
    ) -> Flag:
        question = AskedQuestion("How?", ANNA, MessageRef("T1", "C1", ts, ts), private=False)
        place = question.place
        recorded = await answered.store.in_thread(place.team, place.channel, place.thread)
        answer = (
            recorded[0] if recorded else await answered.store.keep(question, ANSWER, NOW, None, {})
        )
        when = NOW + timedelta(hours=hours)
        return await answered.store.raise_flag(answer.id, person, complaint, comment, when)

    return raise_flag


async def now(flags: FlagStore, flag: Flag) -> Flag:
    stored = await flags.flag(flag.id)
    assert stored is not None
    return stored


async def test_a_flag_that_is_raised_is_open_and_its_card_is_due(
    flags: FlagStore, flag: Raise
) -> None:
    raised = await flag(BEN, Complaint.OUTDATED, "since March")

    assert (raised.person, raised.complaint, raised.comment) == (
        BEN,
        Complaint.OUTDATED,
        "since March",
    )
    assert (raised.state, raised.due, raised.card) == (OPEN, {Due.SHOW}, None)
    assert raised.recorded.answer == ANSWER
    assert await flags.flag(raised.id) == raised
    assert await flags.flag_of(raised.recorded.id, BEN) == raised
    assert list(await flags.steps(raised.id)) == [Step(FlagAction.RAISED, BEN, NOW)]


async def test_nothing_is_known_of_what_was_never_raised(flags: FlagStore, flag: Raise) -> None:
    raised = await flag()

    assert await flags.flag(raised.id + 1) is None
    assert await flags.flag_of(raised.recorded.id, EVE) is None
    assert list(await flags.steps(raised.id + 1)) == []


async def test_each_person_has_one_flag_on_an_answer(flags: FlagStore, flag: Raise) -> None:
    first, other = await flag(BEN, Complaint.WRONG, "no"), await flag(EVE)
    await flags.carded(first.id, Card("C9", "9.0"), ANNA)
    await flags.move(first.id, FIXED, FlagAction.FIXED, EVE, NOW)
    again = await flag(BEN, Complaint.INCOMPLETE, "half", hours=1)

    assert again.id == first.id != other.id
    assert (again.state, again.complaint, again.comment) == (OPEN, Complaint.INCOMPLETE, "half")
    assert (again.card, again.owner) == (Card("C9", "9.0"), ANNA)


async def test_a_flag_without_a_reason_leaves_an_open_one_as_it_is(
    flags: FlagStore, flag: Raise
) -> None:
    first = await flag(BEN, Complaint.WRONG, "no")
    assert await flag(BEN, Complaint.UNSAID, hours=1) == first

    await flags.move(first.id, FIXED, FlagAction.FIXED, EVE, NOW)
    again = await flag(BEN, Complaint.UNSAID, hours=2)

    assert (again.state, again.complaint) == (OPEN, Complaint.UNSAID)


async def test_flags_are_listed_by_state_and_person_the_oldest_first(
    flags: FlagStore, flag: Raise
) -> None:
    second, third = await flag(BEN, hours=1), await flag(EVE, hours=2)
    first = await flag(BEN, ts="2.0")
    await flags.move(second.id, TAKEN, FlagAction.TAKEN, EVE, NOW)
    await flags.move(third.id, FIXED, FlagAction.FIXED, ANNA, NOW)

    assert [flag_.id for flag_ in await flags.flags()] == [first.id, second.id, third.id]
    assert [flag_.id for flag_ in await flags.flags(OPEN, TAKEN)] == [first.id, second.id]
    assert [flag_.id for flag_ in await flags.flags_by(BEN, OPEN, TAKEN)] == [first.id, second.id]
    assert [flag_.id for flag_ in await flags.flags_by(BEN, TAKEN)] == [second.id]
    assert list(await flags.flags_by(ANNA, OPEN, TAKEN)) == []


async def test_a_move_is_recorded_and_makes_work_due(flags: FlagStore, flag: Raise) -> None:
    raised, later = await flag(), NOW + timedelta(hours=1)
    await flags.shown(raised)
    idle = list(await flags.due())
    moved = await flags.move(
        raised.id, FIXED, FlagAction.FIXED, EVE, later, due=(Due.ASK, Due.TELL)
    )
    fixed = await now(flags, raised)

    assert idle == []
    assert moved
    assert (fixed.state, fixed.changed, fixed.due) == (FIXED, later, frozenset(Due))
    assert [flag_.id for flag_ in await flags.due()] == [raised.id]
    assert (await flags.steps(raised.id))[-1] == Step(FlagAction.FIXED, EVE, later)


async def test_who_takes_a_flag_holds_it_until_it_is_open_again(
    flags: FlagStore, flag: Raise
) -> None:
    raised, holders = await flag(), list[str]()
    for state, action, person in (
        (TAKEN, FlagAction.TAKEN, EVE),
        (TAKEN, FlagAction.TAKEN, ANNA),
        (FIXED, FlagAction.FIXED, EVE),
        (OPEN, FlagAction.REOPENED, EVE),
    ):
        await flags.move(raised.id, state, action, person, NOW)
        holders.append((await now(flags, raised)).holder)

    assert holders == [EVE, ANNA, ANNA, ""]


async def test_a_move_from_a_state_that_forbids_it_does_nothing(
    flags: FlagStore, flag: Raise
) -> None:
    raised = await flag()
    await flags.move(raised.id, FIXED, FlagAction.FIXED, EVE, NOW)
    before, steps = await now(flags, raised), list(await flags.steps(raised.id))

    assert not await flags.move(
        raised.id, TAKEN, FlagAction.TAKEN, ANNA, NOW, due=(Due.ASK,), unless=(FIXED,)
    )
    assert not await flags.move(raised.id + 1, TAKEN, FlagAction.TAKEN, ANNA, NOW)
    assert await now(flags, raised) == before
    assert list(await flags.steps(raised.id)) == steps


async def test_what_is_opened_again_is_told_to_nobody(flags: FlagStore, flag: Raise) -> None:
    raised = await flag()
    await flags.move(raised.id, FIXED, FlagAction.FIXED, EVE, NOW, due=(Due.TELL,))
    await flags.move(raised.id, OPEN, FlagAction.REOPENED, EVE, NOW)

    assert Due.TELL not in (await now(flags, raised)).due


async def test_work_that_is_done_is_due_no_more(flags: FlagStore, flag: Raise) -> None:
    raised, later = await flag(), NOW + timedelta(hours=1)
    await flags.move(raised.id, FIXED, FlagAction.FIXED, EVE, NOW, due=(Due.ASK, Due.TELL))
    await flags.asked_again(await now(flags, raised), NOTHING, later)
    await flags.notified(await now(flags, raised), later, somebody=True)
    await flags.shown(await now(flags, raised))
    handled = await now(flags, raised)

    assert (handled.again, handled.again_at, handled.due) == (NOTHING, later, frozenset())
    assert list(await flags.due()) == []
    assert [step.action for step in await flags.steps(raised.id)][-2:] == [
        FlagAction.ASKED_AGAIN,
        FlagAction.TOLD,
    ]
    assert handled.changed == NOW


async def test_work_on_a_flag_that_changed_meanwhile_stays_due(
    flags: FlagStore, flag: Raise
) -> None:
    raised = await flag()
    await flags.move(raised.id, FIXED, FlagAction.FIXED, EVE, NOW, due=(Due.ASK, Due.TELL))
    before, later = await now(flags, raised), NOW + timedelta(hours=1)
    answered = FlagState.ANSWERED
    due = (Due.ASK, Due.TELL)
    await flags.move(raised.id, answered, FlagAction.ANSWERED, ANNA, later, due=due)
    await flags.asked_again(before, NOTHING, later)
    await flags.notified(before, later, somebody=True)
    await flags.shown(before)

    assert (await now(flags, raised)).due == frozenset(Due)


async def test_that_there_is_nobody_to_tell_is_no_step(flags: FlagStore, flag: Raise) -> None:
    raised = await flag()
    await flags.move(raised.id, FIXED, FlagAction.FIXED, EVE, NOW, due=(Due.TELL,))
    steps = len(await flags.steps(raised.id))
    await flags.notified(await now(flags, raised), NOW, somebody=False)

    assert Due.TELL not in (await now(flags, raised)).due
    assert len(await flags.steps(raised.id)) == steps


async def test_a_written_answer_that_lapses_is_a_step_and_a_new_card(
    flags: FlagStore, flag: Raise
) -> None:
    raised = await flag()
    await flags.shown(raised)
    await flags.lapsed(raised.id, NOW)

    assert (await now(flags, raised)).due == {Due.SHOW}
    assert (await flags.steps(raised.id))[-1] == Step(FlagAction.LAPSED, "", NOW)


async def test_nobody_is_reminded_again_too_soon(flags: FlagStore) -> None:
    day = timedelta(days=1)
    times = [NOW, NOW + day / 2, NOW + day]

    assert [await flags.remind(ANNA, when, unless_since=when - day) for when in times] == [
        True,
        False,
        True,
    ]
    assert await flags.remind(BEN, NOW, unless_since=NOW - day)


async def test_who_was_reminded_while_a_clock_was_far_ahead_is_reminded_again(
    flags: FlagStore,
) -> None:
    day = timedelta(days=1)
    times = [NOW + 300 * day, NOW, NOW - day / 2]

    assert [await flags.remind(ANNA, when, unless_since=when - day) for when in times] == [
        True,
        True,
        False,
    ]


async def test_a_workspace_sees_nothing_of_another(
    answered: Answered, flags: FlagStore, flag: Raise
) -> None:
    raised = await flag()
    if answered.others:
        assert await answered.others.flag(raised.id) is None
        assert list(await answered.others.flags()) == []
        assert list(await answered.others.due()) == []
