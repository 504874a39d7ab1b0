"""The contract of Answers: it stores answers and people's verdicts on them, in memory and in each
database, for one workspace alone or for one of several."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from footnote_bot.bot.conversation.model import (
    BY_ITSELF,
    AskedQuestion,
    IncomingMessage,
    MessageKind,
    MessageRef,
    RecordedAnswer,
    Tally,
)
from footnote_bot.bot.conversation.ports import Answers
from footnote_bot.bot.errors import AskerForgotten
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint, Verdict
from footnote_bot.bot.model import (
    Answer,
    NoAnswer,
    Reason,
    Result,
    Source,
    Timings,
    Tone,
)

from .conftest import Answered

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
SOURCE = Source(
    title="Leave",
    heading="Annual leave > Carry over",
    url="https://wiki.example.com/leave#carry-over",
    quote="Ask in `#people`.",
    wiki="hr",
    page="leave",
    revision="r1",
    owner="people-team",
    updated=date(2025, 3, 1),
    outdated=True,
)
ANSWER = Answer("Ask in `#people`. [1]", (SOURCE,), 0.8, Timings(1.0, 2.0, 3.0))
NOTHING = NoAnswer(Reason.NOTHING_FITS, "I searched hr.", (replace(SOURCE, quote=""),))
ASKED = AskedQuestion("Leave? 🏖️", "U1", MessageRef("T1", "C1", "1.1", "1.0"), private=False)


def at(ts: str, **changes: str) -> AskedQuestion:
    return replace(ASKED, place=replace(ASKED.place, ts=ts, **changes))


@pytest.fixture
def feedback(answered: Answered) -> Feedback:
    return Feedback(answered.store, lambda: NOW)


@pytest.fixture
def answers(feedback: Feedback) -> Answers:
    """The port, and nothing beyond it."""
    return feedback


@pytest.mark.parametrize("result", [ANSWER, NOTHING])
async def test_what_was_recorded_comes_back_as_it_was(answers: Answers, result: Result) -> None:
    recorded = await answers.record(ASKED, result, NOW - timedelta(hours=1))
    await answers.posted(recorded.id, "2.0")
    posted = replace(recorded, message="2.0")

    assert recorded == RecordedAnswer(
        recorded.id, ASKED, result, NOW, as_of=NOW - timedelta(hours=1)
    )
    assert await answers.recorded(recorded.id) == posted
    assert await answers.recorded_for(ASKED.place) == posted


async def test_nothing_is_known_of_what_was_never_recorded(answers: Answers) -> None:
    recorded = await answers.record(ASKED, ANSWER)
    place = ASKED.place

    assert await answers.recorded(recorded.id + 1) is None
    assert await answers.tally(recorded.id + 1) == Tally()
    for other in (
        replace(place, ts="1.2"),
        replace(place, thread="9.0"),
        replace(place, channel="C2"),
        replace(place, team="T9"),
    ):
        assert await answers.recorded_for(other) is None


async def test_a_second_answer_to_a_message_replaces_the_first(answers: Answers) -> None:
    first = await answers.record(ASKED, ANSWER)
    await answers.posted(first.id, "2.0")
    second = await answers.record(ASKED, NOTHING)

    assert (second.id, second.message, second.answer) == (first.id, "2.0", NOTHING)
    assert await answers.recorded(first.id) == second


async def test_what_is_not_plain_is_a_question_that_the_wiki_did_not_answer(
    answers: Answers, feedback: Feedback
) -> None:
    nothing = await answers.record(at("1.1"), NOTHING)
    nearest = await answers.record(at("1.2"), replace(NOTHING, nearest=ANSWER.sources))
    denial = await answers.record(at("1.3"), replace(ANSWER, composed=True, denial=True))
    closest = await answers.record(at("1.4"), replace(ANSWER, tone=Tone.CLOSEST))  # an old row
    await answers.record(at("1.5"), ANSWER)
    await answers.record(at("1.6"), replace(NOTHING, reason=Reason.TOO_LONG))
    await answers.record(at(f"{BY_ITSELF}1-2"), NOTHING)  # nobody asked

    unanswered = [nothing, nearest, denial, closest]
    assert list(await feedback.store.unanswered(NOW)) == unanswered
    assert list(await feedback.store.unanswered(NOW + timedelta(days=1))) == []


async def test_each_person_has_one_verdict_that_counts(
    answers: Answers, feedback: Feedback
) -> None:
    recorded = await answers.record(ASKED, ANSWER)
    await feedback.praise(recorded.id, "U2")
    await feedback.praise(recorded.id, "U3")
    await feedback.complain(recorded.id, "U2", Complaint.WRONG)

    assert await answers.tally(recorded.id) == Tally(good=1, bad=1)


async def test_praise_of_the_asker_is_told_from_that_of_others(
    answers: Answers, feedback: Feedback
) -> None:
    own = await answers.record(at("1.1"), ANSWER)
    liked = await answers.record(at("1.2"), ANSWER)
    disliked = await answers.record(at("1.3"), ANSWER)
    await feedback.praise(own.id, "U1")
    await feedback.praise(liked.id, "U2")
    await feedback.doubt(disliked.id, "U2")

    assert list(await answers.praised()) == [own, liked]
    assert list(await answers.praised(by_others=True)) == [liked]


async def test_praise_is_of_the_question_as_it_was_put(
    answers: Answers, feedback: Feedback
) -> None:
    recorded = await answers.record(ASKED, ANSWER)
    await feedback.praise(recorded.id, "U2")
    same = await answers.record(ASKED, replace(ANSWER, text="Forty days. [1]"))
    stored = await answers.tally(same.id)
    await feedback.complain(recorded.id, "U3", Complaint.WRONG)
    await answers.record(replace(ASKED, question="Leave abroad?"), ANSWER)

    assert stored == Tally(good=1)
    assert await answers.tally(recorded.id) == Tally(bad=1)


async def test_a_verdict_is_taken_back_by_who_gave_it(answers: Answers, feedback: Feedback) -> None:
    recorded = await answers.record(ASKED, ANSWER)
    await feedback.praise(recorded.id, "U2")

    assert await feedback.take_back(recorded.id, "U2", Verdict.BAD) == (False, None)
    assert await feedback.take_back(recorded.id, "U3", Verdict.GOOD) == (False, None)
    assert await feedback.take_back(recorded.id, "U2", Verdict.GOOD) == (True, None)
    assert await answers.tally(recorded.id) == Tally()


async def test_nothing_is_recorded_for_whoever_had_their_data_deleted_since(
    answered: Answered, answers: Answers
) -> None:
    place = ASKED.place
    await answered.inbox.receive(
        IncomingMessage(
            "Ev1",
            MessageKind.MENTION,
            place.team,
            place.channel,
            place.ts,
            place.thread,
            ASKED.asker,
            "leave?",
        )
    )
    answered.forget(ASKED.asker)

    with pytest.raises(AskerForgotten):
        await answers.record(ASKED, ANSWER)
    assert await answers.recorded_for(place) is None


async def test_a_workspace_sees_nothing_of_another(answered: Answered, answers: Answers) -> None:
    recorded = await answers.record(ASKED, ANSWER)
    if answered.others:
        other = Feedback(answered.others, lambda: NOW)

        assert await other.recorded(recorded.id) is None
        assert await other.recorded_for(ASKED.place) is None
