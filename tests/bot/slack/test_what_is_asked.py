"""Every form of question that people write."""

from __future__ import annotations

from footnote_bot.bot.answering.question.several import Several
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, words


async def test_a_question_in_a_file_s_comment_is_answered(
    listening: Bot, slack: LocalSlack
) -> None:
    file = {"id": "F1", "name": "form.pdf", "mimetype": "application/pdf"}
    question = await slack.mention("U0ANNA", "C0TEAM", "Is this the leave form?", files=[file])
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(listening)

    assert [question.text for question in listening.handbook.asked] == ["Is this the leave form?"]


async def test_a_question_in_a_forwarded_message_is_answered(
    listening: Bot, slack: LocalSlack
) -> None:
    forwarded = {
        "is_share": True,
        "is_msg_unfurl": True,
        "author_id": "U0BEN",
        "channel_id": "C0TEAM",
        "text": "How do I book leave?",
        "from_url": "https://local.slack.com/archives/C0TEAM/p1",
    }
    question = await slack.dm("U0ANNA", "", attachments=[forwarded])
    await slack.wait_for_message(question.channel)
    await slack.mention("U0ANNA", "C0TEAM", "can you answer this?", attachments=[forwarded])
    await slack.wait_for_message("C0TEAM")

    assert [question.text for question in listening.handbook.asked] == ["How do I book leave?"] * 2


@BOTH_WAYS
async def test_a_code_block_comes_with_its_lines(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    code = "```\nif leave &lt; 3:\n    book()\n```"
    await slack.mention("U0ANNA", "C0TEAM", f"Why does leave fail?\n{code}")
    await slack.wait_for_message("C0TEAM")

    assert bot.handbook.asked[0].text == (
        "Why does leave fail?\n```\nif leave < 3:\n    book()\n```"
    )


@BOTH_WAYS
async def test_several_questions_are_answered_in_one_reply(bot: Bot, slack: LocalSlack) -> None:
    bot.answering = Several(bot.handbook)
    await bot.start()
    question = await slack.mention(
        "U0ANNA", "C0TEAM", "How do I book leave? What is for lunch today?"
    )
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    text = words(answer)
    assert "> How do I book leave?" in text.replace("&gt;", ">")
    assert "Book leave in the calendar." in text
    assert "I searched handbook and found nothing." in text


@BOTH_WAYS
async def test_a_mention_in_the_middle_of_a_long_thread_is_answered_once(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    first = await slack.say("U0BEN", "C0TEAM", "Leave, everybody.")
    for number in range(120):
        await slack.say("U0BEN", "C0TEAM", f"Remark {number}.", thread_ts=first.ts)
    question = await slack.mention("U0ANNA", "C0TEAM", "Is there leave?", thread_ts=first.ts)
    for number in range(120):
        await slack.say("U0BEN", "C0TEAM", f"Later {number}.", thread_ts=first.ts)
    await slack.wait_for_message("C0TEAM", thread_ts=first.ts)
    await slack.edit(question, "<@U0LOCALBOT> Is there sick leave?")
    await slack.wait_for(lambda: len(bot.handbook.asked) == 2)
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1
    assert bot.handbook.asked[0].history[-1].text == "Remark 119."
