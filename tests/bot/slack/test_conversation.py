"""A thread is a conversation: its earlier messages go along with a question."""

from __future__ import annotations

from footnote_bot.bot.model import Role, Turn
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.slack.conftest import Bot


async def follow_up(bot: Bot, slack: LocalSlack, thread: str) -> tuple[Turn, ...]:
    """Ask in the thread; return the history that goes along with the question."""
    question = await slack.mention("U0ANNA", "C0TEAM", "And for leave abroad?", thread_ts=thread)
    await slack.wait_for_message(
        "C0TEAM", lambda message: float(message.ts) > float(question.ts), thread_ts=thread
    )
    return bot.handbook.asked[-1].history


async def test_a_follow_up_comes_with_what_was_said_before_it(bot: Bot, slack: LocalSlack) -> None:
    bot.handbook.text = "Book leave in the calendar.\n\nTwo weeks ahead. [1]"
    await bot.start()
    first = await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    await slack.wait_for_message("C0TEAM", thread_ts=first.ts)
    await slack.say("U0BEN", "C0TEAM", "I wrote that page.", thread_ts=first.ts)

    assert await follow_up(bot, slack, first.ts) == (
        Turn(Role.ASKER, "How do I book leave?"),
        Turn(Role.BOT, "Book leave in the calendar.\n\nTwo weeks ahead."),
        Turn(Role.OTHER, "I wrote that page."),
    )
    assert bot.handbook.asked[0].history == ()


async def test_edited_and_deleted_messages_count_in_their_current_state(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    first = await slack.say("U0ANNA", "C0TEAM", "Who knows about leaf?")
    noise = await slack.say("U0ANNA", "C0TEAM", "Never mind.", thread_ts=first.ts)
    await slack.edit(first, "Who knows about leave?")
    await slack.delete(noise)

    assert await follow_up(bot, slack, first.ts) == (Turn(Role.ASKER, "Who knows about leave?"),)


async def test_a_long_thread_is_read_to_its_end_and_its_latest_turns_are_kept(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    first = await slack.say("U0BEN", "C0TEAM", "Leave, everybody.")
    for number in range(210):
        await slack.say("U0BEN", "C0TEAM", f"Remark {number}.", thread_ts=first.ts)
    history = await follow_up(bot, slack, first.ts)

    assert [turn.text for turn in history] == [f"Remark {number}." for number in range(190, 210)]


async def test_a_thread_that_cannot_be_read_is_as_none(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    first = await slack.say("U0ANNA", "C0TEAM", "Who knows about leave?")
    slack.fail_next("conversations.replies", error="missing_scope")

    assert await follow_up(bot, slack, first.ts) == ()
