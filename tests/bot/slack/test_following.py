"""In a thread that the bot answered, questions to the bot need no mention. It ignores the rest."""

from __future__ import annotations

import pytest

from footnote_bot.bot.conversation.model import Thread
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.model import Role, Turn
from footnote_bot.bot.state.threads import DatabaseThreads
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet


async def answered(bot: Bot, slack: LocalSlack) -> Message:
    """Ask as Anna and wait for the answer; return the question."""
    if not bot.is_running:
        await bot.start()
    first = await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=first.ts)
    await quiet(bot)
    return first


async def test_the_asker_asks_on_without_a_mention(listening: Bot, slack: LocalSlack) -> None:
    first = await answered(listening, slack)
    await slack.say("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM", first.ts)) == 2)
    await quiet(listening)

    assert listening.handbook.asked[-1].text == "And leave abroad?"
    assert listening.handbook.asked[-1].history == (
        Turn(Role.ASKER, "How do I book leave?"),
        Turn(Role.BOT, "Book leave in the calendar."),
    )


async def test_an_answer_stays_if_the_note_behind_it_cannot_be_recorded(
    listening: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_threads: DatabaseThreads, _thread: Thread) -> bool:
        raise StateUnavailable("away")

    monkeypatch.setattr(DatabaseThreads, "is_first_answer", fails)
    first = await answered(listening, slack)
    await slack.say("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM", first.ts)) == 2)
    await quiet(listening)

    assert [message.text for message in slack.from_app("C0TEAM")] == [
        "Book leave in the calendar."
    ] * 2
    assert len(listening.handbook.asked) == 2


async def test_a_mention_comes_twice_and_is_answered_once(
    listening: Bot, slack: LocalSlack
) -> None:
    first = await answered(listening, slack)
    await slack.mention("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM", first.ts)) == 2)
    await quiet(listening)
    event_types = [delivery.event_type for delivery in slack.deliveries]

    assert event_types.count("app_mention") == 2
    assert len(listening.handbook.asked) == 2
    assert len(slack.from_app("C0TEAM")) == 2


@BOTH_WAYS
async def test_others_are_answered_if_they_call_the_bot_by_name(
    bot: Bot, slack: LocalSlack
) -> None:
    first = await answered(bot, slack)
    await slack.say("U0BEN", "C0TEAM", "Is that paid leave?", thread_ts=first.ts)
    await slack.say("U0BEN", "C0TEAM", "Footnote, is leave paid?", thread_ts=first.ts)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM", first.ts)) == 2)
    await quiet(bot)

    assert [question.text for question in bot.handbook.asked][1:] == ["Footnote, is leave paid?"]


@pytest.mark.parametrize(
    "words",
    ["Thanks!", ":+1:", "hello there", "I will book it tomorrow.", "<@U0BEN> do you get leave?",
     "Great, that works"],
)  # fmt: skip
@BOTH_WAYS
async def test_talk_that_is_not_for_the_bot_is_left_alone(
    bot: Bot, slack: LocalSlack, words: str
) -> None:
    first = await answered(bot, slack)
    await slack.say("U0ANNA", "C0TEAM", words, thread_ts=first.ts)
    await quiet(bot)

    assert len(bot.handbook.asked) == 1
    assert len(slack.from_app("C0TEAM")) == 1


@BOTH_WAYS
async def test_people_who_talk_to_each_other_are_left_alone(bot: Bot, slack: LocalSlack) -> None:
    first = await answered(bot, slack)
    await slack.say("U0BEN", "C0TEAM", "I changed that page about leave.", thread_ts=first.ts)
    await slack.say("U0ANNA", "C0TEAM", "When did leave change?", thread_ts=first.ts)
    await quiet(bot)

    assert len(bot.handbook.asked) == 1
    assert len(slack.from_app("C0TEAM")) == 1


@BOTH_WAYS
async def test_bots_joins_and_other_threads_are_left_alone(bot: Bot, slack: LocalSlack) -> None:
    first = await answered(bot, slack)
    slack.add_user("U0ROBOT", name="robot", is_bot=True)
    slack.add_user("U0NEW", name="new")
    slack.channels["C0TEAM"].members.append("U0ROBOT")
    await slack.say("U0ROBOT", "C0TEAM", "leave?", thread_ts=first.ts)
    await slack.join("U0NEW", "C0TEAM")
    other = await slack.say("U0BEN", "C0TEAM", "Who took leave?")
    await slack.say("U0ANNA", "C0TEAM", "Is there leave?", thread_ts=other.ts)
    await slack.say("U0ANNA", "C0TEAM", "How long is leave?")
    await quiet(bot)

    assert len(bot.handbook.asked) == 1
    assert len(slack.from_app("C0TEAM")) == 1
    assert slack.calls_to("assistant.threads.setStatus")[2:] == []


async def test_stop_following_ends_it_even_after_a_restart(
    listening: Bot, slack: LocalSlack
) -> None:
    first = await answered(listening, slack)
    await slack.say("U0BEN", "C0TEAM", "stop following", thread_ts=first.ts)
    notice = await slack.wait_for_message("C0TEAM", lambda m: "no longer follow" in m.text)
    await quiet(listening)
    await listening.stop()
    await listening.start()
    await slack.say("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await quiet(listening)

    assert notice.thread_ts == first.ts
    assert len(listening.handbook.asked) == 1
    assert len(slack.from_app("C0TEAM")) == 2


@BOTH_WAYS
async def test_following_starts_again_when_it_is_asked_for(bot: Bot, slack: LocalSlack) -> None:
    first = await answered(bot, slack)
    await slack.mention("U0ANNA", "C0TEAM", "stop following", thread_ts=first.ts)
    await quiet(bot)
    await slack.mention("U0ANNA", "C0TEAM", "follow this thread", thread_ts=first.ts)
    await quiet(bot)
    await slack.say("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await quiet(bot)

    assert [question.text for question in bot.handbook.asked][1:] == ["And leave abroad?"]


async def test_a_button_ends_it_too_and_is_offered_once(listening: Bot, slack: LocalSlack) -> None:
    first = await answered(listening, slack)
    for words in ("And leave abroad?", "And sick leave?"):
        await slack.say("U0ANNA", "C0TEAM", words, thread_ts=first.ts)
        await quiet(listening)
    notes = slack.ephemerals("U0ANNA")
    await slack.click("U0ANNA", notes[0], "stop_following")
    await slack.wait_for(lambda: "no longer follow" in slack.ephemerals("U0ANNA")[0].text)
    await slack.say("U0ANNA", "C0TEAM", "And unpaid leave?", thread_ts=first.ts)
    await quiet(listening)

    assert len(notes) == 1
    assert len(listening.handbook.asked) == 3


async def test_a_follow_up_that_is_edited_away_takes_its_answer_along(
    bot: Bot, slack: LocalSlack
) -> None:
    first = await answered(bot, slack)
    follow_up = await slack.say("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)
    await quiet(bot)
    await slack.edit(follow_up, "Never mind.")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 1)
    await quiet(bot)

    assert len(bot.handbook.asked) == 2


async def test_a_thread_that_cannot_be_read_is_not_followed(bot: Bot, slack: LocalSlack) -> None:
    first = await answered(bot, slack)
    slack.fail_next("conversations.replies", error="missing_scope")
    await slack.say("U0ANNA", "C0TEAM", "And leave abroad?", thread_ts=first.ts)
    await quiet(bot)

    assert len(bot.handbook.asked) == 1
