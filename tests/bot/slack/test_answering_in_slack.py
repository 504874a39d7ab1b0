"""Questions are answered in their thread, over both transports."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, until, words

ANNA = ("user:anna@example.com", "domain:example.com")


async def test_a_mention_is_answered_in_its_thread(listening: Bot, slack: LocalSlack) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)

    assert answer.thread_ts == question.ts
    assert answer.text == "Book leave in the calendar."
    assert words(answer) == (
        "Book leave in the calendar. <https://wiki.example.com/leave#annual|[1]>\n"
        "[1] <https://wiki.example.com/leave#annual|Leave &gt; Annual leave>"
        " \u00b7 updated 1 year ago"
    )
    assert answer.blocks[-1]["type"] == "context_actions"
    assert not answer.unfurl_links
    assert not answer.unfurl_media
    await slack.settled()
    assert all(delivery.acked for delivery in slack.deliveries)


async def test_a_direct_message_is_answered_in_its_thread(
    listening: Bot, slack: LocalSlack
) -> None:
    question = await slack.dm("U0ANNA", "leave?")
    first = await slack.wait_for_message(question.channel, thread_ts=question.ts)
    again = await slack.dm("U0ANNA", "more on leave", thread_ts=question.ts)
    second = await slack.wait_for_message(
        question.channel, lambda message: message.ts > again.ts, thread_ts=question.ts
    )

    assert first.text == second.text == "Book leave in the calendar."


async def test_channels_read_what_everyone_may_and_people_what_they_may(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "my salary?")
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await until(lambda: len(bot.handbook.asked) == 2)
    private = await slack.dm("U0ANNA", "my salary?")
    answer = await slack.wait_for_message(private.channel)

    anna = Principal.of(EVERYONE, *ANNA, "group:hr", "group:S0HR")
    # The channel's question, whether Anna alone would get more, and Anna's own question.
    assert [question.reader for question in bot.handbook.asked] == [
        Principal.of(EVERYONE),
        anna,
        anna,
    ]
    # The person who pays for the language model.
    assert [(question.person, question.channel) for question in bot.handbook.asked] == [
        ("U0ANNA", "C0TEAM"),
        ("U0ANNA", "C0TEAM"),
        ("U0ANNA", private.channel),
    ]
    assert answer.text == "It is secret."


@BOTH_WAYS
async def test_where_nothing_fits_the_nearest_pages_are_offered(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "What is for lunch?")
    answer = await slack.wait_for_message("C0TEAM")

    assert "found nothing" in words(answer)
    assert (
        "The nearest sections:\n"
        "\u2022 <https://wiki.example.com/leave#annual|Leave &gt; Annual leave>"
    ) in words(answer)


@pytest.mark.parametrize("text", ["", ":wave:", "hello!", "\U0001f44b", "???"])
async def test_a_message_that_asks_nothing_gets_help(
    bot: Bot, slack: LocalSlack, text: str
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", text)
    answer = await slack.wait_for_message("C0TEAM")

    assert answer.text.startswith("Ask me a question")
    assert bot.handbook.asked == []


async def test_other_people_in_a_question_keep_their_names(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "what leave has <@U0BEN> &amp; I?")
    await slack.wait_for_message("C0TEAM")

    assert [question.text for question in bot.handbook.asked] == ["what leave has @ben & I?"]


@pytest.mark.parametrize(
    ("person", "channel", "opened"),
    [
        ("U0GUEST", "C0TEAM", {"guests": True}),
        ("U0OTHER", "C0SHARED", {"shared_channels": True}),
        ("U0ANNA", "C0SHARED", {"shared_channels": True}),
    ],
)
@BOTH_WAYS
async def test_outsiders_read_nothing_unless_it_is_opened(
    bot: Bot, slack: LocalSlack, person: str, channel: str, opened: dict[str, Any]
) -> None:
    slack.channels["C0TEAM"].members.append("U0GUEST")
    await bot.start()
    await slack.mention(person, channel, "leave?")
    closed = await slack.wait_for_message(channel)
    questions = list(bot.handbook.asked)
    await bot.stop()
    bot.change(**opened)
    await bot.start()
    again = await slack.mention(person, channel, "leave?")
    answer = await slack.wait_for_message(channel, thread_ts=again.ts)

    assert closed.text.startswith("I ")
    assert questions == []
    assert answer.text == "Book leave in the calendar."
    assert [question.reader for question in bot.handbook.asked] == [Principal.of(EVERYONE)]


async def test_groups_that_cannot_be_read_open_nothing(bot: Bot, slack: LocalSlack) -> None:
    slack.fail_next("usergroups.list", status=500, times=5)
    await bot.start()
    question = await slack.dm("U0ANNA", "salary?")
    await slack.wait_for_message(question.channel)

    assert bot.handbook.asked[0].reader == Principal.of(EVERYONE, *ANNA)


@BOTH_WAYS
async def test_bots_edits_and_other_talk_are_left_alone(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    slack.add_user("U0ROBOT", name="robot", is_bot=True)
    slack.channels["C0TEAM"].members.append("U0ROBOT")
    await slack.say("U0ANNA", "C0TEAM", "leave, anyone?")
    message = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")
    await slack.edit(message, "<@U0LOCALBOT> leave, please?")
    await slack.react("U0ANNA", answer, "tada")
    await slack.open_home("U0ANNA")
    await slack.delete(message)
    await slack.settled()

    assert len(bot.handbook.asked) == 1
    assert all(delivery.acked and len(delivery.attempts) == 1 for delivery in slack.deliveries)


async def test_the_status_is_shown_and_cleared(bot: Bot, slack: LocalSlack) -> None:
    bot.handbook.open.clear()
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    status = await slack.wait_for(lambda: slack.statuses.get(("C0TEAM", question.ts)))
    bot.handbook.open.set()
    await slack.wait_for_message("C0TEAM")
    await slack.wait_for(lambda: len(slack.calls_to("assistant.threads.setStatus")) == 2)

    assert "reading the wiki" in status["status"]
    assert slack.calls_to("assistant.threads.setStatus")[-1].arguments["status"] == ""


@pytest.mark.parametrize("trouble", [{"error": "unknown_method"}, {"status": 500}, {"drop": True}])
async def test_a_status_that_fails_costs_nothing(
    bot: Bot, slack: LocalSlack, trouble: dict[str, Any]
) -> None:
    slack.fail_next("assistant.threads.setStatus", **trouble, times=9)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")

    assert answer.text == "Book leave in the calendar."


@BOTH_WAYS
async def test_a_failure_is_told_by_a_number_that_stands_in_the_log(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    bot.handbook.error = RuntimeError("the index is on fire")
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)

    assert answer.text.startswith("Something went wrong")
    assert "abc123" in words(answer)
    assert "fire" not in words(answer)
    assert "Incident abc123" in caplog.text
    assert "the index is on fire" in caplog.text


async def test_who_asks_where_the_bot_may_not_write_is_told_so_directly(
    bot: Bot, slack: LocalSlack
) -> None:
    """Slack refuses posts in channels where only some may write. The bot was silent there."""
    slack.fail_next("chat.postMessage", error="restricted_action", times=2)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)
    await quiet(bot)

    assert notice.text.startswith("I cannot write where you asked me")
    assert "abc123" in words(notice)
    assert slack.from_app("C0TEAM") == []
    assert bot.app.inbox.store.unfinished() == []


async def test_who_deletes_a_question_that_fails_is_told_nothing(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.fail_next("chat.postMessage", error="restricted_action")
    slack.fail_next("chat.postMessage", error="thread_not_found")
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await quiet(bot)

    assert slack.from_app(slack.im("U0ANNA").id) == []


async def test_questions_are_not_logged(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave for my secret operation?")
    await slack.wait_for_message("C0TEAM")
    await bot.stop()

    assert "Answered message" in caplog.text
    assert "secret" not in caplog.text
    assert slack.bot_token not in caplog.text


@BOTH_WAYS
async def test_a_long_answer_comes_whole_with_its_buttons_last(bot: Bot, slack: LocalSlack) -> None:
    lines = [f"    step {number} <!channel>" for number in range(900)]
    bot.handbook.text = "Do this. [1]\n\n```sh\n" + "\n".join(lines) + "\n```\n\nDone."
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message(
        "C0TEAM", lambda message: message.blocks[-1]["type"] == "context_actions"
    )
    parts = slack.from_app("C0TEAM", question.ts)
    sections = [b["text"]["text"] for part in parts for b in part.blocks if b["type"] == "section"]

    assert len(parts) > 1
    assert "\n".join(sections).count("step ") == 900
    assert all(section.count("```") in (0, 2) for section in sections)
    assert not [live for part in parts for live in slack.live_pings(part) if live.kind != "link"]


@BOTH_WAYS
async def test_tables_are_aligned_and_code_keeps_its_lines(bot: Bot, slack: LocalSlack) -> None:
    table = "| Who | Days |\n| --- | --- |\n| All | 28 |\n| Night shift | 30 |"
    bot.handbook.text = f"{table}\n\n```sh\nbook --days 3 \\\n  --paid | tee log\n```\n\nDone. [1]"
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)

    assert "```\nWho          Days\n-----------  ----\nAll          28\n" in words(answer)
    assert "```\nbook --days 3 \\\n  --paid | tee log\n```" in words(answer)
